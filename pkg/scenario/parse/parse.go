// Package parse reads scenario files. It is strict and finds every mistake of a file, each with
// its line, its column and the nearest right word, before anything is sent.
//
// What a file may say stands in one table of keys: the parser reads by it,
// and [JSONSchema] is made from it.
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
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// Options are what a scenario may refer to.
type Options struct {
	// Catalog is what the events are checked against; nil is the documented one.
	Catalog *apizee.Catalog
	// LookupEnv finds the ${NAME} of a scenario.
	LookupEnv func(string) (string, bool)
	// Vars are the user's own values for the scenario's variables, typed as in
	// JSON. Those that the scenario does not have are of no use in it.
	Vars map[string]any
	// Template finds a template by its name or its file.
	Template func(name string) (payload.Template, error)
}

// File reads a scenario from the text of a file. The error is Problems, with every mistake
// in it.
func File(name string, source []byte, options Options) (*scenario.Scenario, error) {
	options.Catalog = cmp.Or(options.Catalog, apizee.Documented())
	r := &reader{
		file: name, source: source, options: options, keys: newTables(options.Catalog),
		engine: expr.New(payload.Sources{}), known: map[string]bool{scenario.Counter: true},
		templates: map[string]payload.Template{},
	}
	s := &scenario.Scenario{File: name, Catalog: options.Catalog}
	if root := r.document(); root != nil {
		r.scenario(root, s)
	}
	if err := r.found(); err != nil {
		return nil, err
	}
	s.Named = s.Name != ""
	s.Name = cmp.Or(s.Name, strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)))
	s.Secrets = r.secrets
	inherit(s.Steps, withDefaults(r.expect, anyAccepted()))
	return s, nil
}

// Description is what a scenario says of itself in a list, or "". Mistakes elsewhere in the
// file do not matter.
func Description(text []byte) string {
	var head struct {
		Description string `yaml:"description"`
	}
	_ = yaml.Unmarshal(text, &head)
	return head.Description
}

// document is the one YAML document of the file, or nil with a problem noted.
func (r *reader) document() *yaml.Node {
	if at := firstInvalid(r.source); at >= 0 {
		r.problem(place{1 + bytes.Count(r.source[:at], []byte("\n")), 1}, "the file is not UTF-8 text")
		return nil
	}
	roots, err := yamlfile.Documents(r.source)
	var mistake *yamlfile.SyntaxError
	if errors.As(err, &mistake) {
		message := mistake.Message
		if mistake.UnknownAnchor == "" {
			message = "not YAML: " + message
		}
		r.problem(place{mistake.Line, mistake.Column}, "%s", message)
		return nil
	}
	switch len(roots) {
	case 0:
		r.problem(place{}, "the file is empty; a scenario has steps, such as\n    steps:\n      - send: ticket update")
		return nil
	case 1:
		return roots[0]
	}
	r.problem(at(roots[1]), "a second document begins here; a file holds one scenario")
	return nil
}

// firstInvalid is where the text has a byte that is not UTF-8 or a NUL, or -1.
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

// scenario reads the root, key by key in the order of the table: what comes later uses what is
// known by then.
func (r *reader) scenario(root *yaml.Node, s *scenario.Scenario) {
	if !isMap(root) {
		r.problem(at(root), "a scenario is a mapping with steps, not %s", describe(root))
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
