package scenario

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

const (
	// MaxFile is the most bytes that a scenario file may have.
	MaxFile = 64 << 20
	// MaxSteps is the most steps that a scenario may have.
	MaxSteps = 1_000_000
)

// ParseOptions are what a scenario may refer to.
type ParseOptions struct {
	// Catalog is what events are held against; nil means apizee.Documented().
	Catalog *apizee.Catalog
	// LookupEnv finds the ${NAME} of a scenario.
	LookupEnv func(string) (string, bool)
	// Vars are the user's own values for the scenario's variables, typed as in
	// JSON. Those that the scenario does not have are of no use in it.
	Vars map[string]any
	// Template finds a template by its name or its file.
	Template func(name string) (payload.Template, error)
}

// Parse reads a scenario from the text of a file. The error is Problems, with
// every mistake in it, but for a file that is too large.
func Parse(file string, source []byte, options ParseOptions) (*Scenario, error) {
	if len(source) > MaxFile {
		return nil, Problems{{File: file, Message: fmt.Sprintf("the file is larger than %d MiB, which no scenario is", MaxFile>>20)}}
	}
	if options.Catalog == nil {
		options.Catalog = apizee.Documented()
	}
	r := &reader{
		file: file, source: source, options: options, keys: newTables(options.Catalog), engine: newEngine(payload.Sources{}),
		templates: map[string]payload.Template{}, sound: map[essence]*event{}, known: map[string]bool{counterName: true},
	}
	s := &Scenario{File: file, catalog: options.Catalog}
	if root := r.document(); root != nil {
		r.scenario(root, s)
	}
	if err := r.found(); err != nil {
		return nil, err
	}
	s.Name = cmp.Or(s.Name, strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)))
	s.secrets = r.secrets
	inherit(s.steps, withDefaults(s.defaults.expect, anyAccepted()))
	return s, nil
}

// document is the one YAML document of the file, or nil with a problem noted.
func (r *reader) document() *yaml.Node {
	if at := firstInvalid(r.source); at >= 0 {
		line := 1 + bytes.Count(r.source[:at], []byte("\n"))
		r.problem(place{int32(line), 1}, "the file is not UTF-8 text")
		return nil
	}
	roots, err := yamlfile.Documents(r.source)
	var mistake *yamlfile.SyntaxError
	if errors.As(err, &mistake) {
		message := mistake.Message
		if mistake.UnknownAnchor == "" {
			message = "not YAML: " + message
		}
		r.problem(place{int32(mistake.Line), int32(mistake.Column)}, "%s", message)
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

func (r *reader) scenario(root *yaml.Node, s *Scenario) {
	if !isMap(root) {
		r.problem(at(root), "a scenario is a mapping with steps, not %s", describe(root))
		return
	}
	fields := r.fields(root, "a scenario")
	rank := func(name string) int {
		return slices.IndexFunc(r.keys.scenario, func(k key[Scenario]) bool { return k.name == name })
	}
	slices.SortStableFunc(fields, func(a, b field) int { return cmp.Compare(rank(a.name), rank(b.name)) })
	for _, f := range fields {
		i := rank(f.name)
		if i < 0 {
			r.word(at(f.key), f.name, names(r.keys.scenario), "a scenario has no key %s", quote(f.name))
			continue
		}
		r.keys.scenario[i].read(r, f, s)
	}
	if !slices.ContainsFunc(fields, func(f field) bool { return f.name == stepsKey }) {
		r.problem(at(root), "the scenario has no steps")
	}
}
