//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package recording

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks the file, unless another writer, of this process or another, has locked it.
func tryLock(fd uintptr) (locked bool, _ error) {
	err := flock(fd, syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

func unlock(fd uintptr) error { return flock(fd, syscall.LOCK_UN) }

func flock(fd uintptr, how int) error {
	for {
		if err := syscall.Flock(int(fd), how); err != syscall.EINTR {
			return err
		}
	}
}

// syncDirectory makes the name of a new file durable.
func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}
