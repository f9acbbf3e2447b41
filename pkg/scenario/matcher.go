package scenario

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// Matcher is a way to test a value of a response. Only exists and absent can match a value that
// does not exist.
type Matcher struct {
	Name, About string
	Takes       Operand

	prefix  string // of the expected value, in a message
	matches func(t Test, actual, want gjson.Result) bool
}

// Operand is the kind of operand of a matcher.
type Operand int

const (
	Any     Operand = iota // any value
	Boolean                // true or false
	Number                 // a number, or an expression for one
	Type                   // one of Types
	Pattern                // a regular expression
	List                   // a list of values
	Tests                  // a number, or matchers for it
)

// Equals is the default matcher of a value.
const Equals = "equals"

// Matchers returns all matchers.
func Matchers() []Matcher {
	compare := func(name, about, prefix string, matches func(int) bool) Matcher {
		return Matcher{name, about, Number, prefix, func(_ Test, actual, want gjson.Result) bool {
			return actual.Type == gjson.Number && matches(apizee.CompareNumbers(actual.Raw, want.Raw))
		}}
	}
	return []Matcher{
		{Equals, "Equal to this value, with the same type.", Any, "",
			func(_ Test, actual, want gjson.Result) bool { return equal(actual, want) }},
		{"exists", "Whether the value exists.", Boolean, "exists:",
			func(_ Test, actual, want gjson.Result) bool { return actual.Exists() == want.Bool() }},
		{"absent", "Whether the value does not exist.", Boolean, "absent:",
			func(_ Test, actual, want gjson.Result) bool { return actual.Exists() != want.Bool() }},
		{"type", "The JSON type.", Type, "of type",
			func(_ Test, actual, want gjson.Result) bool { return isType(actual, want.String()) }},
		{"matches", "A regular expression that matches a part of the string.", Pattern, "matching",
			func(t Test, actual, _ gjson.Result) bool {
				return actual.Type == gjson.String && t.Pattern.MatchString(actual.String())
			}},
		{"contains", "A substring, an item of the array, or a member name of the object.", Any, "containing",
			func(_ Test, actual, want gjson.Result) bool { return contains(actual, want) }},
		{"in", "One of these values.", List, "one of",
			func(_ Test, actual, want gjson.Result) bool { return hasItem(want, actual) }},
		compare("gt", "Greater than this number.", ">", func(c int) bool { return c > 0 }),
		compare("gte", "Greater than or equal to this number.", "≥", func(c int) bool { return c >= 0 }),
		compare("lt", "Less than this number.", "<", func(c int) bool { return c < 0 }),
		compare("lte", "Less than or equal to this number.", "≤", func(c int) bool { return c <= 0 }),
		{"length", "The number of characters, items or members: a number, or matchers for it.", Tests, "of length", nil},
	}
}

// Run reports whether a value matches, and returns what was expected. The error is about an
// expression.
func (t Test) Run(e *expr.Engine, actual gjson.Result) (expected string, ok bool, err error) {
	if t.Matcher.Takes == Tests {
		return t.runLength(e, actual)
	}
	raw, err := e.JSON(&t.Want)
	if err != nil {
		return "", false, err
	}
	want := gjson.ParseBytes(raw)
	expected = strings.TrimSpace(t.Matcher.prefix + " " + Show(want))
	if !actual.Exists() && t.Matcher.Takes != Boolean {
		return expected, false, nil
	}
	return expected, t.Matcher.matches(t, actual, want), nil
}

func (t Test) runLength(e *expr.Engine, actual gjson.Result) (expected string, ok bool, err error) {
	n, ok := length(actual)
	size := gjson.Result{Type: gjson.Number, Raw: strconv.Itoa(n), Num: float64(n)}
	for _, inner := range t.Inner {
		expected, matches, err := inner.Run(e, size)
		if err != nil || !matches || !ok {
			return t.Matcher.prefix + " " + expected, false, err
		}
	}
	return "", true, nil
}

// Show returns the JSON of a value, shortened for a message.
func Show(v gjson.Result) string {
	if !v.Exists() {
		return "nothing"
	}
	return apizee.Clip(v.Raw, 200)
}
