package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// document is a configuration file taken apart: what it sets for everybody, and
// for each profile.
type document struct {
	path     string // "" when there is no file
	base     layer
	profiles map[string]layer
}

func (d document) profileNames() []string { return slices.Sorted(maps.Keys(d.profiles)) }

// parseDocument checks the whole file, including profiles that are not in use,
// for all but what references to the environment would come to.
func parseDocument(path string, data []byte, keys []Key) (document, error) {
	root, err := parseYAML(path, data)
	if err != nil {
		return document{}, err
	}
	r := reader{path: path, keys: keys}
	doc := document{path: path, base: layer{}, profiles: map[string]layer{}}
	for _, f := range r.fields(root, "the file") {
		if f.name == profilesKey {
			r.profiles(f, doc.profiles)
			continue
		}
		r.field(f, "", scope{into: doc.base})
	}
	return doc, errors.Join(r.problems...)
}

// parseYAML gives the root of the only YAML document in the file, nil when the
// file has nothing in it. Errors do not show the lines around the mistake: there may
// be secrets in them.
func parseYAML(path string, data []byte) (*yaml.Node, error) {
	roots, err := yamlfile.Documents(data)
	var mistake *yamlfile.SyntaxError
	switch {
	case errors.As(err, &mistake) && mistake.Line > 0:
		return nil, fmt.Errorf("%s:%d: not valid YAML: %s", path, mistake.Line, mistake.Message)
	case err != nil:
		return nil, fmt.Errorf("%s is not valid YAML: %w", path, err)
	case len(roots) == 0:
		return nil, nil
	case len(roots) > 1:
		return nil, fmt.Errorf("%s:%d: a second YAML document starts here; only one is read", path, roots[1].Line)
	}
	return roots[0], nil
}
