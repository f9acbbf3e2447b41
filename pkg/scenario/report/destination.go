package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Format is the form in which a report is written.
type Format string

const (
	JUnit Format = "junit"
	TAP   Format = "tap"
	JSON  Format = "json"
)

// Formats are the names of all formats.
func Formats() []string { return []string{string(JUnit), string(TAP), string(JSON)} }

// Write writes a report in this format.
func (f Format) Write(w io.Writer, r Report) error {
	switch f {
	case JUnit:
		return junit(w, r)
	case TAP:
		return tap(w, r)
	case JSON:
		return writeJSON(w, r)
	}
	return fmt.Errorf("there is no report format %q", string(f))
}

// Destination is a file that a report goes to.
type Destination struct {
	Format Format
	Path   string
}

// ParseDestination reads FORMAT=FILE, such as junit=report.xml.
func ParseDestination(arg string) (Destination, error) {
	name, path, found := strings.Cut(arg, "=")
	if !found || path == "" {
		return Destination{}, fmt.Errorf("%q names no file; write it as junit=report.xml", arg)
	}
	for _, known := range Formats() {
		if known == name {
			return Destination{Format(name), path}, nil
		}
	}
	if near := apizee.Nearest(name, Formats()); near != "" {
		return Destination{}, fmt.Errorf("there is no report format %q; did you mean %q?", name, near)
	}
	return Destination{}, fmt.Errorf("there is no report format %q; known: %s", name, strings.Join(Formats(), ", "))
}

// Check says before a run what would keep a report from being written after it:
// a folder that is not there, or two reports to one file.
func Check(destinations []Destination) error {
	var paths []string
	for _, d := range destinations {
		paths = append(paths, d.Path)
	}
	return CheckFiles(paths)
}

// CheckFiles is Check for the files alone.
func CheckFiles(paths []string) error {
	seen := map[string]bool{}
	for _, name := range paths {
		path, err := filepath.Abs(name)
		if err != nil {
			return fmt.Errorf("report %s: %w", name, err)
		}
		if seen[path] {
			return fmt.Errorf("two reports go to %s; give each its own file", name)
		}
		seen[path] = true
		if err := checkFolder(path); err != nil {
			return fmt.Errorf("report %s: %w", name, err)
		}
	}
	return nil
}

func checkFolder(path string) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s; create it first", folder)
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder", folder)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("it is a folder; name a file in it")
	}
	return nil
}

// Write writes the report to the file: as a whole, or not at all.
func (d Destination) Write(r Report) error {
	return WriteFile(d.Path, func(w io.Writer) error { return d.Format.Write(w, r) })
}

// WriteFile writes a report to a file: as a whole, or not at all.
func WriteFile(path string, write func(io.Writer) error) error {
	if err := writeFile(path, write); err != nil {
		return fmt.Errorf("write the report %s: %w", path, err)
	}
	return nil
}

func writeFile(path string, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return writeInto(path, write) // a pipe or a device cannot be replaced
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	if err := errors.Join(write(file), file.Chmod(0o644), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

func writeInto(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}
