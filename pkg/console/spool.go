package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Spool writes texts in the background, so that printing does not wait for a slow
// terminal. Its memory is bounded: when the terminal falls too far behind, texts are
// omitted, and their number is written in their place. It is safe for concurrent use.
type Spool struct {
	w       io.Writer
	limit   int
	omitted func(n int) []byte

	mu      sync.Mutex // guards what follows
	filled  *sync.Cond
	texts   []byte
	missing int
	closed  bool
	err     error // the first of the writer

	pieces atomic.Int64 // how many were written
	done   chan struct{}
}

// ErrStuck means that the output is not being read.
var ErrStuck = errors.New("the output is not being read")

// NewSpool starts a spool that holds up to limit bytes, or one longer text. The text of
// omitted is written in place of n texts that were omitted.
func NewSpool(w io.Writer, limit int, omitted func(n int) []byte) *Spool {
	s := &Spool{w: w, limit: limit, omitted: omitted, done: make(chan struct{})}
	s.filled = sync.NewCond(&s.mu)
	go s.run()
	return s
}

// Print adds a text, whole or not at all. It does not retain text.
func (s *Spool) Print(text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	isEmpty := len(s.texts) == 0
	if s.missing > 0 || !isEmpty && len(s.texts)+len(text) > s.limit {
		s.missing++
		return
	}
	if isEmpty {
		s.filled.Signal()
	}
	s.texts = append(s.texts, text...)
}

// Close waits until everything is written, and returns the first error of the writer.
// If after the end of ctx nothing is written within timeout, it returns ErrStuck, and the
// writer must not be used any more. Print must not be called afterwards.
func (s *Spool) Close(ctx context.Context, timeout time.Duration) error {
	s.mu.Lock()
	s.closed = true
	s.filled.Signal()
	s.mu.Unlock()
	select {
	case <-s.done:
		return s.err
	case <-ctx.Done():
	}
	tick := time.NewTicker(timeout)
	defer tick.Stop()
	for before := s.pieces.Load(); ; {
		select {
		case <-s.done:
			return s.err
		case <-tick.C:
		}
		now := s.pieces.Load()
		if now == before {
			return ErrStuck
		}
		before = now
	}
}

func (s *Spool) run() {
	defer close(s.done)
	var spare []byte
	for {
		texts, missing, more := s.take(spare)
		if missing > 0 {
			texts = append(texts, s.omitted(missing)...)
		}
		if len(texts) > 0 {
			s.write(texts)
		}
		if !more {
			return
		}
		if spare = texts[:0]; cap(spare) > s.limit {
			spare = nil
		}
	}
}

// take waits for texts, and leaves spare in their place. Omitted texts come after
// the others.
func (s *Spool) take(spare []byte) (texts []byte, missing int, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.texts) == 0 && s.missing == 0 && !s.closed {
		s.filled.Wait()
		// Let other goroutines print first, so that one write has many texts.
		s.mu.Unlock()
		runtime.Gosched()
		s.mu.Lock()
	}
	texts, missing = s.texts, s.missing
	s.texts, s.missing = spare, 0
	return texts, missing, !s.closed
}

// piece is the size of one write, which must finish within the timeout of Close. A pipe
// writes up to this size whole or not at all (PIPE_BUF on Linux), so shorter lines are
// never truncated.
const piece = 4 << 10

// write continues after an error, so that printing is never blocked.
func (s *Spool) write(texts []byte) {
	for len(texts) > 0 {
		n := cut(texts)
		if _, err := s.w.Write(texts[:n]); err != nil && s.err == nil {
			s.err = err
		}
		s.pieces.Add(1)
		texts = texts[n:]
	}
}

// cut is the end of the first piece of texts: after a newline, if there is one.
func cut(texts []byte) int {
	if len(texts) <= piece {
		return len(texts)
	}
	if end := bytes.LastIndexByte(texts[:piece], '\n'); end >= 0 {
		return end + 1
	}
	return piece
}
