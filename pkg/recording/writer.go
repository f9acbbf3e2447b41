package recording

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// ErrFull says that there is no room left where the recording is. What was written of
// the entry is taken back, and the next Append tries anew.
var ErrFull = errors.New("no room left for the recording")

// Options say how entries are written. The zero value masks secrets and leaves it to
// the system when they reach the disk.
type Options struct {
	// Sync makes Append return only when the entry would survive a power failure.
	// Entries appended at the same time share one fsync.
	Sync bool

	// ShowSecrets writes secrets of headers and URLs in clear.
	ShowSecrets bool

	// Secrets are headers that are secret although redact.IsSecret does not say so.
	Secrets []string

	// Reopened is told, at most a second later, that the file was moved or removed and that
	// the recording goes on in a new one of its name; nil is not told.
	Reopened func()
}

// Writer appends entries to a recording. It is safe for concurrent use, and so is
// another Writer on the same file, also in another process.
type Writer struct {
	options  Options
	path     string        // "" is never opened anew
	patience time.Duration // with another writer of the file
	buffers  sync.Pool

	mu   sync.Mutex // guards next
	next *batch     // takes the lines that come while another batch is being written

	writing sync.Mutex // guards what follows, writing and fsync
	file    file
	end     int64  // where the last batch of this writer ended; -1 before the first
	spare   []byte // the text of an earlier batch, to use its room again
	renewed bool   // and Options.Reopened was not told

	closed chan struct{}
}

// batch is the lines that go into the file with one write, and one fsync.
type batch struct {
	text []byte
	done bool
	err  error
}

// ErrNotRecording says that a file holds something else, which is left alone.
var ErrNotRecording = errors.New("the file exists and is no recording")

// Create opens the recording at path for appending, and makes it, readable for the user
// alone, when it is missing. The folder must exist. errors.Is with ErrNotRecording tells a
// file of another kind by its first line.
func Create(path string, options Options) (*Writer, error) {
	f, err := openFile(path, options.Sync)
	if errors.Is(err, ErrNotRecording) {
		return nil, ErrNotRecording
	}
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	w := newWriter(f, options)
	w.path = path
	go w.watch()
	return w, nil
}

func newWriter(f file, options Options) *Writer {
	w := &Writer{options: options, patience: lockPatience, file: f, next: new(batch), end: -1, closed: make(chan struct{})}
	w.buffers.New = func() any { return new([]byte) }
	return w
}

// Close ends the recording, once. Nothing is held back that it could flush.
func (w *Writer) Close() error {
	close(w.closed)
	defer w.tell()
	w.writing.Lock()
	defer w.writing.Unlock()
	return w.file.Close()
}

// Append writes one entry. When it returns nil the entry is in the file, whatever
// happens to this process; with Options.Sync it is on disk. Any error means that this
// is not so; an entry that could not be written whole is taken back. errors.Is with
// ErrFull tells a full disk.
func (w *Writer) Append(e Entry) error {
	buffer := w.buffers.Get().(*[]byte)
	defer w.release(buffer)
	if !w.options.ShowSecrets {
		e.Path = redact.URL(e.Path)
	}
	text, err := appendLine((*buffer)[:0], e, w.mask)
	*buffer = text
	if err != nil {
		return err
	}
	return w.write(text)
}

// keptBuffer is how large a buffer may be to be used again.
const keptBuffer = 64 << 10

// release keeps a buffer for the next entry, unless it grew out of proportion.
func (w *Writer) release(buffer *[]byte) {
	if cap(*buffer) <= keptBuffer {
		w.buffers.Put(buffer)
	}
}

// mask is the value of a header as it is written.
func (w *Writer) mask(name, value string) string {
	if w.options.ShowSecrets {
		return value
	}
	return redact.Header(name, value, w.options.Secrets...)
}

// write puts a line at the end of the file. While one batch is written, the lines that come
// meanwhile wait for the lock; the first of them to get it writes them all.
func (w *Writer) write(line []byte) error {
	w.mu.Lock()
	b := w.next
	b.text = append(b.text, line...)
	w.mu.Unlock()

	// Let those who have a line too put it into the batch.
	runtime.Gosched()

	w.writing.Lock()
	defer w.writing.Unlock()
	if !b.done {
		w.writeBatch(b)
	}
	return b.err
}

func (w *Writer) writeBatch(b *batch) {
	w.mu.Lock()
	w.next = &batch{text: w.spare[:0]}
	w.mu.Unlock()

	b.done = true
	if err := w.writeText(b.text); err != nil {
		b.err = fmt.Errorf("write recording: %w", full(err))
	}
	w.spare, b.text = b.text, nil
	if cap(w.spare) > keptBuffer {
		w.spare = nil
	}
}

func (w *Writer) writeText(text []byte) error {
	end, err := w.hold()
	if err != nil {
		return err
	}
	defer func() { _ = unlock(w.file.Fd()) }()
	torn, err := w.isTorn(end)
	if err != nil {
		return err
	}
	if torn {
		text = append([]byte{'\n'}, text...)
	}
	n, err := w.file.Write(text)
	if err == nil && w.options.Sync {
		err = w.file.Sync()
	}
	if err == nil {
		w.end = end + int64(n)
		return nil
	}
	// Where this fails too, the next line starts by repairing what was left.
	if kept := w.file.Truncate(end); kept != nil {
		return fmt.Errorf("%w, and what was written of it stays: %w", err, kept)
	}
	return err
}

// isTorn says whether the file ends in a line that somebody did not finish. Looking is
// spared when the file still ends where this writer left it.
func (w *Writer) isTorn(end int64) (bool, error) {
	if end == 0 || end == w.end {
		return false, nil
	}
	var last [1]byte
	_, err := w.file.ReadAt(last[:], end-1)
	return last[0] != '\n', err
}
