package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// CheckFiles says before a run what would keep reports from being written after
// it: a folder that is not there, or two reports to one file.
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

// WriteFile writes a report to a file: as a whole, or not at all.
func WriteFile(path string, write func(io.Writer) error) error {
	if err := writeFile(path, write); err != nil {
		return fmt.Errorf("write the report %s: %w", path, plain(err))
	}
	return nil
}

// plain leaves out the name of the file, which would be that of a temporary one.
func plain(err error) error {
	var named *fs.PathError
	if errors.As(err, &named) {
		return named.Err
	}
	return err
}

func writeFile(path string, write func(io.Writer) error) (err error) {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return writeInto(path, write) // a pipe, a device or a link is not to be replaced
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
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}
