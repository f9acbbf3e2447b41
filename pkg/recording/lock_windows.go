package recording

import (
	"errors"

	"golang.org/x/sys/windows"
)

// region is the byte that stands for the lock. It is far behind any recording, because
// a lock on Windows keeps others from reading what it covers.
func region() *windows.Overlapped { return &windows.Overlapped{OffsetHigh: 1 << 30} }

// tryLock takes the file, unless another writer, of this process or another, has it.
func tryLock(fd uintptr) (taken bool, _ error) {
	const how = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(fd), how, 0, 1, 0, region())
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}

func unlock(fd uintptr) error {
	return windows.UnlockFileEx(windows.Handle(fd), 0, 1, 0, region())
}

func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

// syncFolder has nothing to do: NTFS keeps the name with the file.
func syncFolder(string) error { return nil }
