package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// entry is the value of one key, or of one header of a key, in one layer. It is text:
// references to the environment are replaced only if the entry is not overridden.
type entry struct {
	key      Key
	header   string   // canonical name, if the key is for headers
	texts    []string // one, or one per repetition of the header
	remove   bool     // the header is removed
	source   string   // as Value.Source
	fromFile bool     // ${NAME} is replaced in it
	topLevel bool     // it is in the file, outside of profiles
}

// defaultSource is the source of a default.
const defaultSource = "default"

func (e entry) name() string {
	if e.header == "" {
		return e.key.Name
	}
	return e.key.Name + "." + e.header
}

// place is the place of an error. The name of a flag or variable tells the key.
func (e entry) place() string {
	switch {
	case e.source == defaultSource:
		return "--" + e.key.Flag
	case e.fromFile || e.header != "":
		return e.source + ": " + e.name()
	}
	return strings.TrimPrefix(e.source, "flag ")
}

// wants describes a valid value, after "must be".
func (e entry) wants() string {
	if e.header != "" {
		return "a string, or a list of strings to repeat the header"
	}
	return e.key.kind.wants()
}

// parse converts one of the texts to the Go value of the field. A default may be empty, but
// an empty value that was set is an error: an empty address would listen on all addresses.
func (e entry) parse(s string) (any, error) {
	if isSet := e.source != defaultSource; isSet && e.header == "" && !e.key.Empty && strings.TrimSpace(s) == "" {
		return nil, errors.New("must not be empty; set a value or remove the key")
	}
	return e.key.kind.parse(s)
}

// layer is the settings of one source, by the names of the entries.
type layer map[string]entry

func (l layer) add(e entry) {
	e.texts = append(slices.Clone(l[e.name()].texts), e.texts...)
	l[e.name()] = e
}

// addHeaders adds "Name: value" lines; "Name:" removes a header. An error has the number of
// the line, not its text, which may be a secret.
func (l layer) addHeaders(k Key, lines []string, source string) error {
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, err := splitHeader(line)
		if err != nil {
			return fmt.Errorf("%s: header %d of %s: %w", source, i+1, k.Name, err)
		}
		e := entry{key: k, header: name, source: source}
		if e.remove = value == "" && strings.Contains(line, ":"); !e.remove {
			e.texts = []string{value}
		}
		l.add(e)
	}
	return nil
}

// settings is the layer as viper needs it: entries by key, and those of headers in a map
// by name.
func (l layer) settings() map[string]any {
	settings := map[string]any{}
	for _, e := range l {
		if e.header == "" {
			settings[e.key.Name] = e
			continue
		}
		named, ok := settings[e.key.Name].(map[string]any)
		if !ok {
			named = map[string]any{}
			settings[e.key.Name] = named
		}
		named[e.header] = e
	}
	return settings
}

func defaultLayer(keys []Key) layer {
	l := layer{}
	for _, k := range keys {
		if k.kind != headers {
			l.add(entry{key: k, texts: []string{k.Default}, source: defaultSource})
		}
	}
	return l
}

// environmentLayer ignores empty variables, because a missing secret is an empty variable
// in many CI systems.
func environmentLayer(keys []Key, lookupEnv func(string) (string, bool)) (layer, error) {
	l := layer{}
	var problems []error
	for _, k := range keys {
		value, _ := lookupEnv(k.Env())
		switch {
		case value == "":
		case k.kind == headers:
			problems = append(problems, l.addHeaders(k, strings.Split(value, "\n"), k.Env()))
		default:
			l.add(entry{key: k, texts: []string{value}, source: k.Env()})
		}
	}
	return l, errors.Join(problems...)
}

func flagLayer(keys []Key, flags map[string]any) (layer, error) {
	l := layer{}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		k, known := findKey(keys, name)
		if !known || k.Flag == "" {
			problems = append(problems, fmt.Errorf("no flag sets the key %q", name))
			continue
		}
		problems = append(problems, l.addFlag(k, flags[name]))
	}
	return l, errors.Join(problems...)
}

func (l layer) addFlag(k Key, value any) error {
	source := "flag --" + k.Flag
	lines, isList := value.([]string)
	switch {
	case isList != (k.kind == headers):
		return fmt.Errorf("%s: %T is not a valid type for %s", source, value, k.Name)
	case isList:
		return l.addHeaders(k, lines, source)
	}
	l.add(entry{key: k, texts: []string{fmt.Sprint(value)}, source: source})
	return nil
}
