package config

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// reader reads the keys of one YAML file and collects errors.
type reader struct {
	path     string
	keys     []Key
	problems []error
}

// scope is the layer of the keys being read: a profile, or the rest of the file.
type scope struct {
	into    layer
	profile string
}

// field is one "name: value" of a YAML mapping.
type field struct {
	name  string
	value *yaml.Node
	line  int
}

func (r *reader) problem(line int, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%s:%d: "+format, append([]any{r.path, line}, args...)...))
}

// fields returns the fields of a mapping; a missing value has none.
func (r *reader) fields(n *yaml.Node, what string) []field {
	if n == nil || isNull(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode || !isPlain(n) {
		r.problem(n.Line, "%s must be a mapping", what)
		return nil
	}
	var fields []field
	lines := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if first, twice := lines[key.Value]; twice {
			r.problem(key.Line, "duplicate key %q, first on line %d", key.Value, first)
			continue
		}
		lines[key.Value] = key.Line
		fields = append(fields, field{name: key.Value, value: n.Content[i+1], line: key.Line})
	}
	return fields
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" && isPlain(n) }

// isPlain reports whether a node has no tag. Tags are not allowed.
func isPlain(n *yaml.Node) bool { return n.Style&yaml.TaggedStyle == 0 }

func (r *reader) profiles(f field, into map[string]layer) {
	for _, p := range r.fields(f.value, profilesKey) {
		if p.name == "" {
			r.problem(p.line, "the name of a profile must not be empty")
			continue
		}
		s := scope{into: layer{}, profile: p.name}
		into[p.name] = s.into
		for _, own := range r.fields(p.value, s.full("")) {
			r.field(own, "", s)
		}
	}
}

func (r *reader) field(f field, section string, s scope) {
	name := join(section, f.name)
	k, known := findKey(r.keys, name)
	switch {
	case known && k.kind == headers:
		r.headers(f, k, s)
	case known:
		r.entry(f, entry{key: k}, s)
	case isSection(r.keys, name):
		for _, own := range r.fields(f.value, s.full(name)) {
			r.field(own, name, s)
		}
	default:
		r.problem(f.line, "unknown key %q%s", s.full(name), suggestKey(r.keys, section, f.name, s.profile != ""))
	}
}

func (r *reader) headers(f field, k Key, s scope) {
	for _, h := range r.fields(f.value, s.full(k.Name)) {
		name, err := headerName(h.name)
		if err != nil {
			r.problem(h.line, "%s: %w", s.full(k.Name), err)
			continue
		}
		e := entry{key: k, header: name}
		if isNull(h.value) {
			e.remove = true
			r.add(h, e, s)
			continue
		}
		r.entry(h, e, s)
	}
}

// entry reads the value of a key or of a header. A key without a value is not set.
func (r *reader) entry(f field, e entry, s scope) {
	if isNull(f.value) {
		return
	}
	texts, ok := scalars(f.value, e.header != "")
	if !ok {
		r.problem(f.line, "%s: must be %s", s.full(e.name()), e.wants())
		return
	}
	e.texts = texts
	r.add(f, e, s)
}

func (r *reader) add(f field, e entry, s scope) {
	name := s.full(e.name())
	e.fromFile, e.topLevel, e.source = true, s.profile == "", s.source(r.path, f.line)
	if _, twice := s.into[e.name()]; twice {
		r.problem(f.line, "%s is given twice", name)
		return
	}
	for _, text := range e.texts {
		if _, err := e.parse(text); err != nil && !yamlfile.Refers(text) {
			r.problem(f.line, "%s: %w", name, err)
		}
	}
	s.into.add(e)
}

// full is the full name of a key in the file.
func (s scope) full(name string) string {
	if s.profile == "" {
		return name
	}
	if name == "" {
		return profilesKey + "." + s.profile
	}
	return profilesKey + "." + s.profile + "." + name
}

func (s scope) source(path string, line int) string {
	if s.profile == "" {
		return fmt.Sprintf("%s:%d", path, line)
	}
	return fmt.Sprintf("profile %s (%s:%d)", s.profile, path, line)
}

// scalars returns the text of a scalar as written, so that 007 and 1.10 do not change; or
// the texts of a list, if one is allowed. Tags are not allowed.
func scalars(n *yaml.Node, list bool) (texts []string, ok bool) {
	switch {
	case !isPlain(n):
		return nil, false
	case n.Kind == yaml.ScalarNode && !isNull(n):
		return []string{n.Value}, true
	case n.Kind != yaml.SequenceNode || !list:
		return nil, false
	}
	for _, item := range n.Content {
		one, isScalar := scalars(item, false)
		if !isScalar {
			return nil, false
		}
		texts = append(texts, one...)
	}
	return texts, len(texts) > 0
}
