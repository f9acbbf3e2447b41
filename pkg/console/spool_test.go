package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func missing(n int) []byte { return fmt.Appendf(nil, "(%d left out)\n", n) }

func TestSpool(t *testing.T) {
	var out bytes.Buffer
	s := NewSpool(&out, 1<<20, missing)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				s.Print([]byte("line\n"))
			}
		})
	}
	all.Wait()
	if err := s.Close(t.Context(), time.Minute); err != nil || out.String() != strings.Repeat("line\n", 800) {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}

// stuck is a terminal that blocks until it is released.
type stuck struct {
	bytes.Buffer
	began, goOn chan struct{}
}

func (w *stuck) Write(p []byte) (int, error) {
	w.began <- struct{}{}
	<-w.goOn
	return w.Buffer.Write(p)
}

func TestSpoolOmits(t *testing.T) {
	w := &stuck{began: make(chan struct{}, 9), goOn: make(chan struct{})}
	s := NewSpool(w, 10, missing)
	s.Print([]byte("first\n"))
	<-w.began
	for _, text := range []string{"2\n", "too long a text\n", "3\n", "4\n"} {
		s.Print([]byte(text))
	}
	close(w.goOn)
	if err := s.Close(t.Context(), time.Minute); err != nil {
		t.Error(err)
	}
	if got, want := w.String(), "first\n2\n(3 left out)\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A single text that is longer than the limit is not omitted.
func TestSpoolPrintsLongTexts(t *testing.T) {
	var out bytes.Buffer
	s := NewSpool(&out, 10, missing)
	long := strings.Repeat("x", 3*piece) + "\n"
	s.Print([]byte(long))
	if err := s.Close(t.Context(), time.Minute); err != nil || out.String() != long {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}

// pieces records each write.
type pieces []string

func (w *pieces) Write(p []byte) (int, error) {
	*w = append(*w, string(p))
	return len(p), nil
}

// Each write ends with a whole line, so that a timeout leaves no truncated line.
func TestSpoolWritesWholeLines(t *testing.T) {
	var out pieces
	s := NewSpool(&out, 1<<20, missing)
	line, long := strings.Repeat("x", 1499)+"\n", strings.Repeat("y", piece+100)+"\n"
	text := strings.Repeat(line, 9) + long + line
	s.Print([]byte(text))
	if err := s.Close(t.Context(), time.Minute); err != nil {
		t.Error(err)
	}
	if got := strings.Join(out, ""); got != text {
		t.Errorf("got %d bytes of %d", len(got), len(text))
	}
	for _, p := range out {
		if len(p) > piece || !strings.HasSuffix(p, "\n") && len(p) != piece {
			t.Errorf("a piece of %d bytes, ending in %q", len(p), p[len(p)-1:])
		}
	}
}

type failingWriter struct{ n int }

func (w *failingWriter) Write(p []byte) (int, error) {
	w.n++
	return 0, fmt.Errorf("broken %d: %w", w.n, errors.ErrUnsupported)
}

func TestSpoolWriterFails(t *testing.T) {
	s := NewSpool(&failingWriter{}, 100, missing)
	s.Print([]byte("x"))
	if err := s.Close(t.Context(), time.Minute); !errors.Is(err, errors.ErrUnsupported) || !strings.HasPrefix(err.Error(), "broken 1") {
		t.Errorf("got %v", err)
	}
}

// The writer has all the time until ctx ends.
func TestSpoolTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &stuck{began: make(chan struct{}, 9), goOn: make(chan struct{})}
		defer close(w.goOn)
		s := NewSpool(w, 100, missing)
		s.Print([]byte("x"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		start := time.Now()
		if err := s.Close(ctx, time.Second); !errors.Is(err, ErrStuck) || time.Since(start) != time.Hour+time.Second {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
	})
}
