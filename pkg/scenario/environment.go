package scenario

import (
	"maps"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

var reference = lazily(`\$?\$\{([^}]*)\}?`)

// environment replaces ${NAME} by the environment's value, which must be set;
// $${ is a plain ${. No value is read as an expression.
func (r *reader) environment(p place, text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	return reference().ReplaceAllStringFunc(text, func(match string) string {
		if plain, escaped := strings.CutPrefix(match, "$$"); escaped {
			return "$" + plain
		}
		name, closed := strings.CutSuffix(strings.TrimPrefix(match, "${"), "}")
		if !closed || name == "" {
			r.problem(p, "%s is not a reference to the environment; write ${NAME}, or $${ for a plain ${", quote(match))
			return ""
		}
		value, ok := r.options.LookupEnv(name)
		if !ok {
			r.problem(p, "the environment variable %s is not set", name)
			return ""
		}
		if redact.IsSecret(name) {
			r.secrets = append(r.secrets, value)
		}
		return strings.ReplaceAll(value, "{{", `{{"{{"}}`)
	})
}

func nearestFunction(name string) string {
	return apizee.Nearest(name, slices.Sorted(maps.Keys(payload.Funcs(payload.Sources{}))))
}
