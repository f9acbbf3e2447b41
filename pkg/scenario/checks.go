package scenario

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// checks reads names with a value or with matchers. Headers are always texts,
// so a number or a boolean there stands for its digits or letters.
func (r *reader) checks(f field, asText bool) []check {
	var checks []check
	for _, own := range r.fields(f.value, f.name) {
		if own.name == "" {
			r.problem(at(own.key), "the name is empty; the whole of the reply's JSON is @this")
			continue
		}
		checks = append(checks, check{own.name, r.tests(own.value, asText)})
	}
	return checks
}

// tests reads a value, which must be equal, or a mapping of matchers.
func (r *reader) tests(n *yaml.Node, asText bool) (tests []test) {
	r.resolved(n, func(n *yaml.Node) {
		if !isMap(n) {
			tests = []test{{matcher: r.matcher(equals), want: r.wanted(n, asText)}}
			return
		}
		fields := r.fields(n, "it")
		if len(fields) == 0 {
			r.problem(at(n), "there is no matcher here; an empty object is written as {equals: {}}")
		}
		for _, f := range fields {
			if t, ok := r.test(f, asText); ok {
				tests = append(tests, t)
			}
		}
	})
	return tests
}

func (r *reader) wanted(n *yaml.Node, asText bool) value {
	if text, ok := scalarOf(n); ok && asText && !isQuotedText(n) {
		return value{json: string(appendText(nil, text))}
	}
	return r.value(n)
}

func isQuotedText(n *yaml.Node) bool {
	_, ok := textOf(n)
	return ok
}

func (r *reader) test(f field, asText bool) (test, bool) {
	m := r.matcher(f.name)
	if m == nil {
		r.word(at(f.key), f.name, r.matcherNames(),
			"%s is no matcher; an object to compare with is written as {equals: {…}}", quote(f.name))
		return test{}, false
	}
	t := test{matcher: m}
	if m.name == equals {
		t.want = r.wanted(f.value, asText)
		return t, true
	}
	before := len(r.problems) + r.more
	m.read(r, f, &t)
	return t, before == len(r.problems)+r.more
}

// matcher is the one of a name, or nil.
func (r *reader) matcher(name string) *matcher {
	i := slices.IndexFunc(r.keys.matchers, func(m matcher) bool { return m.name == name })
	if i < 0 {
		return nil
	}
	return &r.keys.matchers[i]
}

func (r *reader) matcherNames() []string {
	names := make([]string, len(r.keys.matchers))
	for i, m := range r.keys.matchers {
		names[i] = m.name
	}
	return names
}
