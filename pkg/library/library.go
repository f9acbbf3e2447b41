// Package library finds templates and scenarios by their names, in folders that are laid
// over each other: a project's own, the user's, and those that come with the program.
//
// It reads files and does not know what is in them. The folders are handed in.
package library

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Library is the files of one kind. Of the same name, that of the first layer counts.
type Library struct {
	Kind   string   // for messages: "template"
	Exts   []string // of the files, the usual one first: ".json"
	Max    int64    // bytes of a file; of a larger one, one byte more is read
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
func (l Library) Find(name string) (File, error) {
	if name != "" && !l.IsPath(name) {
		for _, layer := range l.Layers {
			for _, ext := range l.Exts {
				f, err := l.read(layer, name, ext)
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

// Open reads the file of a path. The error is an *fs.PathError.
func (l Library) Open(path string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	text, err := io.ReadAll(io.LimitReader(f, l.Max+1))
	return File{Name: name, Source: filepath.Dir(path), Path: path, Text: text}, err
}

// List is all files that Find can find, sorted by name.
func (l Library) List() ([]File, error) {
	names, err := l.Names()
	if err != nil {
		return nil, err
	}
	files := make([]File, len(names))
	for i, name := range names {
		if files[i], err = l.Find(name); err != nil {
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

func (l Library) read(layer Layer, name, ext string) (File, error) {
	found := File{Name: name, Source: layer.Name, Path: filepath.Join(layer.Name, name+ext)}
	f, err := layer.FS.Open(name + ext)
	if err != nil {
		return File{}, fmt.Errorf("read the %s %s: %w", l.Kind, found.Path, err)
	}
	defer f.Close()
	if found.Text, err = io.ReadAll(io.LimitReader(f, l.Max+1)); err != nil {
		return File{}, fmt.Errorf("read the %s %s: %w", l.Kind, found.Path, err)
	}
	return found, nil
}
