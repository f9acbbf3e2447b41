package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// eventsOf returns a number of events, with the larger ones among the small.
func eventsOf(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "{\"n\":%d,\"x\":%q}\n", i, strings.Repeat("x", i%100*i%1000))
	}
	return text.String()
}

// TestEachInOrder reads at once, in pieces, and one byte at a time.
func TestEachInOrder(t *testing.T) {
	const n = 3000
	text := eventsOf(n)
	for name, in := range map[string]io.Reader{
		"at once": strings.NewReader(text), "half": iotest.HalfReader(strings.NewReader(text)),
		"bytes":    iotest.OneByteReader(strings.NewReader(text)),
		"an array": iotest.HalfReader(strings.NewReader("[" + strings.ReplaceAll(strings.TrimSpace(text), "\n", ",\n") + "]")),
	} {
		used, paused := 0, 0
		input := Input{Reader: in, Name: name, Pause: func() { paused = used }}
		err := Each(t.Context(), input, InputEvent.Body, func(event InputEvent, body string) error {
			if want := fmt.Sprintf(`{"n":%d,`, used); !strings.HasPrefix(body, want) || event.Line != used+1 {
				return fmt.Errorf("line %d: %.40s, want %s", event.Line, body, want)
			}
			used++
			return nil
		})
		if err != nil || used != n {
			t.Errorf("%s: %d used, %v", name, used, err)
		}
		if paused < n-1 {
			t.Errorf("%s: %d used at the last pause", name, paused)
		}
	}
}

// TestEachEnds ends by an error of the reader, of use, and of the context.
func TestEachEnds(t *testing.T) {
	failure := errors.New("failure")
	canceled, cancel := context.WithCancel(t.Context())
	for name, test := range map[string]struct {
		ctx  context.Context
		in   io.Reader
		use  func(int) error
		used int
		want error
	}{
		"reader":  {t.Context(), io.MultiReader(strings.NewReader(eventsOf(10)), iotest.ErrReader(failure)), func(int) error { return nil }, 10, failure},
		"use":     {t.Context(), io.MultiReader(strings.NewReader(eventsOf(10)), blocked(t)), func(int) error { return failure }, 1, failure},
		"context": {canceled, io.MultiReader(strings.NewReader(eventsOf(10)), untilDone{canceled}), func(int) error { cancel(); return nil }, 10, context.Canceled},
	} {
		used := 0
		err := Each(test.ctx, Input{Reader: test.in}, InputEvent.Body, func(InputEvent, string) error {
			used++
			return test.use(used)
		})
		if !errors.Is(err, test.want) || used != test.used {
			t.Errorf("%s: %d used, %v", name, used, err)
		}
	}
}

// blocked returns a reader that has nothing until the end of the test.
func blocked(t *testing.T) io.Reader {
	r, w := io.Pipe()
	t.Cleanup(func() { w.Close() })
	return r
}

// untilDone is a reader that ends with its context.
type untilDone struct{ context.Context }

func (c untilDone) Read([]byte) (int, error) {
	<-c.Done()
	return 0, c.Err()
}
