package runner

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// failure returns why a step failed.
func (run *running) failure(x *scenario.Expectation, r deliver.Result, differences []Difference, err error) *Failure {
	f := &Failure{Differences: differences}
	switch {
	case err != nil:
		f.Message = err.Error()
	case r.Failure != nil && x.Failure == "":
		f.Message, f.Hint, f.Undelivered = r.Failure.Message, run.Advise(r.Failure), r.Failure.Kind
		f.Differences = nil
	case len(differences) == 1:
		f.Message = differences[0].String()
	default:
		f.Message = fmt.Sprintf("%d expectations not met", len(differences))
	}
	if r.Status != 0 {
		f.Response = run.firstLines(r)
	}
	return run.masked(f)
}

func (d Difference) String() string {
	return fmt.Sprintf("%s: expected %s, got %s", d.What, d.Expected, d.Actual)
}

func (run *running) masked(f *Failure) *Failure {
	f.Message = run.Secrets.Mask(f.Message)
	f.Request = run.Secrets.Mask(f.Request)
	for i := range f.Response {
		f.Response[i] = run.Secrets.Mask(f.Response[i])
	}
	for i := range f.Differences {
		d := &f.Differences[i]
		d.Expected, d.Actual = run.Secrets.Mask(d.Expected), run.Secrets.Mask(d.Actual)
	}
	return f
}

// firstLines returns the status line and the first lines of the body of a response. Secrets are
// masked first, since a part of one is not recognized.
func (run *running) firstLines(r deliver.Result) []string {
	const maxLines, maxBytes, maxLine = 8, 2000, 400
	lines := []string{strings.TrimSpace(r.Proto + " " + statusLine(r))}
	if r.Undecoded != "" {
		return append(lines, "body not shown: "+r.Undecoded)
	}
	whole := run.Secrets.Mask(string(r.Body))
	body := whole
	if len(body) > maxBytes {
		end := maxBytes
		for end > maxBytes-utf8.UTFMax && !utf8.RuneStart(body[end]) {
			end--
		}
		body = body[:end]
	}
	for line := range strings.Lines(body) {
		if len(lines) > maxLines {
			return append(lines, "…")
		}
		lines = append(lines, apizee.Clip(escape(strings.TrimRight(line, "\r\n")), maxLine))
	}
	if last := &lines[len(lines)-1]; (len(body) < len(whole) || r.Truncated) && !strings.HasSuffix(*last, "…") {
		*last += "…"
	}
	return lines
}

// escape shows bytes that are not text as \xNN, as they would be on a terminal, since reports hold
// text only.
func escape(line string) string {
	var b strings.Builder
	for i, r := range line {
		_, size := utf8.DecodeRuneInString(line[i:])
		switch {
		case r == utf8.RuneError && size == 1, r < ' ' && r != '\t' && r != '\r':
			fmt.Fprintf(&b, `\x%02x`, line[i])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// capture sets variables to values of the response, and reports whether all were there. A
// missing value fails the step, unless it has failed already.
func (run *running) capture(out *StepOutcome, rep repetition, r deliver.Result) bool {
	if len(rep.Captures) == 0 {
		return true
	}
	unreadable := notJSON(r)
	var missed []scenario.Capture
	var missing []Difference
	for _, c := range rep.Captures {
		delete(run.engine.Vars, c.Name)
		found := gjson.Result{}
		if unreadable == "" {
			found = gjson.GetBytes(r.Body, c.Path)
		}
		if !found.Exists() {
			missed = append(missed, c)
			missing = append(missing, Difference{"capture " + c.Name, "a value at " + c.Path, cmp.Or(unreadable, "nothing")})
			continue
		}
		run.set(c.Name, payload.Decode([]byte(found.Raw)))
	}
	if len(missing) == 0 || out.Status == Failed {
		return len(missing) == 0
	}
	out.Status, out.Failure = Failed, run.failure(rep.Expect, r, missing, nil)
	out.Failure.Hint = pathHint(missed, r.Body)
	run.blame(out.Failure, rep)
	return false
}

// pathHint returns a hint about paths that name the part of the response they start in.
func pathHint(captures []scenario.Capture, body []byte) string {
	for _, c := range captures {
		root, path, _ := strings.Cut(c.Path, ".")
		switch {
		case root == "header" || root == "headers":
			return "capture reads the JSON of a response, not its headers"
		case (root == "json" || root == "body" || root == "$") && gjson.GetBytes(body, path).Exists():
			return fmt.Sprintf("paths start inside the JSON of the response: write %s: %s", c.Name, path)
		}
	}
	return ""
}
