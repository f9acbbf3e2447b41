package parse

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

func expectKeys() []key[scenario.Expectation] {
	return []key[scenario.Expectation]{
		{
			name: "status", about: "The status of the reply: 204, 2xx, or a list of those; 2xx when left out.",
			schema: statusSchema(), read: (*reader).status,
		},
		{
			name: "within", about: "How long the reply may take, for example 2s; of a probe, how long it is tried.",
			schema: delaySchema(),
			read:   func(r *reader, f field, x *scenario.Expectation) { x.Within = r.limit(f.value, "within") },
		},
		{
			name: "header", about: "Headers of the reply: a name, and a text or matchers.",
			schema: mapSchema(ref("matchers")),
			read:   func(r *reader, f field, x *scenario.Expectation) { x.Headers = r.checks(f, true) },
		},
		{
			name: "json", about: "Values of the reply's JSON: a path, and a value or matchers.",
			schema: mapSchema(ref("matchers")),
			read:   func(r *reader, f field, x *scenario.Expectation) { x.JSON = r.checks(f, false) },
		},
		{
			name: "body", about: "The reply's body: a text or matchers.",
			schema: ref("matchers"),
			read: func(r *reader, f field, x *scenario.Expectation) {
				x.Body = &scenario.Check{Name: "body", Tests: r.tests(f.value, true)}
			},
		},
		{
			name: "error", about: "The kind of failure that is meant to happen instead of a reply.",
			schema: enumSchema(failures()),
			read: func(r *reader, f field, x *scenario.Expectation) {
				x.Failure = r.choice(f.value, "a kind of failure", failures())
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

// expectation reads what a response must be like.
func (r *reader) expectation(f field) *scenario.Expectation {
	x := &scenario.Expectation{}
	readKeys(r, f, "expect", r.keys.expect, x)
	if x.Failure != "" && asksResponse(x) {
		r.problem(at(f.key), "a delivery that fails has no reply: error stands alone or with within")
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
		r.problem(at(n), "a status is a code such as 204, or a class such as 2xx, not %s", describe(n))
		return scenario.StatusRange{}
	}
	high, _ := strconv.Atoi(strings.Replace(text, "xx", "99", 1))
	return scenario.StatusRange{Low: low, High: high, Text: text}
}

// checks reads names with a value or with matchers. Headers are always texts,
// so a number or a boolean there stands for its digits or letters.
func (r *reader) checks(f field, asText bool) []scenario.Check {
	var checks []scenario.Check
	for _, own := range r.fields(f.value, f.name) {
		if own.name == "" {
			r.problem(at(own.key), "the name is empty; the whole of the reply's JSON is @this")
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
			r.problem(at(n), "there is no matcher here; an empty object is written as {equals: {}}")
		}
		for _, f := range fields {
			tests = append(tests, r.test(f, asText))
		}
	})
	return tests
}

// wanted reads a value to compare with, which is a text for what is always one.
func (r *reader) wanted(n *yaml.Node, asText bool) expr.Value {
	if _, isText := textOf(n); asText && !isText {
		if text, ok := scalarOf(n); ok {
			return expr.Value{JSON: expr.JSONString(text)}
		}
	}
	return r.value(n)
}

// test reads one matcher with what it takes.
func (r *reader) test(f field, asText bool) scenario.Test {
	m := r.matcher(f.name)
	if m == nil {
		r.word(at(f.key), f.name, r.matcherNames(),
			"%s is no matcher; an object to compare with is written as {equals: {…}}", expr.Quote(f.name))
		return scenario.Test{}
	}
	t := scenario.Test{Matcher: m}
	switch m.Takes {
	case scenario.Boolean:
		r.boolean(f.value, f.name)
		t.Want = r.value(f.value)
	case scenario.Number:
		t.Want = r.operandNumber(f)
	case scenario.Type:
		t.Want = expr.String(r.choice(f.value, "a type", scenario.Types()))
	case scenario.Pattern:
		t.Pattern, t.Want = r.pattern(f)
	case scenario.List:
		if items := r.items(f.value, f.name); len(items) == 0 && !r.failed(f) {
			r.problem(at(f.value), "the list is empty; nothing can be in it")
		}
		t.Want = r.value(f.value)
	case scenario.Tests:
		t.Inner = r.tests(f.value, false)
	default:
		t.Want = r.wanted(f.value, asText && m.Name == scenario.Equals)
	}
	return t
}

func (r *reader) operandNumber(f field) (v expr.Value) {
	r.resolved(f.value, func(n *yaml.Node) {
		if text, isText := textOf(n); isNumber(n) || isText && expr.Is(text) {
			v = r.value(n)
			return
		}
		r.problem(at(n), "%s compares numbers, and %s is none", f.name, describe(n))
	})
	return v
}

func (r *reader) pattern(f field) (*regexp.Regexp, expr.Value) {
	text := r.text(f.value, f.name)
	pattern, err := regexp.Compile(text)
	if err != nil {
		reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		r.problem(at(f.value), "%s is not a regular expression: %s", expr.Quote(text), reason)
	}
	return pattern, expr.Value{JSON: expr.JSONString(text)}
}

// matcher is the one of a name, or nil.
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
