package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/viper"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// resolver turns the entries in force into the typed Config, and notes what
// each came to.
type resolver struct {
	lookupEnv func(string) (string, bool)
	values    map[string][]Value // by the name of the key
	problems  []error
}

func (r *resolver) resolve(v *viper.Viper) (Config, error) {
	var c Config
	err := v.UnmarshalExact(&c, viper.DecodeHook(r.decode))
	if err := errors.Join(r.problems...); err != nil {
		return Config{}, err
	}
	if err != nil {
		return Config{}, fmt.Errorf("decode the configuration: %w", err)
	}
	return c, nil
}

// decode is viper's decode hook. A mistake is noted, and the field left at its
// zero value, so that the user hears of all of them and in our words.
func (r *resolver) decode(_, to reflect.Type, data any) (any, error) {
	switch d := data.(type) {
	case entry:
		if values := r.parse(d); len(values) == 1 {
			return values[0], nil
		}
		return reflect.Zero(to).Interface(), nil
	case map[string]any:
		if to == reflect.TypeFor[[]string]() {
			return r.headerLines(d), nil
		}
	}
	return data, nil
}

// headerLines orders by canonical name; viper's own keys are in lower case.
func (r *resolver) headerLines(named map[string]any) []string {
	var entries []entry
	for e := range maps.Values(named) {
		entries = append(entries, e.(entry))
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.header, b.header) })
	var lines []string
	for _, e := range entries {
		if e.remove {
			lines = append(lines, e.header+":")
		}
		for _, value := range r.parse(e) {
			lines = append(lines, headerText(e.header, value.(string)))
		}
	}
	return lines
}

// parse reads the texts of an entry that is in force.
func (r *resolver) parse(e entry) []any {
	var parsed []any
	for _, s := range e.texts {
		full, value, err := r.parseText(e, s)
		if err != nil {
			r.problems = append(r.problems, fmt.Errorf("%s: %w", e.place(), err))
			return nil
		}
		parsed = append(parsed, value)
		r.values[e.key.Name] = append(r.values[e.key.Name], newValue(e, full))
	}
	return parsed
}

// parseText gives the text with its references replaced, and what it means.
func (r *resolver) parseText(e entry, s string) (full string, value any, err error) {
	if e.fromFile {
		if s, err = yamlfile.Expand(s, r.lookupEnv); err != nil {
			return "", nil, err
		}
	}
	value, err = e.parse(s)
	return s, value, err
}

// inOrder lists what was resolved, and keys that hold no header as empty.
func (r *resolver) inOrder(keys []Key) []Value {
	var all []Value
	for _, k := range keys {
		if len(r.values[k.Name]) == 0 {
			all = append(all, Value{Key: k.Name, Source: defaultSource})
		}
		all = append(all, r.values[k.Name]...)
	}
	return all
}

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

// AddSecrets adds what must not be shown of the settings to those that are known.
func (l *Loaded) AddSecrets(known *redact.Secrets) {
	for _, v := range l.values {
		if header, isHeader := strings.CutPrefix(v.Key, "headers."); isHeader {
			known.AddHeader(header, v.Value)
			continue
		}
		k, _ := findKey(Keys(), v.Key)
		switch k.kind {
		case address:
			known.AddURLText(v.Value)
		case headerLine:
			name, value, _ := strings.Cut(v.Value, ":")
			known.Add(strings.TrimSpace(value))
			known.AddHeader(name, strings.TrimSpace(value))
		}
	}
}
