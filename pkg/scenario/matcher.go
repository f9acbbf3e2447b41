package scenario

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// Matcher is one way to test a value of a response. An absent value does not exist, which
// only the matchers exists and absent can hold for.
type Matcher struct {
	Name, About string
	Takes       Operand

	says  string // comes before what is wanted, in a message
	holds func(t Test, actual, want gjson.Result) bool
}

// Operand is what a matcher takes.
type Operand int

const (
	Any     Operand = iota // a value
	Boolean                // true or false
	Number                 // a number, or an expression that makes one
	Type                   // one of Types
	Pattern                // a regular expression
	List                   // a list of values
	Tests                  // a number, or matchers for it
)

// Equals is the matcher that a plain value stands for.
const Equals = "equals"

// Matchers are all of them.
func Matchers() []Matcher {
	compare := func(name, about, says string, holds func(int) bool) Matcher {
		return Matcher{name, about, Number, says, func(_ Test, actual, want gjson.Result) bool {
			return actual.Type == gjson.Number && holds(apizee.CompareNumbers(actual.Raw, want.Raw))
		}}
	}
	return []Matcher{
		{Equals, "The same value of the same type.", Any, "",
			func(_ Test, actual, want gjson.Result) bool { return same(actual, want) }},
		{"exists", "Whether it is there at all.", Boolean, "exists:",
			func(_ Test, actual, want gjson.Result) bool { return actual.Exists() == want.Bool() }},
		{"absent", "Whether it is not there.", Boolean, "absent:",
			func(_ Test, actual, want gjson.Result) bool { return actual.Exists() != want.Bool() }},
		{"type", "The JSON type.", Type, "of type",
			func(_ Test, actual, want gjson.Result) bool { return isType(actual, want.String()) }},
		{"matches", "A regular expression that is found in the text.", Pattern, "matching",
			func(t Test, actual, _ gjson.Result) bool {
				return actual.Type == gjson.String && t.Pattern.MatchString(actual.String())
			}},
		{"contains", "A part of the text, an item of the list, or a name in the object.", Any, "containing",
			func(_ Test, actual, want gjson.Result) bool { return contains(actual, want) }},
		{"in", "One of these values.", List, "one of",
			func(_ Test, actual, want gjson.Result) bool { return hasItem(want, actual) }},
		compare("gt", "A number greater than this.", ">", func(c int) bool { return c > 0 }),
		compare("gte", "A number greater than this, or equal.", "≥", func(c int) bool { return c >= 0 }),
		compare("lt", "A number less than this.", "<", func(c int) bool { return c < 0 }),
		compare("lte", "A number less than this, or equal.", "≤", func(c int) bool { return c <= 0 }),
		{"length", "How many characters, items or members: a number, or matchers for it.", Tests, "of length", nil},
	}
}

// Run reports whether a value is as wanted, and says what is wanted. The error is about an
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
	expected = strings.TrimSpace(t.Matcher.says + " " + Show(want))
	if !actual.Exists() && t.Matcher.Takes != Boolean {
		return expected, false, nil
	}
	return expected, t.Matcher.holds(t, actual, want), nil
}

func (t Test) runLength(e *expr.Engine, actual gjson.Result) (expected string, ok bool, err error) {
	n, ok := length(actual)
	size := gjson.Result{Type: gjson.Number, Raw: strconv.Itoa(n), Num: float64(n)}
	for _, inner := range t.Inner {
		wanted, holds, err := inner.Run(e, size)
		if err != nil || !holds || !ok {
			return t.Matcher.says + " " + wanted, false, err
		}
	}
	return "", true, nil
}

// Show is a value as a message shows it: its JSON, cut where it is long.
func Show(v gjson.Result) string {
	const most = 200
	if !v.Exists() {
		return "nothing"
	}
	if r := []rune(v.Raw); len(v.Raw) > most && len(r) > most {
		return string(r[:most]) + "…"
	}
	return v.Raw
}
