package config

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// maxFile is the largest configuration file read, in bytes.
const maxFile = 64 << 10

// findDocument reads the file the user named, else the first that exists in the
// folders. Without any the document is empty.
func findDocument(ctx context.Context, o Options, keys []Key) (document, error) {
	named, by := o.File, "--config"
	if named == "" {
		named, _ = o.LookupEnv(envConfig)
		by = envConfig
	}
	if named != "" {
		doc, err := readDocument(ctx, named, keys)
		if errors.Is(err, fs.ErrNotExist) {
			return document{}, fmt.Errorf("the configuration file %s, named by %s, does not exist", named, by)
		}
		return doc, err
	}
	for _, path := range candidates(o) {
		found, err := spelled(path)
		switch {
		case err != nil:
			return document{}, err
		case found != "":
			return readDocument(ctx, found, keys)
		}
	}
	return document{}, nil
}

// Files are the paths at which a configuration file is looked for, the first that counts first.
func (o Options) Files() []string {
	named := o.File
	if named == "" {
		named, _ = o.LookupEnv(envConfig)
	}
	if named != "" {
		return []string{named}
	}
	var all []string
	for _, path := range candidates(o) {
		all = append(all, spellings(path)...)
	}
	return all
}

// spellings are the names that a configuration file may have in its place.
func spellings(path string) []string {
	return []string{path, strings.TrimSuffix(path, ".yaml") + ".yml"}
}

// spelled is the one of its spellings that there is, or "".
func spelled(path string) (found string, err error) {
	for _, p := range spellings(path) {
		// A folder that cannot be entered holds no file: containers often run
		// with somebody else's home, or with none.
		if _, err := os.Stat(p); err != nil {
			continue
		}
		if found != "" {
			return "", fmt.Errorf("there are both %s and %s; remove one of them", found, p)
		}
		found = p
	}
	return found, nil
}

func candidates(o Options) []string {
	paths := []string{filepath.Join(o.Dir, FileName)}
	if o.UserDir != "" {
		paths = append(paths, filepath.Join(o.UserDir, FileName))
	}
	return paths
}

func readDocument(ctx context.Context, path string, keys []Key) (document, error) {
	data, err := textfile.ReadFile(ctx, path, maxFile)
	if err == nil && !utf8.Valid(data) {
		err = errors.New("it is not UTF-8 text")
	}
	if err != nil {
		return document{}, fmt.Errorf("read the configuration file %s: %w", path, textfile.Reason(err))
	}
	return parseDocument(path, data, keys)
}

// chooseProfile finds the profile in use; without one its layer is empty.
func chooseProfile(o Options, doc document) (string, layer, error) {
	name, by := o.Profile, "--profile"
	if name == "" {
		name, _ = o.LookupEnv(envProfile)
		by = envProfile
	}
	if name == "" {
		return "", nil, nil
	}
	if doc.path == "" {
		return "", nil, fmt.Errorf("there is no configuration file to take the profile %q (%s) from; looked for %s",
			name, by, strings.Join(candidates(o), " and "))
	}
	if l, found := doc.profiles[name]; found {
		return name, l, nil
	}
	return "", nil, fmt.Errorf("%s has no profile %q (%s)%s", doc.path, name, by, suggestProfile(name, doc.profileNames()))
}

func suggestProfile(name string, known []string) string {
	if len(known) == 0 {
		return "; it has none"
	}
	return cmp.Or(apizee.DidYouMean(name, known), "; it has "+strings.Join(known, ", "))
}

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
		if !strings.HasPrefix(f.name, yamlfile.OwnPrefix) {
			r.field(f, "", scope{into: doc.base})
		}
	}
	return doc, errors.Join(r.problems...)
}

// parseYAML gives the root of the only YAML document in the file, nil when the
// file has nothing in it. Errors do not show the lines around the mistake: there may
// be secrets in them.
func parseYAML(path string, data []byte) (*yaml.Node, error) {
	roots, err := yamlfile.Documents(data)
	if err == nil && len(roots) == 1 {
		err = yamlfile.Inline(roots[0])
	}
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
