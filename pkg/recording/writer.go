package recording

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// Options configure a Writer. The zero value masks secrets and leaves it to the system when entries
// reach the disk.
type Options struct {
	// Sync makes Append return only when the entry would survive a power failure. Concurrent entries
	// share one fsync.
	Sync bool

	// ShowSecrets writes secrets of headers and URLs unmasked.
	ShowSecrets bool

	// SecretHeaders are the names of headers that are masked besides those of redact.IsSecret.
	SecretHeaders []string

	// Reopened is called, within a second, when the file was moved or removed and the recording
	// continues in a new file of that name; it may be nil.
	Reopened func()
}

// Writer appends entries to a recording. It is safe for concurrent use, and so is
// another Writer on the same file, also in another process.
type Writer struct {
	options     Options
	path        string        // "" is never reopened
	lockTimeout time.Duration // for another writer of the file
	buffers     sync.Pool

	mu   sync.Mutex // guards next
	next *batch     // collects the lines that are appended while another batch is written

	writing  sync.Mutex // guards the fields below, write and fsync
	file     file
	files    int    // that were opened before it
	end      int64  // where the last batch of this writer ended; -1 before the first
	spare    []byte // the buffer of an earlier batch, for reuse
	reopened bool   // and Options.Reopened was not called yet

	closed chan struct{}
}

// batch is the lines that are written with one write and one fsync.
type batch struct {
	text  []byte
	start int64 // of text in the file
	files int
	done  bool
	err   error
}

// ErrNotRecording reports a file with other content, which is not changed.
var ErrNotRecording = errors.New("the file exists and is not a recording")

// Create opens the recording at path for appending. It creates a missing file, readable for the user
// alone, in an existing directory. The error is ErrNotRecording when the first line is not an entry.
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
	w := &Writer{options: options, lockTimeout: lockTimeout, file: f, next: new(batch), end: -1, closed: make(chan struct{})}
	w.buffers.New = func() any { return new([]byte) }
	return w
}

// Close closes the file, once. There is nothing to flush.
func (w *Writer) Close() error {
	close(w.closed)
	defer w.reportReopened()
	w.writing.Lock()
	defer w.writing.Unlock()
	return w.file.Close()
}

// Append writes one entry. When it returns nil the entry is in the file, whatever happens to this
// process; with Options.Sync it is on disk. After an error, such as of a full disk, it is not: a partly
// written entry is removed, and the next Append tries again.
func (w *Writer) Append(e Entry) (Place, error) {
	buffer := w.buffers.Get().(*[]byte)
	defer w.release(buffer)
	if !w.options.ShowSecrets {
		e = e.Masked(w.options.SecretHeaders...)
	}
	text, err := e.AppendLine((*buffer)[:0])
	*buffer = text
	if err != nil {
		return Place{}, err
	}
	return w.write(text)
}

// maxKept is the largest buffer that is kept for reuse.
const maxKept = 64 << 10

// release keeps a buffer for the next entry, unless it is too large.
func (w *Writer) release(buffer *[]byte) {
	if cap(*buffer) <= maxKept {
		w.buffers.Put(buffer)
	}
}

// write appends a line. While one batch is written, further lines wait for the lock; the first to get
// it writes them all.
func (w *Writer) write(line []byte) (Place, error) {
	w.mu.Lock()
	b := w.next
	offset := int64(len(b.text))
	b.text = append(b.text, line...)
	w.mu.Unlock()

	// Let other goroutines add their lines to the batch.
	runtime.Gosched()

	w.writing.Lock()
	defer w.writing.Unlock()
	if !b.done {
		w.writeBatch(b)
	}
	if b.err != nil {
		return Place{}, b.err
	}
	return Place{Offset: b.start + offset, Length: int64(len(line)), File: b.files}, nil
}

func (w *Writer) writeBatch(b *batch) {
	w.mu.Lock()
	w.next = &batch{text: w.spare[:0]}
	w.mu.Unlock()

	b.done = true
	if err := w.writeText(b); err != nil {
		b.err = fmt.Errorf("write recording: %w", err)
	}
	w.spare, b.text = b.text, nil
	if cap(w.spare) > maxKept {
		w.spare = nil
	}
}

func (w *Writer) writeText(b *batch) error {
	end, err := w.lock()
	if err != nil {
		return err
	}
	defer func() { _ = unlock(w.file.Fd()) }()
	truncated, err := w.isTruncated(end)
	if err != nil {
		return err
	}
	text := b.text
	b.start, b.files = end, w.files
	if truncated {
		text = append([]byte{'\n'}, text...)
		b.start++
	}
	n, err := w.file.Write(text)
	if err == nil && w.options.Sync {
		err = w.file.Sync()
	}
	if err == nil {
		w.end = end + int64(n)
		return nil
	}
	// When this fails too, the next batch starts with a newline.
	if kept := w.file.Truncate(end); kept != nil {
		return fmt.Errorf("%w, and the part that was written could not be removed: %w", err, kept)
	}
	return err
}

// isTruncated reports whether the file ends with a truncated line. The check is skipped when the file
// still ends where this writer left it.
func (w *Writer) isTruncated(end int64) (bool, error) {
	if end == 0 || end == w.end {
		return false, nil
	}
	var last [1]byte
	_, err := w.file.ReadAt(last[:], end-1)
	return last[0] != '\n', err
}
