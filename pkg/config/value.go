package config

import (
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Value is one setting, in the form it would be written in the file, and where
// it came from.
type Value struct {
	Key   string // "listen.addr", "headers.X-Api-Key"
	Value string // with references to the environment replaced
	// Source is "default", "FILE:LINE", "profile NAME (FILE:LINE)", the name of
	// an environment variable, or "flag --NAME".
	Source string
	// Secret says that Value must not be shown; Masked can be.
	Secret bool
}

// Masked is the value fit to be shown: with **** for what is secret in it.
func (v Value) Masked() string {
	if !v.Secret || v.Value == "" {
		return v.Value
	}
	for _, k := range Keys() {
		if header, ok := strings.CutPrefix(v.Key, k.Name+"."); ok {
			return redact.Header(header, v.Value)
		}
	}
	if k, plain := findKey(Keys(), v.Key); plain && !k.Secret {
		return redact.URL(v.Value)
	}
	return redact.Masked
}

func newValue(e entry, s string) Value {
	v := Value{Key: e.name(), Value: s, Source: e.source, Secret: e.key.Secret}
	if e.header != "" {
		v.Secret = redact.Header(e.header, s) != s
		return v
	}
	v.Secret = v.Secret || e.key.kind == address && redact.URL(s) != s
	return v
}
