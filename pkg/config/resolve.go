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

// resolver converts the entries that are not overridden to the typed Config, and collects
// their values.
type resolver struct {
	lookupEnv func(string) (string, bool)
	values    map[string][]Value // by the name of the key
	places    map[string]string  // of the entries, by their names
	problems  []error
}

func newResolver(lookupEnv func(string) (string, bool)) *resolver {
	return &resolver{lookupEnv: lookupEnv, values: map[string][]Value{}, places: map[string]string{}}
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

// decode is a decode hook for viper. It collects errors and leaves the field at its zero
// value, so that all errors are reported, without viper's wording.
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

// headerLines sorts by canonical name; viper's keys are in lowercase.
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
			r.values[e.key.Name] = append(r.values[e.key.Name], Value{Key: e.name(), Value: "null", Source: e.source, Removed: true})
		}
		for _, value := range r.parse(e) {
			lines = append(lines, headerText(e.header, value.(string)))
		}
	}
	return lines
}

// parse parses the texts of an entry.
func (r *resolver) parse(e entry) []any {
	r.places[e.name()] = e.place()
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

// parseText returns the text with its references replaced, and its value.
func (r *resolver) parseText(e entry, s string) (full string, value any, err error) {
	if e.fromFile {
		if s, err = yamlfile.Expand(s, r.lookupEnv); err != nil {
			return "", nil, err
		}
	}
	value, err = e.parse(s)
	return s, value, err
}

// inOrder returns the values in the order of keys; keys without headers are empty.
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

// Value is one setting, as it would be written in the file, and its source.
type Value struct {
	Key   string // "listen.addr", "headers.X-Api-Key"
	Value string // with references to the environment replaced
	// Source is "default", "FILE:LINE", "profile NAME (FILE:LINE)", the name of
	// an environment variable, or "flag --NAME".
	Source string
	// Secret means that Value must not be shown; use Masked.
	Secret bool
	// Removed means that a header is not sent; Value is "null".
	Removed bool
}

// Masked is the value with secrets replaced by ****.
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
		before, url := k.kind.cutURL(v.Value)
		return before + redact.URL(url)
	}
	return redact.Masked
}

func newValue(e entry, s string) Value {
	v := Value{Key: e.name(), Value: s, Source: e.source, Secret: e.key.Secret}
	if e.header != "" {
		v.Secret = redact.Header(e.header, s) != s
		return v
	}
	_, url := e.key.kind.cutURL(s)
	v.Secret = v.Secret || redact.URL(url) != url
	return v
}

// AddSecrets adds the secrets of the settings to known.
func (l *Loaded) AddSecrets(known *redact.Secrets) {
	keys := Keys()
	for _, v := range l.values {
		if v.Removed {
			continue
		}
		if header, isHeader := strings.CutPrefix(v.Key, "headers."); isHeader {
			known.AddHeader(header, v.Value)
			continue
		}
		k, _ := findKey(keys, v.Key)
		switch k.kind {
		case address, request:
			_, url := k.kind.cutURL(v.Value)
			known.AddURLText(url)
		case headerLine:
			name, value, _ := strings.Cut(v.Value, ":")
			known.Add(strings.TrimSpace(value))
			known.AddHeader(name, strings.TrimSpace(value))
		}
	}
}
