package console

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Spool writes texts in the background, so that whoever prints need not wait for a slow
// terminal. What it holds is bounded: when the terminal falls too far behind, texts are
// left out and counted, and how many is said in their place. It is safe for concurrent
// use.
type Spool struct {
	w       io.Writer
	limit   int
	leftOut func(n int) []byte

	mu      sync.Mutex // guards what follows
	filled  *sync.Cond
	texts   []byte
	missing int
	closed  bool
	err     error // the first of the writer

	pieces atomic.Int64 // how many were written
	done   chan struct{}
}

// ErrStuck says that nobody takes the output any more.
var ErrStuck = errors.New("nobody takes the output")

// NewSpool starts a spool that holds up to limit bytes, or one text that is longer than
// that. The text of leftOut stands where n texts are missing.
func NewSpool(w io.Writer, limit int, leftOut func(n int) []byte) *Spool {
	s := &Spool{w: w, limit: limit, leftOut: leftOut, done: make(chan struct{})}
	s.filled = sync.NewCond(&s.mu)
	go s.run()
	return s
}

// Print hands a text over, whole or not at all. It does not keep text.
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

// Close waits until all is written, and returns the first error of the writer. When
// nothing moves for as long as patience it gives up with ErrStuck, and the writer must
// not be used any more. Nothing may be printed afterwards.
func (s *Spool) Close(patience time.Duration) error {
	s.mu.Lock()
	s.closed = true
	s.filled.Signal()
	s.mu.Unlock()
	tick := time.NewTicker(patience)
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
			texts = append(texts, s.leftOut(missing)...)
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

// take waits for texts, and leaves spare in their place. Texts that are missing come
// after those that are there.
func (s *Spool) take(spare []byte) (texts []byte, missing int, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.texts) == 0 && s.missing == 0 && !s.closed {
		s.filled.Wait()
		// Those who are about to print go first: one write then does for many texts.
		s.mu.Unlock()
		runtime.Gosched()
		s.mu.Lock()
	}
	texts, missing = s.texts, s.missing
	s.texts, s.missing = spare, 0
	return texts, missing, !s.closed
}

// piece is how much is written at once, and has to be taken within the patience of Close.
// A pipe takes so much whole or not at all (PIPE_BUF on Linux), so that lines which are no
// longer than that are whole in it even when it is given up.
const piece = 4 << 10

// write goes on after an error, so that one who cannot be told does not hold up others.
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

// cut is where the first piece of texts ends: behind a line, where there is one.
func cut(texts []byte) int {
	if len(texts) <= piece {
		return len(texts)
	}
	if end := bytes.LastIndexByte(texts[:piece], '\n'); end >= 0 {
		return end + 1
	}
	return piece
}
