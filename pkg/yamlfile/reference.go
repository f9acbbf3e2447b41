package yamlfile

import (
	"fmt"
	"strings"
)

// References are the forms of references, for messages.
const References = "${NAME}, ${NAME:-default} or ${NAME:?message}; use $${ for a literal ${"

// ReferenceError is about ${ without a valid reference.
type ReferenceError struct{ Text string } // which may be a secret

func (e *ReferenceError) Error() string {
	return "${ must begin a reference such as " + References
}

// UnsetError means that a variable without a default is not set.
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

// Refers reports whether a text may have references.
func Refers(text string) bool { return strings.Contains(text, "${") }

// Expand replaces references to environment variables as a shell does: ${NAME} by the value,
// ${NAME:-default} by the default if the variable is not set or empty, in which case
// ${NAME:?message} is an error with that message. A default may have references; a value
// is not expanded again. $${ is a literal ${, and any other dollar sign is literal. The
// error is a *ReferenceError or an *UnsetError.
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

// cutBrace cuts a text at its closing }.
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

// splitReference splits NAME, NAME:-default or NAME:?message. The name is "" if the text is
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
