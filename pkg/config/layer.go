package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// entry is the value of one key, or of one header of a key, in one layer. It is
// kept as text: a reference to the environment is followed only when the entry
// turns out to be in force.
type entry struct {
	key      Key
	header   string   // canonical name, when the key holds headers
	texts    []string // one, or one for each time the header is given
	remove   bool     // the header is not to be sent
	source   string   // as Value.Source
	fromFile bool     // ${NAME} is replaced
}

// defaultSource is the source of what nobody has set.
const defaultSource = "default"

func (e entry) name() string {
	if e.header == "" {
		return e.key.Name
	}
	return e.key.Name + "." + e.header
}

// place is where a mistake is: a flag and a variable say which key it is.
func (e entry) place() string {
	if e.fromFile || e.header != "" {
		return e.source + ": " + e.name()
	}
	return strings.TrimPrefix(e.source, "flag ")
}

// wants completes "it must be ...".
func (e entry) wants() string {
	if e.header != "" {
		return "a text, or a list of texts for a header that is repeated"
	}
	return e.key.kind.wants()
}

// parse turns one of the texts into the Go value of the key's field. A default may be
// empty, but what somebody has set to nothing is a mistake: nothing to listen on would be
// every address.
func (e entry) parse(s string) (any, error) {
	if isSet := e.source != defaultSource; isSet && e.header == "" && !e.key.Empty && strings.TrimSpace(s) == "" {
		return nil, errors.New("it is empty; leave it out, or give it a value")
	}
	return e.key.kind.parse(s)
}

// layer is what one place sets, by the entry's name.
type layer map[string]entry

func (l layer) add(e entry) {
	e.texts = append(slices.Clone(l[e.name()].texts), e.texts...)
	l[e.name()] = e
}

// addHeaders adds "Name: value" lines, where "Name:" removes a header. An error gives the number of the line
// and not its text, which may be a secret.
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

// settings is the layer in viper's shape: entries by key, those of headers one
// map deeper.
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

// environmentLayer takes a variable that is set to nothing as not set, because
// that is what an absent secret looks like in many CI systems.
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
			problems = append(problems, fmt.Errorf("no flag sets a key %q", name))
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
		return fmt.Errorf("%s: %T is no value for %s", source, value, k.Name)
	case isList:
		return l.addHeaders(k, lines, source)
	}
	l.add(entry{key: k, texts: []string{fmt.Sprint(value)}, source: source})
	return nil
}
