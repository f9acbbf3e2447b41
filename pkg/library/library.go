// Package library finds templates and scenarios by their names, in folders that are laid
// over each other: a project's own, the user's, and those that come with the program.
//
// It reads files and does not know what is in them. The folders are handed in.
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

// Library is the files of one kind. Of the same name, that of the first layer counts.
type Library struct {
	Kind   string   // for messages: "template"
	Exts   []string // of the files, the usual one first: ".json"
	Max    int64    // bytes of a file
	Layers []Layer
}

// Layer is one folder of files.
type Layer struct {
	Name string // the folder's path, or another name for messages
	FS   fs.FS  // its root is the folder, which need not exist
}

// File is a file that was found.
type File struct {
	Name   string // the file's, without its extension
	Source string // the layer's name
	Path   string // below the layer's name, for messages
	Text   []byte
}

// NotFoundError says that no layer has a file of that name.
type NotFoundError struct {
	Kind    string
	Name    string
	Nearest string // "" when none is close
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("there is no %s %q%s", e.Kind, e.Name, apizee.Suggest(e.Nearest))
}

// IsPath tells the path of a file from a name that Find knows.
func (l Library) IsPath(name string) bool {
	return strings.ContainsAny(name, `/\`) || slices.Contains(l.Exts, filepath.Ext(name))
}

// Find reads the file of a name. The error is a *NotFoundError when there is none.
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
	return File{}, &NotFoundError{Kind: l.Kind, Name: name, Nearest: apizee.Nearest(name, known)}
}

// Open reads the file of a path.
func (l Library) Open(ctx context.Context, path string) (File, error) {
	text, err := textfile.ReadFile(ctx, path, l.Max)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", path, textfile.Reason(err))
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return File{Name: name, Source: filepath.Dir(path), Path: path, Text: text}, nil
}

// List is all files that Find can find, sorted by name. One that cannot be read has no text.
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

// Names are those that Find can find, sorted.
func (l Library) Names() ([]string, error) {
	var names []string
	for _, layer := range l.Layers {
		entries, err := fs.ReadDir(layer.FS, ".")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("list the %ss in %s: %w", l.Kind, layer.Name, err)
		}
		for _, e := range entries {
			ext := filepath.Ext(e.Name())
			if name := strings.TrimSuffix(e.Name(), ext); name != "" && slices.Contains(l.Exts, ext) && !e.IsDir() {
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
