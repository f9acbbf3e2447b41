package recording

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadTruncated(t *testing.T) {
	whole, err := entry(`{"a":"é"}`).AppendLine(nil)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut < len(whole)-1; cut++ {
		truncated := string(whole[:cut])
		// At the end, and between lines, where the next writer's repair leaves it.
		for _, text := range []string{string(whole) + truncated, string(whole) + truncated + "\n", truncated + "\n" + string(whole)} {
			entries, lines := readAll(t, text)
			if len(entries) != 1 || len(lines) != 1 {
				t.Fatalf("cut at %d: %d entries, truncated %v", cut, len(entries), lines)
			}
		}
	}
}

func TestReadEndWithoutNewline(t *testing.T) {
	whole, _ := entry("{}").AppendLine(nil)
	entries, truncated := readAll(t, "\n \r\n"+string(bytes.TrimSpace(whole)))
	if len(entries) != 1 || truncated != nil {
		t.Errorf("%d entries, truncated %v", len(entries), truncated)
	}
}

func TestReadByteOrderMark(t *testing.T) {
	whole, _ := entry("{}").AppendLine(nil)
	path := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(path, append([]byte("\ufeff"), whole...), 0o600); err != nil {
		t.Fatal(err)
	}
	appendAll(t, create(t, path, Options{}), entry("{}"))
	if entries, truncated := readAll(t, readFile(t, path)); len(entries) != 2 || truncated != nil {
		t.Errorf("%d entries, truncated %v", len(entries), truncated)
	}
}

func TestReadRefuses(t *testing.T) {
	whole, _ := entry("{}").AppendLine(nil)
	const start = `{"receivedAt":"2026-01-02T03:04:05Z","method":"POST","path":"/"`
	tests := map[string]struct{ line, want string }{
		"not JSON":        {"hello", "line 2: not an entry of a recording: invalid JSON: "},
		"an event":        {`{"event":"update"}`, "line 2: not an entry of a recording: it needs receivedAt"},
		"wrong type":      {strings.Replace(start, `"POST"`, "5", 1) + `,"body":""}`, "line 2: not an entry of a recording: method has the wrong type"},
		"a text":          {`"event": "update",`, "line 2: not an entry of a recording: the line has the wrong type"},
		"no body":         {start + `}`, "line 2: not an entry of a recording"},
		"two bodies":      {start + `,"body":"","bodyBase64":""}`, "line 2: both body and bodyBase64 are set"},
		"bad base64":      {start + `,"bodyBase64":"%"}`, "line 2: bodyBase64: illegal base64"},
		"bad UTF-8":       {start + `,"body":"` + "\xff" + `"}`, "line 2: not an entry of a recording: invalid JSON"},
		"two values":      {start + `,"body":""} {}`, "line 2: not an entry of a recording: invalid JSON"},
		"twice":           {start + `,"path":"/","body":""}`, "line 2: not an entry of a recording: invalid JSON"},
		"longer than all": {start + `,"body":"` + strings.Repeat("x", 100_000) + `"}`, "line 2: longer than 90000 bytes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := NewReader(strings.NewReader(string(whole) + test.line + "\n" + string(whole)))
			r.limit = 90_000
			if _, err := r.Read(); err != nil {
				t.Fatal(err)
			}
			_, err := r.Read()
			var line *LineError
			if !errors.As(err, &line) || line.Line != 2 || r.Line() != 2 || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if _, again := r.Read(); again != err {
				t.Errorf("then %v", again)
			}
		})
	}
}

func TestReadFails(t *testing.T) {
	broken := errors.New("broken disk")
	r := NewReader(io.MultiReader(strings.NewReader(`{"receivedAt":`), failing{broken}))
	if _, err := r.Read(); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (r failing) Read([]byte) (int, error) { return 0, r.err }

func TestReaderMemoryIsConstant(t *testing.T) {
	line, _ := entry(strings.Repeat("x", 1000)).AppendLine(nil)
	const lines = 20_000
	r := NewReader(&repeated{text: line, left: lines})
	n := 0
	for {
		_, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != lines || cap(r.line) > 8*len(line) {
		t.Errorf("%d entries, %d bytes kept", n, cap(r.line))
	}
}

// repeated is a reader of a repeated text.
type repeated struct {
	text []byte
	at   int
	left int
}

func (r *repeated) Read(b []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.text[r.at:])
	if r.at += n; r.at == len(r.text) {
		r.at, r.left = 0, r.left-1
	}
	return n, nil
}
