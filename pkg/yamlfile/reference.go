package yamlfile

import "strings"

// ReferenceError says that a text has ${ where no reference to the environment follows.
type ReferenceError struct{ Text string }

func (e *ReferenceError) Error() string {
	return "after ${ comes a variable's name and }; write $${ for a plain ${"
}

// Refers says whether Expand would do anything to a text.
func Refers(text string) bool { return strings.Contains(text, "${") }

// Expand replaces each ${NAME} in a text by the variable's value, once: what comes out is
// not looked at again. $${ stands for a plain ${, and any other dollar sign for itself.
// The error is a *ReferenceError or one of value's.
func Expand(text string, value func(name string) (string, error)) (string, error) {
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
		name, rest, closed := strings.Cut(after, "}")
		if !closed || !isVariable(name) {
			return "", &ReferenceError{text[len(before) : len(text)-len(rest)]}
		}
		v, err := value(name)
		if err != nil {
			return "", err
		}
		out.WriteString(before + v)
		text = rest
	}
}

func isVariable(name string) bool {
	for i, r := range name {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
