package payload

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Errors of text/template have names and types of Go. Here they are reworded.

// actionError means that the result of an action cannot be printed.
type actionError struct {
	action string
	err    error
}

func (e *actionError) Error() string { return Short(e.action) + ": " + e.err.Error() }

// errorPlace matches the place in an error of text/template: the line, and the expression.
var errorPlace = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^:(\d+):(?:\d+:)? (?:executing "(?s:.*?)" at <((?s:.*?))>: )?((?s:.*))$`)
})

// inTemplate returns an error with its place in a template; line 0 is unknown.
func inTemplate(file string, line int, reason string) error {
	if line == 0 {
		return fmt.Errorf("%s: %s", file, reason)
	}
	return fmt.Errorf("%s:%d: %s", file, line, reason)
}

// templateError rewords an error of text/template.
func templateError(file string, err error) error {
	line, reason := located(file, err)
	return inTemplate(file, line, reason)
}

// located returns the line of an error of text/template, 0 if it has none, and the reason.
func located(file string, err error) (line int, reason string) {
	text := strings.TrimPrefix(err.Error(), "template: ")
	found := errorPlace().FindStringSubmatch(strings.TrimPrefix(text, file))
	if found == nil {
		return 0, text
	}
	line, _ = strconv.Atoi(found[1])
	return line, explained(err, found[2], found[3])
}

// Short cuts a text for a message.
func Short(text string) string { return apizee.Clip(text, 60) }

// Reason is the message of an error of text/template about an expression.
func Reason(err error) string {
	_, reason := located("", err)
	return reason
}

// UnknownFunction returns the unknown function that an error of text/template is about, and the function
// with the nearest name; both may be "".
func UnknownFunction(err error) (name, nearest string) {
	found := undefined().FindStringSubmatch(err.Error())
	if found == nil {
		return "", ""
	}
	return found[1], apizee.Nearest(found[1], slices.Sorted(maps.Keys(Funcs(Sources{}))))
}

var undefined = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`:\d+: function "([^"]+)" not defined$`)
})

func explained(err error, at, text string) string {
	if name, nearest := UnknownFunction(err); name != "" {
		return fmt.Sprintf("unknown function %q%s", name, apizee.Suggest(nearest))
	}
	var wrong *actionError
	switch {
	case errors.Is(err, errTooMuchWork):
		return errTooMuchWork.Error()
	case errors.As(err, &wrong):
		return wrong.Error()
	case at == "":
		return reword(text)
	}
	return Short(at) + ": " + reword(text)
}

// wordings replace the messages of text/template. $1 and so on are the groups of a pattern,
// with the types among them translated.
var wordings = sync.OnceValue(func() (all []wording) {
	for _, w := range [][2]string{
		{`map has no entry for key "(.*)"`, `there is no "$1"`},
		{`nil (?:pointer evaluating .*\.|data; no entry for key ")(\w+)"?`, `null has no "$1"`},
		{`can't evaluate field (\w+) in type (.+)`, `$2 has no "$1"`},
		{`wrong number of args for \S+: want at least (\d+) got (\d+)`, `needs $1 arguments or more, not $2`},
		{`wrong number of args for \S+: want (\d+) got (\d+)`, `needs $1 arguments, not $2`},
		{`(?:invalid value; expected|cannot assign nil to|value is nil; should be of type) (.+)`, `must be $1, not null`},
		{`wrong type for value; expected (.+); got interface \{\}`, `must be $1, not null`},
		{`(?:wrong type for value; )?expected (.+); (?:got|found) (.+)`, `must be $1, not $2`},
		{`value has type (.+); should be (.+)`, `must be $2, not $1`},
		{`can't handle (.+) for arg of type (.+)`, `must be $2, not $1`},
		{`(?:(.+) overflows int|integer overflow: "(.+)")`, `$1$2 has more than 64 bits`},
		{`index out of range: (-?\d+)`, `the list has no item $1`},
		{`(?:index|slice|len) of (?:untyped nil|nil pointer)|len of type <nil>`, `null has no items`},
		{`cannot index slice/array with (?:type )?(.+)`, `the index of a list must be an integer, not $1`},
		{`can't (?:index|slice) item of type (.+)`, `$1 has no items`},
		{`len of type (.+)`, `$1 has no length`},
		{`range can't iterate over .*`, `range needs a list, an object or an integer`},
		{`can't give argument to non-function (.+)|(\w+) is not a method but has arguments`, `$1$2 is not a function`},
		{`nil is not a command`, `null cannot be printed`},
		{`exceeded maximum template depth .*`, `templates are nested too deep`},
		{`(?:malformed|unterminated) character constant.*`, `strings need double quotes or backquotes`},
	} {
		all = append(all, wording{regexp.MustCompile("^(?s:" + w[0] + ")$"), w[1]})
	}
	return all
})

type wording struct {
	pattern *regexp.Regexp
	text    string
}

// reword replaces a message of text/template by ours.
func reword(message string) string {
	if rest, isCall := strings.CutPrefix(message, "error calling "); isCall {
		_, message, _ = strings.Cut(rest, ": ")
	}
	for _, w := range wordings() {
		if found := w.pattern.FindStringSubmatch(message); found != nil {
			text := w.text
			for i, group := range found {
				text = strings.ReplaceAll(text, "$"+strconv.Itoa(i), typeName(group))
			}
			return strings.TrimSpace(text)
		}
	}
	return message
}

// typeName is the word for a type of Go; other text is returned as it is.
func typeName(text string) string {
	switch text {
	case "string":
		return "a string"
	case "int", "int64", "integer", "uint8":
		return "an integer"
	case "float64", "float", "json.Number":
		return "a number"
	case "bool":
		return "a boolean"
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
