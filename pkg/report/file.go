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

// PrepareFiles creates the directories of reports and returns an error, before a run, if the
// reports could not be written after it. No report may overwrite another one, or one of the
// inputs, the files that the run reads.
func PrepareFiles(paths, inputs []string) error {
	seen := map[string]bool{}
	for _, name := range paths {
		path, err := filepath.Abs(name)
		if err != nil {
			return fmt.Errorf("report %s: %w", name, err)
		}
		path = resolve(path)
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
		return nil // it does not exist yet, or writing it will fail with the reason
	case info.IsDir():
		return errors.New("it is a directory; choose a file in it")
	case info.Mode().IsRegular() && isOneOf(info, inputs):
		return errors.New("the command reads this file and would overwrite it; choose another one")
	}
	return nil
}

// isOneOf reports whether a file is at one of the paths.
func isOneOf(file fs.FileInfo, paths []string) bool {
	return slices.ContainsFunc(paths, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && os.SameFile(file, info)
	})
}

// resolve returns a path with links resolved, even if the file does not exist yet.
func resolve(path string) string {
	for range 40 { // links; operating systems have a similar limit against cycles
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real
		}
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return path
		}
		path = filepath.Join(dir, filepath.Base(path))
		target, err := os.Readlink(path)
		switch {
		case err != nil:
			return path
		case filepath.IsAbs(target):
			path = target
		default:
			path = filepath.Join(dir, target)
		}
	}
	return path
}

// WriteFile writes a report to a file atomically. A pipe, a device and the target of a link are
// written in place.
func WriteFile(path string, write func(io.Writer) error) error {
	if err := writeFile(path, write); err != nil {
		return fmt.Errorf("write the report %s: %w", path, withoutPath(err))
	}
	return nil
}

// withoutPath removes the path from an error, which would be that of a temporary file.
func withoutPath(err error) error {
	var named *fs.PathError
	if errors.As(err, &named) {
		return named.Err
	}
	return err
}

func writeFile(path string, write func(io.Writer) error) (err error) {
	existing, err := os.Lstat(path)
	if err == nil && !existing.Mode().IsRegular() {
		return writeInPlace(path, write)
	}
	name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s-%x", filepath.Base(path), rand.Uint64()))
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(name)
		}
	}()
	if existing != nil {
		err = file.Chmod(existing.Mode().Perm())
	}
	if err = errors.Join(err, write(file), file.Close()); err != nil {
		return err
	}
	return os.Rename(name, path)
}

func writeInPlace(path string, write func(io.Writer) error) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		flags |= syscall.O_NONBLOCK // else opening it waits for a reader
	}
	file, err := os.OpenFile(path, flags, 0o666)
	if errors.Is(err, syscall.ENXIO) {
		return errors.New("the pipe has no reader")
	}
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}
