package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
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
// file has nothing in it.
func parseYAML(path string, data []byte) (root ast.Node, err error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, yamlError(path, err)
	}
	for _, d := range file.Docs {
		switch {
		case d.Body == nil:
		case root != nil:
			return nil, fmt.Errorf("%s:%d: a second YAML document starts here; only one is read", path, line(d.Body))
		default:
			root = d.Body
		}
	}
	return root, nil
}

// yamlError does not show the lines around the mistake, as the library would:
// there may be secrets in them.
func yamlError(path string, err error) error {
	yamlErr, ok := errors.AsType[yaml.Error](err)
	if !ok || yamlErr.GetToken() == nil || yamlErr.GetToken().Position == nil {
		return fmt.Errorf("%s is not valid YAML: %w", path, err)
	}
	return fmt.Errorf("%s:%d: not valid YAML: %s", path, yamlErr.GetToken().Position.Line, yamlErr.GetMessage())
}

func line(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}
