package runner

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// failure says what was wrong with a result.
func (p *running) failure(x *scenario.Expectation, r deliver.Result, differences []Difference, err error) *Failure {
	f := &Failure{Differences: differences}
	switch {
	case err != nil:
		f.Message = err.Error()
	case r.Failure != nil && x.Failure == "":
		f.Message, f.Hint, f.Undelivered = r.Failure.Message, p.Advise(r.Failure), r.Failure.Kind
		f.Differences = nil
	case len(differences) == 1:
		f.Message = differences[0].String()
	default:
		f.Message = fmt.Sprintf("%d expectations do not hold", len(differences))
	}
	if r.Status != 0 {
		f.Reply = firstLines(r)
	}
	return p.masked(f)
}

func (d Difference) String() string {
	return fmt.Sprintf("%s: expected %s, got %s", d.What, d.Expected, d.Actual)
}

func (p *running) masked(f *Failure) *Failure {
	f.Message = p.secrets.Mask(f.Message)
	f.Request = p.secrets.Mask(f.Request)
	for i := range f.Reply {
		f.Reply[i] = p.secrets.Mask(f.Reply[i])
	}
	for i := range f.Differences {
		d := &f.Differences[i]
		d.Expected, d.Actual = p.secrets.Mask(d.Expected), p.secrets.Mask(d.Actual)
	}
	return f
}

// firstLines are the status line and the first lines of a response's body.
func firstLines(r deliver.Result) []string {
	const mostLines, mostBytes = 8, 2000
	lines := []string{strings.TrimSpace(r.Proto + " " + statusLine(r))}
	body := r.Body[:min(len(r.Body), mostBytes)]
	for line := range strings.Lines(strings.ToValidUTF8(string(body), "\ufffd")) {
		if len(lines) > mostLines {
			return append(lines, "…")
		}
		lines = append(lines, strings.TrimRight(line, "\r\n"))
	}
	if len(body) < len(r.Body) || r.Truncated {
		lines[len(lines)-1] += "…" // where a secret may have been cut
	}
	return lines
}

// capture puts values of the response into variables, and reports whether all were
// there. What is missing is the step's failure, unless it has one.
func (p *running) capture(out *StepOutcome, u unit, r deliver.Result) bool {
	if len(u.Captures) == 0 {
		return true
	}
	unread := notJSON(r)
	var lost []scenario.Capture
	var missing []Difference
	for _, c := range u.Captures {
		delete(p.engine.Vars, c.Name)
		found := gjson.Result{}
		if unread == "" {
			found = gjson.GetBytes(r.Body, c.Path)
		}
		if !found.Exists() {
			lost = append(lost, c)
			missing = append(missing, Difference{"capture " + c.Name, "a value at " + c.Path, cmp.Or(unread, "nothing")})
			continue
		}
		p.set(c.Name, payload.Decode([]byte(found.Raw)))
	}
	if len(missing) == 0 || out.Status == Failed {
		return len(missing) == 0
	}
	out.Status, out.Failure = Failed, p.failure(u.Expect, r, missing, nil)
	out.Failure.Hint = pathHint(lost, r.Body)
	return false
}

// pathHint is about paths that begin with what they lead into.
func pathHint(captures []scenario.Capture, body []byte) string {
	for _, c := range captures {
		root, path, _ := strings.Cut(c.Path, ".")
		switch {
		case root == "header" || root == "headers":
			return "what is captured comes out of the JSON of a reply, not out of its headers"
		case (root == "json" || root == "body" || root == "$") && gjson.GetBytes(body, path).Exists():
			return fmt.Sprintf("a path begins inside of the reply's JSON: write %s: %s", c.Name, path)
		}
	}
	return ""
}
