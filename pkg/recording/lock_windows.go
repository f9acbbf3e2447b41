package recording

import (
	"errors"

	"golang.org/x/sys/windows"
)

// region is the byte that is locked. It is far behind the end of any recording, because a lock on
// Windows keeps others from reading what it covers.
func region() *windows.Overlapped { return &windows.Overlapped{OffsetHigh: 1 << 30} }

// tryLock locks the file, unless another writer, of this process or another, has locked it.
func tryLock(fd uintptr) (locked bool, _ error) {
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

// syncDirectory has nothing to do: NTFS keeps the name with the file.
func syncDirectory(string) error { return nil }
