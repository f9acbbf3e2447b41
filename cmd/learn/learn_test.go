package learn

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// testOptions are a plain run that reads a file into a directory.
func testOptions(in, out string) *options {
	system := cli.System{
		Catalog: apizee.Documented(), Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard,
		LookupEnv: func(string) (string, bool) { return "", false },
	}
	return &options{App: &cli.App{System: system}, files: []string{in}, out: out, pace: cli.Pace{Speed: "60x"}}
}

// capture writes generated events to a file, and returns its path and size.
func capture(t testing.TB, events int) (string, int64) {
	t.Helper()
	var text bytes.Buffer
	s := generate.New(generate.Options{Seed: 1, Start: time.Unix(1775976413, 0)})
	for range events {
		text.Write(append(s.Next(), '\n'))
	}
	path := filepath.Join(t.TempDir(), "captured.ndjson")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, int64(text.Len())
}

// tree returns the files below a directory and their texts.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			files[path] = ""
			return err
		}
		text, err := os.ReadFile(path)
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestInvalid(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"a":2}`: "",
		`{"a":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `,"b":1,"b":2}`: "",
		`[1]`:              "not a JSON object",
		`{"a":"\ud800"}`:   "invalid UTF-8", // as validate has it
		"{\"a\":\"\xff\"}": "invalid UTF-8",
		`{"a":01}`:         "not JSON",
		`{`:                "not JSON",
	} {
		if got := invalid(text); got != want {
			t.Errorf("%.20s: %q, want %q", text, got, want)
		}
	}
}

// TestAllOrNothing lets each of the moves fail in turn, and then finds the directory unchanged.
func TestAllOrNothing(t *testing.T) {
	in, _ := capture(t, 300)
	out := t.TempDir()
	if err := run(t.Context(), testOptions(in, out)); err != nil {
		t.Fatal(err)
	}
	before := tree(t, out)
	names := []string{"a/new.json", "baseline.json", "learned.json", "templates/ticket-create-new.json"}
	stale := []string{"templates/media-delete.json"}
	for n := range 2*len(names) + len(stale) - 1 {
		files := map[string][]byte{}
		for _, name := range names {
			files[name] = []byte("new")
		}
		moves := 0
		staging := filepath.Join(out, ".learn-test")
		m := transaction{staging: staging, dir: out, rename: func(from, to string) error {
			if moves++; moves > n {
				return fmt.Errorf("move %d fails", moves)
			}
			return os.Rename(from, to)
		}}
		if err := m.stage(files); err != nil {
			t.Fatal(err)
		}
		if m.replace(names, stale) == nil {
			t.Fatalf("no move fails after %d", n)
		}
		m.rename = os.Rename
		m.end(true)
		if diff := cmp.Diff(before, tree(t, out)); diff != "" {
			t.Fatalf("after %d moves: %s", n, diff)
		}
	}
}

// TestUpdateFails updates a baseline that cannot be written.
func TestUpdateFails(t *testing.T) {
	l := learning{options: testOptions("-", "")}
	l.update = filepath.Join(t.TempDir(), "gone", "baseline.json")
	_, err := l.write(t.Context(), map[string][]byte{})
	if want := "--update " + l.update + ": " + syscall.ENOENT.Error(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestCopied copies standard input as long as that is not too much, and says when it is.
func TestCopied(t *testing.T) {
	l := learning{options: testOptions("-", t.TempDir()), copies: map[string]*copied{}}
	l.Stdin = io.LimitReader(neverEnding(' '), mostCopied)
	for i, want := range []int64{mostCopied, mostCopied} {
		in, err := l.open(t.Context(), "-")
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := io.Copy(io.Discard, in); n != want || !l.allSearched() {
			t.Errorf("read %d: %d bytes, all searched: %t", i, n, l.allSearched())
		}
	}
	if _, err := l.copies["-"].Write([]byte("x")); err != nil || l.allSearched() || l.copies["-"].text != nil {
		t.Error("more than the limit is kept")
	}
}

// neverEnding is a reader of one byte, again and again.
type neverEnding byte

func (b neverEnding) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

// interrupted is a reader that interrupts the command.
type interrupted struct {
	text      io.Reader
	interrupt func()
}

func (r *interrupted) Read(p []byte) (int, error) {
	n, err := r.text.Read(p)
	if err == io.EOF {
		r.interrupt()
	}
	return n, err
}

// TestInterrupted interrupts the command while it reads, and finds nothing.
func TestInterrupted(t *testing.T) {
	in, _ := capture(t, 10)
	text, err := os.ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	out := filepath.Join(t.TempDir(), "out")
	o := testOptions("-", out)
	o.Stdin = &interrupted{bytes.NewReader(text), interrupt}
	if code := cli.ExitCode(run(ctx, o)); code != cli.ExitInterrupted {
		t.Errorf("exit code %d", code)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("something was left behind")
	}
}

// TestWordsOfFiles has all words of what was learned as values: that they are in the files does not say that a value
// was written.
func TestWordsOfFiles(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "captured.ndjson"), filepath.Join(dir, "out")
	learn := func(values map[string]bool) {
		quoted, err := json.Marshal(slices.Sorted(maps.Keys(values)))
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for i := range 12 { // three objects with two lives
			event := fmt.Sprintf(`"event":"update","time":%d,"objectId":%d`, 1775976413+60*i, 7+i%3)
			text.WriteString(strings.NewReplacer(`"event":"other"`, event, `"props":{`, `"props":{"value":`+string(quoted)+`,`).Replace(sample) + "\n")
		}
		if err := os.WriteFile(in, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		o := testOptions(in, out)
		o.force = true
		if err := run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	learn(nil)
	values := map[string]bool{}
	word := regexp.MustCompile(`[A-Za-z-]{2,}`)
	for path, text := range tree(t, out) {
		for _, word := range word.FindAllString(strings.TrimPrefix(path, out)+text, -1) {
			values[word] = true
		}
	}
	for _, r := range redact.Replacements() {
		if r.Kind != redact.KindPosition && r.Kind != redact.KindName && r.Kind != redact.KindText && !values[string(r.Kind)] {
			t.Errorf("no value in the sample is of the format %s", r.Kind)
		}
	}
	learn(values)
}

// BenchmarkLearn reads events twice: to learn, and to look for their values in the files.
func BenchmarkLearn(b *testing.B) {
	in, size := capture(b, 20_000)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if err := run(b.Context(), testOptions(in, filepath.Join(b.TempDir(), "out"))); err != nil {
			b.Fatal(err)
		}
	}
}
