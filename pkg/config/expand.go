package config

import (
	"errors"
	"fmt"
	"strings"
)

// refers says whether expand would do anything to the text.
func refers(s string) bool { return strings.Contains(s, "${") }

// expand replaces each ${NAME} by that environment variable, once: what comes
// out is not looked at again. $${ stands for a plain ${, and any other dollar
// sign for itself. A variable that is set to nothing is replaced by nothing;
// one that is not set is an error.
func expand(s string, lookupEnv func(string) (string, bool)) (string, error) {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(s, "${")
		if !found {
			out.WriteString(s)
			return out.String(), nil
		}
		if plain, escaped := strings.CutSuffix(before, "$"); escaped {
			out.WriteString(plain + "${")
			s = after
			continue
		}
		name, rest, closed := strings.Cut(after, "}")
		if !closed || !isVariable(name) {
			return "", errors.New("after ${ comes a variable's name and }; write $${ for a plain ${")
		}
		value, set := lookupEnv(name)
		if !set {
			return "", fmt.Errorf("the environment variable %s is not set", name)
		}
		out.WriteString(before + value)
		s = rest
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
