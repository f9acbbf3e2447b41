package console

import (
	"errors"
	"io"
	"os"
	"testing"
)

func TestOutput(t *testing.T) {
	read, write := io.Pipe()
	full, later := errors.New("full"), errors.New("later")
	o := NewOutput(write, nil)
	read.CloseWithError(full)
	if _, err := o.Write([]byte("x")); err != full || o.Err() != full {
		t.Errorf("got %v, remembered %v", err, o.Err())
	}
	o.w = writerFunc(func([]byte) (int, error) { return 0, later })
	if _, err := o.Write([]byte("x")); err != later || o.Err() != full {
		t.Errorf("got %v, remembered %v", err, o.Err())
	}
}

// TestOutputWithoutReader writes to a pipe whose reader has closed it.
func TestOutputWithoutReader(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r.Close()
	o := NewOutput(w, nil)
	if _, err := o.Write([]byte("x")); err == nil || o.Err() != nil {
		t.Errorf("got %v, remembered %v", err, o.Err())
	}
	o.Outlive()
	if n, err := o.Write([]byte("xy")); n != 2 || err != nil {
		t.Errorf("once it outlives its reader: got %d, %v", n, err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
