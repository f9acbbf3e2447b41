package yamlfile

import (
	"fmt"
	"strings"
)

// References are the ways to refer to the environment, for messages.
const References = "${NAME}, ${NAME:-default} or ${NAME:?message}; write $${ for a plain ${"

// ReferenceError says that a text has ${ where no reference to the environment follows.
type ReferenceError struct{ Text string } // which may hold a secret

func (e *ReferenceError) Error() string {
	return "after ${ comes a variable's name and }, as in " + References
}

// UnsetError says that a variable without a default is not set.
type UnsetError struct {
	Name    string
	Message string // of ${NAME:?message}, or ""
}

func (e *UnsetError) Error() string {
	text := fmt.Sprintf("the environment variable %s is not set", e.Name)
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Refers says whether Expand would do anything to a text.
func Refers(text string) bool { return strings.Contains(text, "${") }

// Expand replaces each reference to the environment in a text, as a shell does: ${NAME} by the
// variable's value, ${NAME:-default} by the default where the variable is not set or is empty,
// and ${NAME:?message} is an error with that message then. A default may hold references; a
// value is not looked at again. $${ stands for a plain ${, and any other dollar sign for itself.
// The error is a *ReferenceError or an *UnsetError.
func Expand(text string, lookup func(name string) (string, bool)) (string, error) {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "${")
		if !found {
			out.WriteString(text)
			return out.String(), nil
		}
		if plain, escaped := strings.CutSuffix(before, "$"); escaped {
			out.WriteString(plain + "${")
			text = after
			continue
		}
		inner, rest, closed := cutBrace(after)
		name, operator, argument := splitReference(inner)
		if !closed || name == "" {
			return "", &ReferenceError{text[len(before) : len(text)-len(rest)]}
		}
		value, set := lookup(name)
		if operator != "" {
			set = value != ""
		}
		switch {
		case !set && operator == ":-":
			var err error
			if value, err = Expand(argument, lookup); err != nil {
				return "", err
			}
		case !set:
			return "", &UnsetError{name, argument}
		}
		out.WriteString(before + value)
		text = rest
	}
}

// cutBrace cuts a text at the } that closes what began before it.
func cutBrace(text string) (inner, rest string, closed bool) {
	depth := 0
	for i, c := range text {
		switch {
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return text[:i], text[i+1:], true
		case c == '}':
			depth--
		}
	}
	return text, "", false
}

// splitReference takes NAME, NAME:-default and NAME:?message apart. The name is "" where it is
// none of these.
func splitReference(text string) (name, operator, argument string) {
	end := strings.IndexFunc(text, func(c rune) bool {
		return c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9')
	})
	if end < 0 {
		end = len(text)
	}
	name, rest := text[:end], text[end:]
	isName := name != "" && (name[0] < '0' || name[0] > '9')
	isKnown := rest == "" || strings.HasPrefix(rest, ":-") || strings.HasPrefix(rest, ":?")
	if !isName || !isKnown {
		return "", "", ""
	}
	if rest == "" {
		return name, "", ""
	}
	return name, rest[:2], rest[2:]
}
