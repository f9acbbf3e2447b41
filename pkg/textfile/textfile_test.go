package textfile

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
)

const limit = 1 << 10

// ways are all functions that read a text.
func ways(t *testing.T, data string) map[string]func(context.Context) ([]byte, error) {
	path := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]func(context.Context) ([]byte, error){
		"ReadFile": func(ctx context.Context) ([]byte, error) { return ReadFile(ctx, path, limit) },
		"ReadFS": func(ctx context.Context) ([]byte, error) {
			return ReadFS(ctx, fstest.MapFS{"x": {Data: []byte(data)}}, "x", limit)
		},
		"ReadAll": func(ctx context.Context) ([]byte, error) { return ReadAll(ctx, strings.NewReader(data), limit) },
		"Open": func(ctx context.Context) ([]byte, error) {
			f, err := Open(ctx, path)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			return io.ReadAll(f)
		},
		"NewReader": func(ctx context.Context) ([]byte, error) { return io.ReadAll(NewReader(ctx, strings.NewReader(data))) },
	}
}

func TestText(t *testing.T) {
	for name, test := range map[string]struct{ data, want string }{
		"plain":       {"a\r\nb", "a\r\nb"},
		"empty":       {"", ""},
		"one byte":    {"a", "a"},
		"mark":        {"\ufeffa", "a"},
		"only a mark": {"\ufeff", ""},
		"two marks":   {"\ufeff\ufeffa", "\ufeffa"},
		"mark inside": {"a\ufeff", "a\ufeff"},
		"binary":      {"\x00\x00\xff", "\x00\x00\xff"},
		"latin 1":     {"\xe9", "\xe9"},
	} {
		for way, read := range ways(t, test.data) {
			if got, err := read(t.Context()); err != nil || string(got) != test.want {
				t.Errorf("%s, %s: %q, %v", name, way, got, err)
			}
		}
	}
}

func TestUTF16(t *testing.T) {
	for _, data := range []string{"\xff\xfe{\x00}\x00", "\xfe\xff\x00{\x00}", "{\x00}\x00", "\x00{\x00}", "\xff\xfe"} {
		for way, read := range ways(t, data) {
			if got, err := read(t.Context()); !errors.Is(err, ErrUTF16) {
				t.Errorf("%s of %q: %q, %v", way, data, got, err)
			}
		}
		if got, err := ReadAll(t.Context(), strings.NewReader(data), limit); string(got) != data {
			t.Errorf("%q became %q along with %v", data, got, err)
		}
	}
}

func TestLimit(t *testing.T) {
	for size, tooLarge := range map[int]bool{limit: false, limit + 1: true, 1 << 20: true} {
		for way, read := range ways(t, strings.Repeat("x", size)) {
			got, err := read(t.Context())
			if way == "Open" || way == "NewReader" { // they stream
				if err != nil || len(got) != size {
					t.Errorf("%s of %d bytes: %d, %v", way, size, len(got), err)
				}
				continue
			}
			var exceeded *LimitError
			if errors.As(err, &exceeded) != tooLarge || (err == nil) == tooLarge {
				t.Errorf("%s of %d bytes: %v", way, size, err)
			}
		}
	}
	for limit, want := range map[int64]string{64 << 10: "larger than 64 KiB", 10 << 20: "larger than 10 MiB"} {
		if got := (&LimitError{limit}).Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestDirectoryAndMissingFile(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]error{dir: syscall.EISDIR, filepath.Join(dir, "none"): fs.ErrNotExist} {
		_, err := ReadFile(t.Context(), path, limit)
		_, opening := Open(t.Context(), path)
		for _, err := range []error{err, opening} {
			if !errors.Is(Reason(err), want) {
				t.Errorf("%s: %v, want %v", path, err, want)
			}
		}
	}
	if _, err := ReadFS(t.Context(), fstest.MapFS{}, "x", limit); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// TestOpenReadsUpToTheSize appends to a file that is being read.
func TestOpenReadsUpToTheSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text")
	os.WriteFile(path, []byte("one"), 0o600)
	f, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	os.WriteFile(path, []byte("one and more"), 0o600)
	if got, err := io.ReadAll(f); err != nil || string(got) != "one" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestContextEndsReading reads from readers that block or never end.
func TestContextEndsReading(t *testing.T) {
	silent, w := io.Pipe()
	defer w.Close()
	for name, read := range map[string]func(context.Context) error{
		"ReadAll": func(ctx context.Context) error {
			_, err := ReadAll(ctx, silent, limit)
			return err
		},
		"NewReader": func(ctx context.Context) error {
			_, err := io.ReadAll(NewReader(ctx, silent))
			return err
		},
		"without an end": func(ctx context.Context) error {
			_, err := io.Copy(io.Discard, NewReader(ctx, endless{}))
			return err
		},
		"a regular file": func(ctx context.Context) error {
			_, err := io.Copy(io.Discard, polled{ctx, endless{}})
			return err
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- read(ctx) }()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, "x"), nil }
