package scenario

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	goccy "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
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
	var roots []*yaml.Node
	for decoder := yaml.NewDecoder(bytes.NewReader(r.source)); ; {
		var document yaml.Node
		switch err := decoder.Decode(&document); {
		case errors.Is(err, io.EOF):
			return r.onlyRoot(roots)
		case err != nil:
			r.syntax(err)
			return nil
		}
		if root := document.Content[0]; !isEmpty(root) {
			roots = append(roots, root)
		}
	}
}

func (r *reader) onlyRoot(roots []*yaml.Node) *yaml.Node {
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

// syntax reports why a file is not YAML. The parser in use is fast and knows the
// line at most; the other one, slow and thorough, looks for the place.
func (r *reader) syntax(err error) {
	if m := unknownAnchor().FindStringSubmatch(err.Error()); m != nil {
		r.problem(r.find("*"+m[1]), "there is no anchor %s before this alias", quote(m[1]))
		return
	}
	var located goccy.Error
	if errors.As(r.thorough(), &located) && located.GetToken() != nil {
		position := located.GetToken().Position
		r.problem(place{int32(position.Line), int32(position.Column)}, "not YAML: %s", located.GetMessage())
		return
	}
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	p := place{}
	if m := errorLine().FindStringSubmatch(reason); m != nil {
		line, _ := strconv.Atoi(m[1])
		p, reason = place{int32(line), 1}, m[2]
	}
	r.problem(p, "not YAML: %s", reason)
}

// thorough is the error of the other parser. Its time and memory grow with the square of
// how deep brackets are nested, so it does not see what is nested beyond all use.
func (r *reader) thorough() error {
	depth, deepest := 0, 0
	for _, c := range r.source {
		switch c {
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth = max(depth-1, 0)
		}
	}
	if deepest > 10*maxDepth {
		return nil
	}
	_, err := parser.ParseBytes(r.source, 0)
	return err
}

var (
	unknownAnchor = lazily(`^yaml: unknown anchor '(.*)' referenced$`)
	errorLine     = lazily(`^line (\d+): (.*)$`)
)

// find is the first place of a text in the file.
func (r *reader) find(text string) place {
	before, _, found := bytes.Cut(r.source, []byte(text))
	if !found {
		return place{}
	}
	line := bytes.LastIndexByte(before, '\n') + 1
	return place{int32(1 + bytes.Count(before, []byte("\n"))), int32(1 + utf8.RuneCount(before[line:]))}
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
