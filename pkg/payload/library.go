package payload

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

const templateExt = ".json"

// Layer is one folder of templates: the files with the extension .json in it.
type Layer struct {
	Name string // "built-in"
	FS   fs.FS  // its root is the folder, which need not exist
	Dir  string // the folder's path, for messages
}

// Info is what a listing shows of a template.
type Info struct {
	Name        string `json:"name"`
	Group       string `json:"group"`       // the object that the name begins with, or ""
	Description string `json:"description"` // the comment that the template begins with
	Source      string `json:"source"`      // the layer's name
}

// Library finds templates by their names. Of the same name, that of the first layer
// counts.
type Library struct {
	Layers  []Layer
	Sources Sources
	Catalog *apizee.Catalog // the objects that templates are grouped by
}

// NotFoundError says that no layer has a template of that name.
type NotFoundError struct {
	Name    string
	Nearest string // "" when none is close
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("there is no template %q%s", e.Name, apizee.Suggest(e.Nearest))
}

// IsPath tells the path of a template's file from a name that Find knows.
func IsPath(name string) bool {
	return strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, templateExt)
}

// List is what there is, sorted by name. A template that cannot be parsed is in it, too.
func (l Library) List() ([]Info, error) {
	var infos []Info
	seen := map[string]bool{}
	for _, layer := range l.Layers {
		names, err := layer.names()
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			text, err := layer.read(name)
			if err != nil {
				return nil, err
			}
			infos = append(infos, l.info(layer, name, text))
		}
	}
	slices.SortFunc(infos, func(a, b Info) int { return strings.Compare(a.Name, b.Name) })
	return infos, nil
}

// Find parses the template of a name. The error is a *NotFoundError when there is
// none, and a *TemplateError when it is wrong.
func (l Library) Find(name string) (Template, error) {
	for _, layer := range l.Layers {
		if IsPath(name) {
			break
		}
		text, err := layer.read(name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
			continue
		}
		if err != nil {
			return Template{}, err
		}
		t, err := Parse(layer.path(name), text)
		t.Info = l.info(layer, name, text)
		return t, err
	}
	return Template{}, l.notFound(name)
}

// Render makes the event of a template from the library's sources.
func (l Library) Render(t Template, vars Vars) ([]byte, error) {
	return t.Render(vars, l.Sources)
}

func (l Library) notFound(name string) error {
	var known []string
	for _, layer := range l.Layers {
		names, err := layer.names()
		if err != nil {
			return err
		}
		known = append(known, names...)
	}
	return &NotFoundError{Name: name, Nearest: apizee.Nearest(name, known)}
}

func (l Layer) path(name string) string { return path.Join(l.Dir, name+templateExt) }

func (l Library) info(layer Layer, name, text string) Info {
	return Info{Name: name, Group: l.group(name), Description: describe(text), Source: layer.Name}
}

func (l Library) group(name string) string {
	first, _, _ := strings.Cut(name, "-")
	if _, ok := l.Catalog.LookupObject(first); ok {
		return first
	}
	return ""
}

// names are the templates of the layer; a folder that does not exist has none.
func (l Layer) names() ([]string, error) {
	entries, err := fs.ReadDir(l.FS, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the templates in %s: %w", l.Dir, err)
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), templateExt); ok && name != "" && !e.IsDir() {
			names = append(names, name)
		}
	}
	return names, nil
}

func (l Layer) read(name string) (string, error) {
	f, err := l.FS.Open(name + templateExt)
	if err != nil {
		return "", fmt.Errorf("read the template %s: %w", l.path(name), err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxTemplate+1))
	if err != nil {
		return "", fmt.Errorf("read the template %s: %w", l.path(name), err)
	}
	return string(text), nil
}
