package recording

import (
	"errors"
	"fmt"
)

// Place is where an entry is in a recording, so that a program that shows it need not keep it in memory.
// The zero value is nowhere.
type Place struct {
	Offset, Length int64 // of the line with its newline, in bytes
	File           int   // number of the file that had the name of the recording
}

// errGone reports that an entry is no longer in the recording: it was moved, removed or changed.
var errGone = errors.New("the recording was moved, removed or changed")

// ReadLine returns the line of an entry that this Writer has appended, with its newline. It may be called
// until Close.
func (w *Writer) ReadLine(p Place) ([]byte, error) {
	w.writing.Lock()
	f, files := w.file, w.files
	w.writing.Unlock()
	if p.Length == 0 || p.File != files {
		return nil, errGone
	}
	line := make([]byte, p.Length)
	if _, err := f.ReadAt(line, p.Offset); err != nil {
		return nil, fmt.Errorf("%w: %w", errGone, err)
	}
	if line[0] != '{' || line[len(line)-1] != '\n' {
		return nil, errGone
	}
	return line, nil
}
