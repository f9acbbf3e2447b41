// Package parse parses scenario files. It is strict, and reports all problems of a file, each with
// its line, its column and the nearest valid word, before anything is sent.
//
// Tables list the keys of a file. The parser reads by them, and [JSONSchema] is generated from
// them.
package parse

import (
	"bytes"
	"cmp"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// Options are what a scenario may refer to.
type Options struct {
	// Catalog is what events are checked against; nil means the documented catalog.
	Catalog *apizee.Catalog
	// LookupEnv returns the value of an environment variable, for ${NAME}; nil means that
	// ${ has no meaning.
	LookupEnv func(string) (string, bool)
	// Vars override the values of the scenario's variables, typed as in JSON. Variables that
	// the scenario does not have are ignored.
	Vars map[string]any
	// Template returns a template by name or path.
	Template func(name string) (payload.Template, error)
}

// File parses the text of a scenario file. The error is a Problems.
func File(name string, source []byte, options Options) (*scenario.Scenario, error) {
	options.Catalog = cmp.Or(options.Catalog, apizee.Documented())
	r := newReader(name, source, options)
	s := r.read()
	if err := r.found(); err != nil {
		return nil, err
	}
	s.Named = s.Name != ""
	s.Name = cmp.Or(s.Name, strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)))
	s.Secrets = r.secrets
	inherit(s.Steps, withDefaults(r.expect, anyAccepted()))
	return s, nil
}

// Description returns the description of a scenario, or "". Problems elsewhere in the file do
// not matter.
func Description(text []byte) string {
	var head struct {
		Description string `yaml:"description"`
	}
	_ = yaml.Unmarshal(text, &head)
	return head.Description
}

func newReader(file string, source []byte, o Options) *reader {
	r := &reader{
		file: file, source: source, options: o, keys: newTables(o.Catalog),
		known:     map[string]bool{scenario.Counter: true},
		templates: map[string]payload.Template{}, unexpanded: map[place]bool{},
		quotes: quotes{quoted: map[place]quoted{}, reread: map[string]*reader{}},
	}
	r.prepareEngine()
	return r
}

// read reads the file, and collects its problems.
func (r *reader) read() *scenario.Scenario {
	s := &scenario.Scenario{File: r.file, Catalog: r.options.Catalog}
	if root := r.document(); root != nil {
		r.scenario(root, s)
	}
	return s
}

// document returns the YAML document of the file, or nil after a problem.
func (r *reader) document() *yaml.Node {
	if at := firstInvalid(r.source); at >= 0 {
		before := r.source[:at]
		line := before[1+bytes.LastIndexByte(before, '\n'):]
		r.problem(place{1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(line)}, "the file is not valid UTF-8")
		return nil
	}
	roots, err := yamlfile.Documents(r.source)
	var invalid *yamlfile.SyntaxError
	if errors.As(err, &invalid) {
		message := invalid.Message
		if invalid.UnknownAnchor == "" {
			message = "invalid YAML: " + message
		}
		r.problem(place{invalid.Line, invalid.Column}, "%s", message)
		return nil
	}
	switch len(roots) {
	case 0:
		r.problem(place{}, "the file is empty; a scenario has steps, such as\n    steps:\n      - send: ticket update")
		return nil
	case 1:
		r.environment(roots[0])
		return roots[0]
	}
	r.problem(at(roots[1]), "unexpected second YAML document; a file must contain one scenario")
	return nil
}

// firstInvalid returns the index of the first byte that is NUL or not valid UTF-8, or -1.
func firstInvalid(b []byte) int {
	if utf8.Valid(b) {
		return bytes.IndexByte(b, 0)
	}
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// scenario reads the root, key by key in the order of the table, since later keys depend on
// earlier ones.
func (r *reader) scenario(root *yaml.Node, s *scenario.Scenario) {
	if !isMap(root) {
		r.problem(at(root), "a scenario must be a mapping with steps, not %s", describe(root))
		return
	}
	fields := slices.DeleteFunc(r.fields(root, "a scenario"), func(f field) bool { return strings.HasPrefix(f.name, yamlfile.OwnPrefix) })
	rank := func(name string) int {
		return slices.IndexFunc(r.keys.scenario, func(k key[scenario.Scenario]) bool { return k.name == name })
	}
	slices.SortStableFunc(fields, func(a, b field) int { return cmp.Compare(rank(a.name), rank(b.name)) })
	readFields(r, fields, "a scenario", r.keys.scenario, s)
	if !slices.ContainsFunc(fields, func(f field) bool { return f.name == stepsKey }) {
		r.problem(at(root), "the scenario has no steps")
	}
}
