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
	problems  []error
}

func newResolver(lookupEnv func(string) (string, bool)) *resolver {
	return &resolver{lookupEnv: lookupEnv, values: map[string][]Value{}}
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
			r.add(Value{Key: e.name(), Value: "null", Source: e.source, Removed: true, entry: e})
		}
		for _, value := range r.parse(e) {
			lines = append(lines, headerText(e.header, value.(string)))
		}
	}
	return lines
}

// parse parses the texts of an entry.
func (r *resolver) parse(e entry) []any {
	var parsed []any
	for _, s := range e.texts {
		full, value, err := r.parseText(e, s)
		if err != nil {
			r.problems = append(r.problems, fmt.Errorf("%s: %w", e.place(), err))
			return nil
		}
		parsed = append(parsed, value)
		r.add(Value{Key: e.name(), Value: full, Source: e.source, entry: e})
	}
	return parsed
}

func (r *resolver) add(v Value) {
	r.values[v.entry.key.Name] = append(r.values[v.entry.key.Name], v)
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
	// Removed means that a header is not sent; Value is "null".
	Removed bool

	entry entry // that it comes from
}

// ForRun returns those of Config.To and Config.Headers that are set for this run, by a flag, a
// variable or the profile. A scenario has its own of both, between these and those at the top
// level of the file.
func (l *Loaded) ForRun() (to string, headers []string) {
	for _, v := range l.Values {
		switch {
		case v.entry.topLevel:
		case v.Key == "to":
			to = v.Value
		case v.entry.key.Name == "headers" && v.Removed:
			headers = append(headers, v.entry.header+":")
		case v.entry.key.Name == "headers":
			headers = append(headers, headerText(v.entry.header, v.Value))
		}
	}
	return to, headers
}

// Masked is the value with secrets replaced by ****.
func (v Value) Masked() string {
	switch {
	case v.Removed || v.Value == "":
		return v.Value
	case v.entry.header != "":
		return redact.Header(v.entry.header, v.Value)
	case v.entry.key.Secret:
		return redact.Masked
	}
	before, url := v.entry.key.kind.cutURL(v.Value)
	return before + redact.URL(url)
}

// AddSecrets adds the secrets of the settings to known, those of all headers included: a secret is one
// whatever it is for.
func (l *Loaded) AddSecrets(known *redact.Secrets) {
	for _, v := range l.Values {
		switch kind := v.entry.key.kind; {
		case v.Removed:
		case kind == headers:
			known.AddHeader(v.entry.header, v.Value)
		case kind == address, kind == request:
			_, url := kind.cutURL(v.Value)
			known.AddURLText(url)
		case kind == headerLine:
			name, value, _ := strings.Cut(v.Value, ":")
			known.Add(strings.TrimSpace(value))
			known.AddHeader(name, strings.TrimSpace(value))
		}
	}
}
