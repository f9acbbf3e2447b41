package runner

import (
	"bytes"
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
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// evaluate returns the expectations that a result does not meet. The error is about an
// expression in an expectation.
func (run *running) evaluate(x *scenario.Expectation, within time.Duration, r deliver.Result) ([]Difference, error) {
	if x.Failure != "" || r.Failure != nil {
		return evaluateFailure(x, r), nil
	}
	var found []Difference
	if !slices.ContainsFunc(x.Status, func(s scenario.StatusRange) bool { return s.Low <= r.Status && r.Status <= s.High }) {
		found = append(found, Difference{"status", statusText(x), statusLine(r) + r.Through()})
	}
	if within > 0 && r.Timings.Total > within {
		found = append(found, Difference{"within", within.String(), r.Timings.Total.Round(time.Millisecond / 10).String()})
	}
	j := evaluation{engine: run.engine, found: found}
	for i := range x.Headers {
		j.header(&x.Headers[i], r.Headers)
	}
	if len(x.JSON) > 0 {
		j.json(x.JSON, r)
	}
	if x.Body != nil {
		j.body(x.Body.Tests, r)
	}
	return j.found, j.err
}

func evaluateFailure(x *scenario.Expectation, r deliver.Result) []Difference {
	actual := statusLine(r) + r.Through()
	if r.Failure != nil {
		actual = string(r.Failure.Kind)
	}
	switch {
	case x.Failure == "" && r.Failure.Kind == fault.KindAborted:
		return nil // as the fault of the step intends
	case x.Failure == "":
		return []Difference{{"status", statusText(x), actual}}
	case r.Failure != nil && (x.Failure == scenario.AnyFailure || x.Failure == actual):
		return nil
	}
	return []Difference{{"error", x.Failure, actual}}
}

func statusText(x *scenario.Expectation) string {
	texts := make([]string, len(x.Status))
	for i, s := range x.Status {
		texts[i] = s.Text
	}
	return strings.Join(texts, " or ")
}

func statusLine(r deliver.Result) string {
	return strings.TrimSpace(strconv.Itoa(r.Status) + " " + r.StatusText)
}

// evaluation collects the differences of one response.
type evaluation struct {
	engine *expr.Engine
	found  []Difference
	err    error
}

// header checks that one header of that name meets the expectation. Secrets in it are not shown.
func (j *evaluation) header(c *scenario.Check, headers http.Header) {
	before := len(j.found)
	j.plainHeader(c, headers)
	for i := before; i < len(j.found); i++ {
		d := &j.found[i]
		switch {
		case !redact.IsSecret(c.Name):
			d.Expected, d.Actual = redact.Header(c.Name, d.Expected), redact.Header(c.Name, d.Actual)
		case len(headers.Values(c.Name)) == 0:
			d.Expected = redact.Masked
		default:
			d.Expected, d.Actual = redact.Masked, "another value"
		}
	}
}

func (j *evaluation) plainHeader(c *scenario.Check, headers http.Header) {
	what := "header " + c.Name
	values := headers.Values(c.Name)
	if len(values) <= 1 {
		j.compare(what, c.Tests, text(values...))
		return
	}
	before := len(j.found)
	for _, value := range values {
		after := len(j.found)
		if j.compare(what, c.Tests, text(value)); len(j.found) == after {
			j.found = j.found[:before]
			return
		}
	}
	shown := make([]string, len(values))
	for i, value := range values {
		shown[i] = scenario.Show(text(value))
	}
	j.found = append(j.found[:before], Difference{what, j.found[before].Expected, fmt.Sprintf("%d values: %s", len(values), strings.Join(shown, ", "))})
}

func (j *evaluation) json(checks []scenario.Check, r deliver.Result) {
	if actual := notJSON(r); actual != "" {
		j.found = append(j.found, Difference{"json " + checks[0].Name, "JSON", actual})
		return
	}
	response := gjson.ParseBytes(r.Body)
	for i := range checks {
		j.compare("json "+checks[i].Name, checks[i].Tests, response.Get(checks[i].Name))
	}
}

// notJSON describes a body that is not JSON; of JSON, it returns "".
func notJSON(r deliver.Result) string {
	switch {
	case r.Undecoded != "":
		return undecoded(r)
	case r.Truncated && len(r.Body) != deliver.KeptBody && len(r.Body) != scenario.ReadBody: // its compression has no end
		return "a truncated body"
	case gjson.ValidBytes(r.Body):
		return ""
	case len(r.Body) == 0:
		return "an empty body"
	case r.Truncated:
		return "a body larger than " + size(len(r.Body))
	}
	return "a body that is not JSON"
}

func size(n int) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}

// keptOf returns how much of a response is kept: more if the step reads the body.
func keptOf(s *scenario.Step) int {
	if len(s.Expect.JSON) > 0 || s.Expect.Body != nil || len(s.Captures) > 0 {
		return scenario.ReadBody
	}
	return deliver.KeptBody
}

// brief returns a result for observers, which may keep many, without the rest of a long body.
func brief(r deliver.Result) deliver.Result {
	if len(r.Body) > deliver.KeptBody {
		r.Body, r.Truncated = bytes.Clone(r.Body[:deliver.KeptBody]), true
	}
	return r
}

// body checks a body; of one that cannot be decoded, the bytes say nothing.
func (j *evaluation) body(tests []scenario.Test, r deliver.Result) {
	before := len(j.found)
	j.compare("body", tests, text(string(r.Body)))
	if len(j.found) > before && r.Undecoded != "" {
		j.found[before].Actual = undecoded(r)
	}
}

func undecoded(r deliver.Result) string { return "a body that cannot be decoded: " + r.Undecoded }

// compare runs tests on one value; the first that fails is a difference.
func (j *evaluation) compare(what string, tests []scenario.Test, actual gjson.Result) {
	for _, t := range tests {
		expected, ok, err := t.Run(j.engine, actual)
		if err != nil {
			j.err = fmt.Errorf("expect %s: %w", what, err)
			return
		}
		if !ok {
			j.found = append(j.found, Difference{what, expected, scenario.Show(actual)})
			return
		}
	}
}

// text returns a string as a JSON value; without an argument, a value that does not exist.
func text(values ...string) gjson.Result {
	if len(values) == 0 {
		return gjson.Result{}
	}
	return gjson.Result{Type: gjson.String, Str: values[0], Raw: expr.JSONString(values[0])}
}
