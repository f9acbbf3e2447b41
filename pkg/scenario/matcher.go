package scenario

import (
	"regexp"
	"strings"

	"github.com/tidwall/gjson"
	"go.yaml.in/yaml/v3"
)

// equals is the matcher that a plain value stands for.
const equals = "equals"

// matcher is one way to test a value.
type matcher struct {
	name, about string
	schema      schema
	// read fills in what is wanted.
	read func(*reader, field, *test)
	// holds tells whether the actual value is as wanted. One that is absent does
	// not exist, and only exists and absent are asked about it.
	holds func(t test, actual, want gjson.Result) bool
	// says puts before what is wanted, in a message.
	says string
}

func matchers() []matcher {
	compare := func(name, about, says string, holds func(int) bool) matcher {
		return matcher{
			name: name, about: about, says: says, schema: schema{"type": []string{"number", "string"}}, read: readNumber,
			holds: func(_ test, actual, want gjson.Result) bool {
				return actual.Type == gjson.Number && holds(compareNumbers(actual.Raw, want.Raw))
			},
		}
	}
	return []matcher{
		{
			name: equals, about: "The same value of the same type.", schema: anySchema(), read: readAny,
			holds: func(_ test, actual, want gjson.Result) bool { return same(actual, want) },
		},
		{
			name: "exists", about: "Whether it is there at all.", says: "exists:", schema: schema{"type": "boolean"}, read: readBoolean,
			holds: func(_ test, actual, want gjson.Result) bool { return actual.Exists() == want.Bool() },
		},
		{
			name: "absent", about: "Whether it is not there.", says: "absent:", schema: schema{"type": "boolean"}, read: readBoolean,
			holds: func(_ test, actual, want gjson.Result) bool { return actual.Exists() != want.Bool() },
		},
		{
			name: "type", about: "The JSON type.", says: "of type", schema: enumSchema(typeNames()), read: readType,
			holds: func(_ test, actual, want gjson.Result) bool { return isType(actual, want.String()) },
		},
		{
			name: "matches", about: "A regular expression that is found in the text.", says: "matching", schema: textSchema(), read: readPattern,
			holds: func(t test, actual, _ gjson.Result) bool {
				return actual.Type == gjson.String && t.pattern.MatchString(actual.String())
			},
		},
		{
			name: "contains", about: "A part of the text, an item of the list, or a name in the object.", says: "containing", schema: anySchema(), read: readAny,
			holds: func(_ test, actual, want gjson.Result) bool { return contains(actual, want) },
		},
		{
			name: "in", about: "One of these values.", says: "one of", schema: listSchema(anySchema(), 1), read: readList,
			holds: func(_ test, actual, want gjson.Result) bool { return hasItem(want, actual) },
		},
		compare("gt", "A number greater than this.", ">", func(c int) bool { return c > 0 }),
		compare("gte", "A number greater than this, or equal.", "≥", func(c int) bool { return c >= 0 }),
		compare("lt", "A number less than this.", "<", func(c int) bool { return c < 0 }),
		compare("lte", "A number less than this, or equal.", "≤", func(c int) bool { return c <= 0 }),
		{
			name: "length", about: "How many characters, items or members: a number, or matchers for it.", says: "of length",
			schema: ref("matchers"), read: func(r *reader, f field, t *test) { t.inner = r.tests(f.value, false) },
		},
	}
}

// asksPresence tells whether the matcher can hold for a value that is absent.
func (m *matcher) asksPresence() bool { return m.name == "exists" || m.name == "absent" }

func readAny(r *reader, f field, t *test) { t.want = r.value(f.value) }

func readBoolean(r *reader, f field, t *test) {
	r.boolean(f.value, f.name)
	t.want = r.value(f.value)
}

func readType(r *reader, f field, t *test) {
	t.want = value{json: string(appendText(nil, r.choice(f.value, "a type", typeNames())))}
}

func readPattern(r *reader, f field, t *test) {
	text := r.text(f.value, f.name)
	pattern, err := regexp.Compile(text)
	if err != nil {
		r.problem(at(f.value), "%s is not a regular expression: %s", quote(text), regexpReason(err))
		return
	}
	t.pattern, t.want = pattern, value{json: string(appendText(nil, text))}
}

// regexpReason leaves out what the message says already.
func regexpReason(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

func readList(r *reader, f field, t *test) {
	if items := r.items(f.value, f.name); len(items) == 0 && !r.failed(f) {
		r.problem(at(f.value), "the list is empty; nothing can be in it")
	}
	t.want = r.value(f.value)
}

func readNumber(r *reader, f field, t *test) {
	r.resolved(f.value, func(n *yaml.Node) {
		text, isText := textOf(n)
		if isNumber(n) || isText && isExpression(text) {
			t.want = r.value(n)
			return
		}
		r.problem(at(n), "%s compares numbers, and %s is none", f.name, describe(n))
	})
}
