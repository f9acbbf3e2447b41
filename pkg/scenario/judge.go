package scenario

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// judge holds a result against what was expected. The error is about an
// expression among the expectations.
func (p *playing) judge(x *expectation, within time.Duration, r deliver.Result) ([]Difference, error) {
	if x.failure != "" || r.Failure != nil {
		return judgeFailure(x, r), nil
	}
	var found []Difference
	if !slices.ContainsFunc(x.status, func(s statusRange) bool { return s.low <= r.Status && r.Status <= s.high }) {
		found = append(found, Difference{"status", x.statusText(), statusLine(r)})
	}
	if within > 0 && r.Timings.Total > within {
		found = append(found, Difference{"within", within.String(), r.Timings.Total.Round(time.Millisecond / 10).String()})
	}
	j := judging{engine: p.maker.engine, found: found}
	for i := range x.headers {
		j.header(&x.headers[i], r.Headers)
	}
	if len(x.json) > 0 {
		j.json(x.json, r)
	}
	if x.body != nil {
		j.compare("body", x.body.tests, text(string(r.Body)))
	}
	return j.found, j.err
}

func judgeFailure(x *expectation, r deliver.Result) []Difference {
	actual := statusLine(r)
	if r.Failure != nil {
		actual = string(r.Failure.Kind)
	}
	switch {
	case x.failure == "" && r.Failure.Kind == fault.KindAborted:
		return nil // as the fault of the step demands
	case x.failure == "":
		return []Difference{{"status", x.statusText(), actual}}
	case r.Failure != nil && (x.failure == anyFailure || x.failure == actual):
		return nil
	}
	return []Difference{{"error", x.failure, actual}}
}

func (x *expectation) statusText() string {
	texts := make([]string, len(x.status))
	for i, s := range x.status {
		texts[i] = s.text
	}
	return strings.Join(texts, " or ")
}

func statusLine(r deliver.Result) string {
	return strings.TrimSpace(strconv.Itoa(r.Status) + " " + r.StatusText)
}

// judging gathers the differences of one reply.
type judging struct {
	engine *engine
	found  []Difference
	err    error
}

// header holds when one header of that name does.
func (j *judging) header(c *check, headers http.Header) {
	if redact.IsSecret(c.name) {
		j.secretHeader(c, headers)
		return
	}
	before := len(j.found)
	j.plainHeader(c, headers)
	for i := before; i < len(j.found); i++ {
		d := &j.found[i]
		d.Expected, d.Actual = redact.Header(c.name, d.Expected), redact.Header(c.name, d.Actual)
	}
}

func (j *judging) plainHeader(c *check, headers http.Header) {
	what := "header " + c.name
	values := headers.Values(c.name)
	if len(values) <= 1 {
		j.compare(what, c.tests, text(values...))
		return
	}
	before := len(j.found)
	for _, value := range values {
		after := len(j.found)
		if j.compare(what, c.tests, text(value)); len(j.found) == after {
			j.found = j.found[:before]
			return
		}
	}
	j.found = append(j.found[:before], Difference{what, j.found[before].Expected, strings.Join(values, ", ")})
}

// secretHeader shows nothing of the values.
func (j *judging) secretHeader(c *check, headers http.Header) {
	alone := judging{engine: j.engine}
	for _, value := range headers.Values(c.name) {
		alone.found = nil
		if alone.compare("", c.tests, text(value)); len(alone.found) == 0 {
			return
		}
	}
	if headers.Values(c.name) == nil {
		alone.compare("", c.tests, gjson.Result{})
	}
	if j.err = alone.err; len(alone.found) > 0 {
		j.found = append(j.found, Difference{"header " + c.name, redact.Masked, "another value"})
	}
}

func (j *judging) json(checks []check, r deliver.Result) {
	if !gjson.ValidBytes(r.Body) {
		actual := "a body that is not JSON"
		switch {
		case len(r.Body) == 0:
			actual = "an empty body"
		case r.Truncated:
			actual = fmt.Sprintf("a body of more than %d KiB, which is not read", deliver.KeptBody>>10)
		}
		j.found = append(j.found, Difference{"json " + checks[0].name, "JSON", actual})
		return
	}
	reply := gjson.ParseBytes(r.Body)
	for i := range checks {
		j.compare("json "+checks[i].name, checks[i].tests, reply.Get(checks[i].name))
	}
}

// compare runs tests on one value; the first that does not hold is a difference.
func (j *judging) compare(what string, tests []test, actual gjson.Result) {
	for _, t := range tests {
		expected, ok, err := t.run(j.engine, actual)
		if err != nil {
			j.err = fmt.Errorf("expect %s: %w", what, err)
			return
		}
		if !ok {
			j.found = append(j.found, Difference{what, expected, shown(actual)})
			return
		}
	}
}

// run tells whether a value is as wanted, and says what is wanted.
func (t test) run(e *engine, actual gjson.Result) (expected string, ok bool, err error) {
	if t.inner != nil {
		return t.runLength(e, actual)
	}
	raw, err := t.want.raw(e)
	if err != nil {
		return "", false, err
	}
	want := gjson.ParseBytes(raw)
	expected = strings.TrimSpace(t.matcher.says + " " + shown(want))
	if !actual.Exists() && !t.matcher.asksPresence() {
		return expected, false, nil
	}
	return expected, t.matcher.holds(t, actual, want), nil
}

func (t test) runLength(e *engine, actual gjson.Result) (expected string, ok bool, err error) {
	n, ok := length(actual)
	size := gjson.Result{Type: gjson.Number, Raw: strconv.Itoa(n), Num: float64(n)}
	for _, inner := range t.inner {
		wanted, holds, err := inner.run(e, size)
		if err != nil || !holds || !ok {
			return t.matcher.says + " " + wanted, false, err
		}
	}
	return "", true, nil
}

// text is a string as the JSON it would be; no string does not exist.
func text(values ...string) gjson.Result {
	if len(values) == 0 {
		return gjson.Result{}
	}
	return gjson.Result{Type: gjson.String, Str: values[0], Raw: string(appendText(nil, values[0]))}
}

// shown is a value as it stands in a difference.
func shown(v gjson.Result) string {
	const most = 200
	if !v.Exists() {
		return "nothing"
	}
	if r := []rune(v.Raw); len(v.Raw) > most && len(r) > most {
		return string(r[:most]) + "…"
	}
	return v.Raw
}
