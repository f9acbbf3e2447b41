package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// PrepareFiles makes the directories of reports, and says before a run what would keep them
// from being written after it, such as two reports to one file. None may be one of the inputs,
// the files that the run reads.
func PrepareFiles(paths, inputs []string) error {
	seen := map[string]bool{}
	for _, name := range paths {
		path, err := filepath.Abs(name)
		if err != nil {
			return fmt.Errorf("report %s: %w", name, err)
		}
		path = leadsTo(path)
		if seen[path] {
			return fmt.Errorf("two reports go to %s; give each its own file", name)
		}
		seen[path] = true
		if err := prepareFile(path, inputs); err != nil {
			return fmt.Errorf("report %s: %w", name, err)
		}
	}
	return nil
}

func prepareFile(path string, inputs []string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	switch info, err := os.Stat(path); {
	case err != nil:
		return nil // it is not there yet, or writing it will say why not
	case info.IsDir():
		return errors.New("it is a directory; name a file in it")
	case info.Mode().IsRegular() && isOneOf(info, inputs):
		return errors.New("the command reads this file and would overwrite it; name another one")
	}
	return nil
}

// isOneOf reports whether a file is one of those that the paths lead to.
func isOneOf(file fs.FileInfo, paths []string) bool {
	return slices.ContainsFunc(paths, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && os.SameFile(file, info)
	})
}

// leadsTo is the file that a path leads to over links, also when it is not there yet.
func leadsTo(path string) string {
	for range 40 { // links, of which more are taken for a circle by systems too
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real
		}
		folder, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return path
		}
		path = filepath.Join(folder, filepath.Base(path))
		target, err := os.Readlink(path)
		switch {
		case err != nil:
			return path
		case filepath.IsAbs(target):
			path = target
		default:
			path = filepath.Join(folder, target)
		}
	}
	return path
}

// WriteFile writes a report to a file: as a whole, or not at all. A pipe, a device and
// what a link leads to are written into.
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
	before, err := os.Lstat(path)
	if err == nil && !before.Mode().IsRegular() {
		return writeInto(path, write)
	}
	file, err := beside(path, before)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	if err := errors.Join(write(file), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// beside makes a file that can take the place of path, as readable as the one before it.
func beside(path string, before fs.FileInfo) (*os.File, error) {
	name := fmt.Sprintf(".%s-%x", filepath.Base(path), rand.Uint64())
	file, err := os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil || before == nil {
		return file, err
	}
	return file, file.Chmod(before.Mode().Perm())
}

func writeInto(path string, write func(io.Writer) error) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		flags |= syscall.O_NONBLOCK // else opening it waits for somebody to read it
	}
	file, err := os.OpenFile(path, flags, 0o666)
	if errors.Is(err, syscall.ENXIO) {
		return errors.New("nobody reads the pipe")
	}
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}
