package payload

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// An error of text/template has the names and types of Go's. Here it gets words of ours.

// actionError is about what an action results in, which cannot be printed.
type actionError struct {
	action string
	err    error
}

func (e *actionError) Error() string { return Short(e.action) + ": " + e.err.Error() }
func (e *actionError) Unwrap() error { return e.err }

// errorPlace is where an error of text/template says that it is: a line, and what is executed.
var errorPlace = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^:(\d+):(?:\d+:)? (?:executing "(?s:.*?)" at <((?s:.*?))>: )?((?s:.*))$`)
})

// templateError takes file and line out of an error of text/template.
func templateError(file string, err error) error {
	wrong := &TemplateError{File: file, Err: err}
	text := strings.TrimPrefix(err.Error(), "template: ")
	found := errorPlace().FindStringSubmatch(strings.TrimPrefix(text, file))
	if found == nil {
		wrong.Reason = text
		return wrong
	}
	wrong.Line, _ = strconv.Atoi(found[1])
	wrong.Reason = explained(err, found[2], found[3])
	return wrong
}

// Short is a text for a message, which it keeps short.
func Short(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// Reason is what an error of text/template says about an expression.
func Reason(err error) string {
	return templateError("", err).(*TemplateError).Reason
}

func explained(err error, at, text string) string {
	var wrong *actionError
	switch {
	case errors.Is(err, errTooMuchWork):
		return errTooMuchWork.Error()
	case errors.As(err, &wrong):
		return wrong.Error()
	case at == "":
		return inOurWords(text)
	}
	return Short(at) + ": " + inOurWords(text)
}

// wording is what is said instead of a text, with $1 and so on for its groups, which may
// be names of types.
type wording struct {
	text *regexp.Regexp
	ours string
}

var wordings = sync.OnceValue(func() (all []wording) {
	for _, w := range [][2]string{
		{`map has no entry for key "(.*)"`, `there is no "$1"`},
		{`nil (?:pointer evaluating .*\.|data; no entry for key ")(\w+)"?`, `null has no "$1"`},
		{`can't evaluate field (\w+) in type (.+)`, `$2 has no "$1"`},
		{`wrong number of args for (\S+): want at least (\d+) got (\d+)`, `it takes $2 arguments or more, not $3`},
		{`wrong number of args for (\S+): want (\d+) got (\d+)`, `it takes $2 arguments, not $3`},
		{`(?:invalid value; expected|cannot assign nil to|value is nil; should be of type) (.+)`, `$1 is needed here, not null`},
		{`wrong type for value; expected (.+); got interface \{\}`, `$1 is needed here, not null`},
		{`wrong type for value; expected (.+); got (.+)`, `$1 is needed here, not $2`},
		{`value has type (.+); should be (.+)`, `$2 is needed here, not $1`},
		{`expected (\w+); found (.+)`, `$1 is needed here, not $2`},
		{`can't handle (.+) for arg of type (.+)`, `$2 is needed here, not $1`},
		{`(.+) overflows int`, `$1 has more than 64 bits`},
		{`integer overflow: "(.+)"`, `$1 has more than 64 bits`},
		{`index out of range: (-?\d+)`, `the list has no item $1`},
		{`(?:index|slice|len) of (?:untyped nil|nil pointer)|len of type <nil>`, `null has no items`},
		{`cannot index slice/array with (?:type )?(.+)`, `an item of a list has a number, not $1`},
		{`can't index item of type (.+)`, `$1 has no items`},
		{`can't slice item of type (.+)`, `$1 cannot be cut`},
		{`invalid slice index: .*`, `it ends before it begins`},
		{`too many slice indexes: .*|cannot 3-index slice a string`, `it takes a beginning and an end`},
		{`len of type (.+)`, `$1 has no length`},
		{`range can't iterate over .*`, `range takes a list, an object or a whole number`},
		{`can't use .* iterate over more than one variable`, `range has one variable over a number`},
		{`can't give argument to non-function (.+)`, `$1 is not a function`},
		{`(\w+) is not a method but has arguments`, `$1 is not a function`},
		{`nil is not a command`, `null is an argument, not an action`},
		{`(?:non-function (\S+) of type .*|call of nil)`, `there is no such function to call`},
		{`exceeded maximum template depth .*`, `its templates go too deep into each other`},
		{`malformed character constant: (.*)|unterminated character constant`, `a text stands in double quotes or backquotes $1`},
	} {
		all = append(all, wording{regexp.MustCompile("^(?s:" + w[0] + ")$"), w[1]})
	}
	return all
})

// inOurWords says the reason of text/template as a user of templates would.
func inOurWords(text string) string {
	if rest, isCall := strings.CutPrefix(text, "error calling "); isCall {
		_, text, _ = strings.Cut(rest, ": ")
	}
	for _, w := range wordings() {
		found := w.text.FindStringSubmatch(text)
		for i, group := range found {
			w.ours = strings.ReplaceAll(w.ours, "$"+strconv.Itoa(i), typeName(group))
		}
		if found != nil {
			return strings.TrimSpace(w.ours)
		}
	}
	return text
}

// typeName is the word for a type of Go.
func typeName(text string) string {
	switch text {
	case "string":
		return "a text"
	case "int", "int64", "integer", "uint8":
		return "a whole number"
	case "float64", "float", "json.Number":
		return "a number"
	case "bool":
		return "true or false"
	case "map[string]interface {}":
		return "an object"
	case "[]interface {}", "[]string":
		return "a list"
	case "interface {}", "reflect.Value":
		return "the value"
	case "nil", "untyped nil":
		return "null"
	}
	return text
}
