// Package library finds templates and scenarios by name, in layers of directories: the
// project's, the user's, and the built-in ones.
//
// It reads files without interpreting them. The directories are passed in.
package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// Library is the files of one kind. Of files with the same name, the one in the first
// layer is used.
type Library struct {
	Kind   string   // for messages: "template"
	Exts   []string // extensions of the files, the usual one first: ".json"
	Max    int64    // size of a file, in bytes
	Layers []Layer
}

// Layer is one directory of files.
type Layer struct {
	Name string // the path of the directory, or a name for messages
	FS   fs.FS  // rooted at the directory, which need not exist
	// Named means that the user has named the directory, so that to miss it is a mistake.
	Named bool
}

// File is a file of a library.
type File struct {
	Name   string // without the extension
	Source string // the layer's name
	Path   string // begins with the name of the layer, for messages
	Text   []byte
}

// NotFoundError means that no layer has a file with that name.
type NotFoundError struct {
	Kind    string
	Name    string
	Nearest string // "" when none is close
	Absence string // of Library
}

func (e *NotFoundError) Error() string {
	text := fmt.Sprintf("unknown %s %q", e.Kind, e.Name)
	if e.Absence != "" {
		text += "; " + e.Absence
	}
	return text + apizee.Suggest(e.Nearest)
}

// IsPath reports whether name is the path of a file rather than a name for Find.
func (l Library) IsPath(name string) bool {
	return strings.ContainsAny(name, `/\`) || slices.Contains(l.Exts, strings.ToLower(filepath.Ext(name)))
}

// Find reads the file with a name. The error is a *NotFoundError if there is none.
func (l Library) Find(ctx context.Context, name string) (File, error) {
	if name != "" && !l.IsPath(name) {
		for _, layer := range l.Layers {
			for _, ext := range l.Exts {
				f, err := l.read(ctx, layer, name, ext)
				if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
					return f, err
				}
			}
		}
	}
	known, err := l.Names()
	if err != nil {
		return File{}, err
	}
	return File{}, &NotFoundError{Kind: l.Kind, Name: name, Nearest: apizee.Nearest(name, known), Absence: l.Absence()}
}

// Absence says that a directory which the user has named does not exist; else it is "".
func (l Library) Absence() string {
	for _, layer := range l.Layers {
		if !layer.Named {
			continue
		}
		if _, err := fs.Stat(layer.FS, "."); errors.Is(err, fs.ErrNotExist) {
			return "the directory " + layer.Name + " does not exist"
		}
	}
	return ""
}

// Open reads the file at a path.
func (l Library) Open(ctx context.Context, path string) (File, error) {
	text, err := textfile.ReadFile(ctx, path, l.Max)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", path, textfile.Reason(err))
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return File{Name: name, Source: filepath.Dir(path), Path: path, Text: text}, nil
}

// List returns all files of the library, sorted by name. A file that cannot be read has
// no text.
func (l Library) List(ctx context.Context) ([]File, error) {
	names, err := l.Names()
	if err != nil {
		return nil, err
	}
	files := make([]File, len(names))
	for i, name := range names {
		if files[i], err = l.Find(ctx, name); ctx.Err() != nil {
			return nil, err
		}
	}
	return files, nil
}

// Names returns the names of all files, sorted.
func (l Library) Names() ([]string, error) {
	var names []string
	for _, layer := range l.Layers {
		entries, err := fs.ReadDir(layer.FS, ".")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("list the %ss in %s: %w", l.Kind, layer.Name, err)
		}
		for _, e := range entries {
			ext := filepath.Ext(e.Name())
			isFile := e.Type()&^fs.ModeSymlink == 0 // reading a FIFO would wait
			if name := strings.TrimSuffix(e.Name(), ext); name != "" && slices.Contains(l.Exts, ext) && isFile {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (l Library) read(ctx context.Context, layer Layer, name, ext string) (File, error) {
	found := File{Name: name, Source: layer.Name, Path: filepath.Join(layer.Name, name+ext)}
	text, err := textfile.ReadFS(ctx, layer.FS, name+ext, l.Max)
	if err != nil {
		return found, fmt.Errorf("read the %s %s: %w", l.Kind, found.Path, textfile.Reason(err))
	}
	found.Text = text
	return found, nil
}
