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

// maxFile is the largest size of a configuration file, in bytes.
const maxFile = 64 << 10

// findDocument reads the named file, else the first that exists in the directories. If
// there is none, the document is empty.
func findDocument(ctx context.Context, o Options, keys []Key) (document, error) {
	if named, by := o.named(); named != "" {
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

// named returns the file that the user has named, if any, and by what.
func (o Options) named() (path, by string) {
	if o.File != "" {
		return o.File, "--config"
	}
	path, _ = o.LookupEnv(envConfig)
	return path, envConfig
}

// Files returns the paths of possible configuration files, in order of precedence.
func (o Options) Files() []string {
	if named, _ := o.named(); named != "" {
		return []string{named}
	}
	var all []string
	for _, path := range candidates(o) {
		all = append(all, spellings(path)...)
	}
	return all
}

// spellings returns the possible names of a configuration file.
func spellings(path string) []string {
	return []string{path, strings.TrimSuffix(path, ".yaml") + ".yml"}
}

// spelled returns the spelling that exists, or "".
func spelled(path string) (found string, err error) {
	for _, p := range spellings(path) {
		// A directory without permission counts as empty: containers often run with
		// another user's home directory, or with none.
		if _, err := os.Stat(p); err != nil {
			continue
		}
		if found != "" {
			return "", fmt.Errorf("there are both %s and %s; remove one", found, p)
		}
		found = p
	}
	return found, nil
}

func candidates(o Options) []string {
	paths := []string{FileName}
	if o.UserDir != "" {
		paths = append(paths, filepath.Join(o.UserDir, FileName))
	}
	return paths
}

func readDocument(ctx context.Context, path string, keys []Key) (document, error) {
	data, err := textfile.ReadFile(ctx, path, maxFile)
	if err == nil && !utf8.Valid(data) {
		err = errors.New("the file is not UTF-8")
	}
	if err != nil {
		return document{}, fmt.Errorf("read the configuration file %s: %w", path, textfile.Reason(err))
	}
	return parseDocument(path, data, keys)
}

// chooseProfile returns the selected profile; without one its layer is empty.
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
		return "", nil, fmt.Errorf("profile %q (%s) requires a configuration file; looked for %s",
			name, by, strings.Join(candidates(o), " and "))
	}
	if l, found := doc.profiles[name]; found {
		return name, l, nil
	}
	return "", nil, fmt.Errorf("%s: unknown profile %q (%s)%s", doc.path, name, by, suggestProfile(name, doc.profileNames()))
}

func suggestProfile(name string, known []string) string {
	if len(known) == 0 {
		return "; there are none"
	}
	return cmp.Or(apizee.DidYouMean(name, known), "; known: "+strings.Join(known, ", "))
}

// document is the settings of a configuration file: without a profile, and of each
// profile.
type document struct {
	path     string // "" if there is no file
	base     layer
	profiles map[string]layer
}

func (d document) profileNames() []string { return slices.Sorted(maps.Keys(d.profiles)) }

// parseDocument parses and checks the whole file, including profiles that are not
// selected, except for values that refer to the environment.
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

// parseYAML returns the root of the only YAML document in the file, nil if the file is
// empty. Errors do not quote the file, which may have secrets.
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
		return nil, fmt.Errorf("%s:%d: a second YAML document begins here; only one is allowed", path, roots[1].Line)
	}
	return roots[0], nil
}
