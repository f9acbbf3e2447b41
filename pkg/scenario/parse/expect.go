package parse

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

func expectKeys() []key[scenario.Expectation] {
	return []key[scenario.Expectation]{
		{
			name: "status", about: "Status of the response: 204, 2xx, or a list of those. Default: 2xx.",
			schema: statusSchema(), read: (*reader).status,
		},
		{
			name: "within", about: "Maximum time until the response, such as 2s; for a probe, the timeout of all attempts.",
			schema: delaySchema(),
			read:   func(r *reader, f field, x *scenario.Expectation) { x.Within = r.limit(f.value, "within") },
		},
		{
			name: "header", about: "Headers of the response: names, and strings or matchers. Of several headers with the same name, one value must match.",
			schema: mapSchema(ref("matchers")),
			read:   func(r *reader, f field, x *scenario.Expectation) { x.Headers = r.checks(f, true) },
		},
		{
			name: "json", about: "Values in the JSON of the response, of up to 4 MiB: GJSON paths, and values or matchers.",
			schema: mapSchema(ref("matchers")),
			read:   func(r *reader, f field, x *scenario.Expectation) { x.JSON = r.checks(f, false) },
		},
		{
			name: "body", about: "Body of the response: a string or matchers.",
			schema: ref("matchers"),
			read: func(r *reader, f field, x *scenario.Expectation) {
				x.Body = &scenario.Check{Name: "body", Tests: r.tests(f.value, true)}
			},
		},
		{
			name: "error", about: "Kind of failure that is expected instead of a response.",
			schema: enumSchema(failures()),
			read: func(r *reader, f field, x *scenario.Expectation) {
				x.Failure = r.choice(f.value, "kind of failure", failures())
			},
		},
	}
}

// failures are the kinds of failure that can be expected.
func failures() []string {
	kinds := []deliver.Kind{
		deliver.KindRefused, deliver.KindTimeout, deliver.KindDNS, deliver.KindTLS, deliver.KindReset,
		deliver.KindBadResponse, deliver.KindUnreachable, deliver.KindOther,
	}
	names := []string{scenario.AnyFailure}
	for _, k := range kinds {
		names = append(names, string(k))
	}
	return names
}

// expectation reads an expected response, or an expected failure.
func (r *reader) expectation(f field) *scenario.Expectation {
	x := &scenario.Expectation{}
	readKeys(r, f, "expect", r.keys.expect, x)
	if x.Failure != "" && expectsResponse(x) {
		r.problem(at(f.key), "error cannot be combined with expectations of a response, other than within")
	}
	return x
}

func (r *reader) status(f field, x *scenario.Expectation) {
	r.resolved(f.value, func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			x.Status = append(x.Status, r.statusRange(n))
			return
		}
		if len(n.Content) == 0 {
			r.problem(at(n), "the list of status codes is empty")
		}
		for _, item := range n.Content {
			r.resolved(item, func(n *yaml.Node) { x.Status = append(x.Status, r.statusRange(n)) })
		}
	})
}

func (r *reader) statusRange(n *yaml.Node) scenario.StatusRange {
	text, _ := scalarOf(n)
	text = strings.ToLower(text)
	low, err := strconv.Atoi(strings.Replace(text, "xx", "00", 1))
	if err != nil || len(text) != 3 || low < 100 || low > 599 {
		r.problem(at(n), "a status must be a code such as 204, or a class such as 2xx, not %s", describe(n))
		return scenario.StatusRange{}
	}
	high, _ := strconv.Atoi(strings.Replace(text, "xx", "99", 1))
	return scenario.StatusRange{Low: low, High: high, Text: text}
}

// checks reads names with a value or with matchers. Header values are always strings, so a
// number or a boolean stands for its text.
func (r *reader) checks(f field, asText bool) []scenario.Check {
	var checks []scenario.Check
	for _, own := range r.fields(f.value, f.name) {
		if own.name == "" {
			r.problem(at(own.key), "the path is empty; use @this for the whole JSON of the response")
			continue
		}
		checks = append(checks, scenario.Check{Name: own.name, Tests: r.tests(own.value, asText)})
	}
	return checks
}

// tests reads a value, which must be equal, or a mapping of matchers.
func (r *reader) tests(n *yaml.Node, asText bool) (tests []scenario.Test) {
	r.resolved(n, func(n *yaml.Node) {
		if !isMap(n) {
			tests = []scenario.Test{{Matcher: r.matcher(scenario.Equals), Want: r.wanted(n, asText)}}
			return
		}
		fields := r.fields(n, "it")
		if len(fields) == 0 {
			r.problem(at(n), "no matcher; write an empty object as {equals: {}}")
		}
		for _, f := range fields {
			tests = append(tests, r.test(f, asText))
		}
	})
	return tests
}

// wanted reads a value to compare with: a string where asText is true.
func (r *reader) wanted(n *yaml.Node, asText bool) expr.Value {
	if _, isText := textOf(n); asText && !isText {
		if text, ok := scalarOf(n); ok {
			return expr.Value{JSON: expr.JSONString(text)}
		}
	}
	return r.value(n)
}

// test reads one matcher with its operand.
func (r *reader) test(f field, asText bool) scenario.Test {
	m := r.matcher(f.name)
	if m == nil {
		r.word(at(f.key), f.name, r.matcherNames(),
			"unknown matcher %s; write an object to compare with as {equals: {…}}", expr.Quote(f.name))
		return scenario.Test{}
	}
	t := scenario.Test{Matcher: m}
	switch m.Takes {
	case scenario.Boolean:
		t.Want = expr.Value{JSON: strconv.FormatBool(r.boolean(f.value, f.name))}
	case scenario.Number:
		t.Want = r.operandNumber(f)
	case scenario.Type:
		t.Want = expr.String(r.choice(f.value, "type", scenario.Types()))
	case scenario.Pattern:
		t.Pattern, t.Want = r.pattern(f)
	case scenario.List:
		if items := r.items(f.value, f.name); len(items) == 0 && !r.failed(f) {
			r.problem(at(f.value), "the list is empty")
		}
		t.Want = r.value(f.value)
	case scenario.Tests:
		t.Inner = r.tests(r.typed(f.value), false)
	default:
		t.Want = r.wanted(f.value, asText && m.Name == scenario.Equals)
	}
	return t
}

func (r *reader) operandNumber(f field) (v expr.Value) {
	r.resolved(f.value, func(n *yaml.Node) {
		n = r.typed(n)
		if text, isText := textOf(n); isNumber(n) || isText && expr.Is(text) {
			v = r.value(n)
			if json, known := r.evaluated(&v); known && gjson.Parse(json).Type != gjson.Number {
				message := fmt.Sprintf("%s must be a number, not %s", f.name, payload.Short(json))
				r.problem(at(n), "%s%s", message, r.hint(at(n), message))
			}
			return
		}
		r.problem(at(n), "%s must be a number, not %s", f.name, describe(n))
	})
	return v
}

func (r *reader) pattern(f field) (*regexp.Regexp, expr.Value) {
	text := r.text(f.value, f.name)
	pattern, err := regexp.Compile(text)
	if err != nil {
		reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		r.problem(at(f.value), "%s is not a valid regular expression: %s", expr.Quote(text), reason)
	}
	return pattern, expr.Value{JSON: expr.JSONString(text)}
}

// matcher returns the matcher of a name, or nil.
func (r *reader) matcher(name string) *scenario.Matcher {
	i := slices.IndexFunc(r.keys.matchers, func(m scenario.Matcher) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &r.keys.matchers[i]
}

func (r *reader) matcherNames() []string {
	names := make([]string, len(r.keys.matchers))
	for i, m := range r.keys.matchers {
		names[i] = m.Name
	}
	return names
}
