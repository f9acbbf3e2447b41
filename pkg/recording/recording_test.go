package recording

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

func entry(body string) Entry {
	return Entry{
		ReceivedAt: time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC),
		Method:     "POST", Path: "/apizeehooks/?a=1",
		Headers: map[string][]string{"User-Agent": {"Cloud Apizee"}, "Accept": {"*/*", "a/b"}},
		Body:    []byte(body), Status: 204,
	}
}

func create(t testing.TB, path string, options Options) *Writer {
	t.Helper()
	w, err := Create(path, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func appendAll(t testing.TB, w *Writer, entries ...Entry) {
	t.Helper()
	for _, e := range entries {
		if _, err := w.Append(e); err != nil {
			t.Fatal(err)
		}
	}
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readAll returns the entries, and the numbers of the truncated lines among them.
func readAll(t testing.TB, text string) (entries []Entry, truncated []int) {
	t.Helper()
	r := NewReader(strings.NewReader(text))
	for {
		e, err := r.Read()
		var short *TruncatedError
		switch {
		case err == io.EOF:
			return entries, truncated
		case errors.As(err, &short):
			truncated = append(truncated, short.Line)
		case err != nil:
			t.Fatal(err)
		default:
			entries = append(entries, e)
		}
	}
}

func TestLine(t *testing.T) {
	secret := entry(`{"event":"update"}`)
	secret.Headers = map[string][]string{"X-Api-Key": {"hunter2"}, "Authorization": {"Bearer a", "b"}, "X-Team": {"blue"}, "Referer": {"/in?token=c"}}
	found := entry("\xff\x00")
	found.Status = 0
	found.Findings = []apizee.Finding{{Severity: apizee.Error, Path: "props.state", Message: "\"\xfe\" is wrong", Suggestion: "open", Offset: 7}}

	latin1 := entry("")
	latin1.Headers = map[string][]string{"X-Raw": {"a", "caf\xe9"}, "X-Api-Key": {"\xe9"}, "X-Team": {"blue"}}

	const head = `{"receivedAt":"2026-01-02T03:04:05.000000678Z","method":"POST","path":"/apizeehooks/?a=1","headers":`
	tests := map[string]struct {
		entry   Entry
		options Options
		want    string
	}{
		"plain": {
			entry: entry("{\"a\":\"é\u2028\"}\r\n"),
			want:  `{"Accept":["*/*","a/b"],"User-Agent":["Cloud Apizee"]},"body":"{\"a\":\"é` + "\u2028" + `\"}\r\n","status":204,"findings":[]}`,
		},
		"not UTF-8": {
			entry: found,
			want: `{"Accept":["*/*","a/b"],"User-Agent":["Cloud Apizee"]},"bodyBase64":"/wA=","status":0,"findings":[` +
				`{"severity":"error","path":"props.state","message":"\"�\" is wrong","suggestion":"open"}]}`,
		},
		"headers not UTF-8": {
			entry: latin1,
			want:  `{"X-Api-Key":["****"],"X-Raw":["a","caf�"],"X-Team":["blue"]},"headersBase64":{"X-Raw":["YQ==","Y2Fm6Q=="]},"body":"","status":204,"findings":[]}`,
		},
		"secrets": {
			entry:   secret,
			options: Options{SecretHeaders: []string{"x-team"}},
			want:    `{"Authorization":["****","****"],"Referer":["/in?token=****"],"X-Api-Key":["****"],"X-Team":["****"]},"body":"{\"event\":\"update\"}","status":204,"findings":[]}`,
		},
		"secrets shown": {
			entry:   secret,
			options: Options{ShowSecrets: true, SecretHeaders: []string{"X-Team"}},
			want:    `{"Authorization":["Bearer a","b"],"Referer":["/in?token=c"],"X-Api-Key":["hunter2"],"X-Team":["blue"]},"body":"{\"event\":\"update\"}","status":204,"findings":[]}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "events.ndjson")
			appendAll(t, create(t, path, test.options), test.entry)
			if diff := cmp.Diff(head+test.want+"\n", readFile(t, path)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSecretParameters(t *testing.T) {
	e := entry("{}")
	e.Path = "/in?token=hunter2&a=1"
	for want, options := range map[string]Options{
		`"path":"/in?token=****&a=1"`:    {},
		`"path":"/in?token=hunter2&a=1"`: {ShowSecrets: true},
	} {
		path := filepath.Join(t.TempDir(), "events.ndjson")
		appendAll(t, create(t, path, options), e)
		if text := readFile(t, path); !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	bodies := []string{
		"", "{}", "a\r\nb\rc\n", "\x00\x01\x1b[2J\x7f", "\u2028\u2029\ufeff\ufffd", "\xff\xfe", "\xed\xa0\x80", `\u0000\"`,
		strings.Repeat("\xf0", 3<<20), strings.Repeat("x\n", 1<<20),
	}
	path := filepath.Join(t.TempDir(), "events.ndjson")
	w := create(t, path, Options{})
	var want []Entry
	for _, body := range bodies {
		want = append(want, entry(body))
	}
	want[1].Findings = []apizee.Finding{{Severity: apizee.Warning, Path: "User-Agent", Message: "odd", Documented: []string{"a", "b"}}}
	want[2].ReceivedAt = want[2].ReceivedAt.In(time.FixedZone("", 3600))
	appendAll(t, w, want...)
	want[2].ReceivedAt = want[2].ReceivedAt.UTC()

	got, truncated := readAll(t, readFile(t, path))
	for i := range got {
		if len(got[i].Findings) == 0 {
			got[i].Findings = nil
		}
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(bytes.Equal)); diff != "" || truncated != nil {
		t.Error(truncated, diff)
	}
}

// TestOldSeverity reads a recording of the time when warnings were called notices.
func TestOldSeverity(t *testing.T) {
	got, err := Parse([]byte(`{"receivedAt":"2026-01-01T00:00:00Z","method":"POST","path":"/","body":"{}","findings":[{"severity":"notice","path":"retries","message":"odd"}]}`))
	if err != nil || len(got.Findings) != 1 || apizee.HasError(got.Findings) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestPathNotUTF8(t *testing.T) {
	for path, want := range map[string]string{"/é?a=1": "/é?a=1", "/\xff/\xc3x?q=\xe9": "/%FF/%C3x?q=%E9"} {
		e := entry("{}")
		e.Path = path
		file := filepath.Join(t.TempDir(), "events.ndjson")
		appendAll(t, create(t, file, Options{}), e)
		if got, _ := readAll(t, readFile(t, file)); got[0].Path != want {
			t.Errorf("%q is kept as %q, want %q", path, got[0].Path, want)
		}
	}
}

func FuzzRoundTrip(f *testing.F) {
	for _, s := range []string{"{}", "\r\n\x00", "\u2028", "\xff", "\ufffd", "\xf0\x9f\x98"} {
		f.Add([]byte(s), "/p?q=é", "value")
		f.Add([]byte(s), "/\xff%\xc3", s)
	}
	f.Fuzz(func(t *testing.T, body []byte, path, value string) {
		e := entry(string(body))
		e.Path, e.Headers = path, map[string][]string{"X-Value": {value}}
		text, err := e.AppendLine(nil)
		if err != nil || bytes.Count(text, []byte("\n")) != 1 {
			t.Fatalf("%q, %v", text, err)
		}
		got, err := NewReader(bytes.NewReader(text)).Read()
		if err != nil || !bytes.Equal(got.Body, body) || got.Headers["X-Value"][0] != value {
			t.Fatalf("got %q and %q, want %q and %q: %v", got.Body, got.Headers, body, value, err)
		}
		if want := escapePath(path); got.Path != want || utf8.ValidString(path) && want != path {
			t.Fatalf("got %q, want %q", got.Path, want)
		}
	})
}

func FuzzRead(f *testing.F) {
	whole, _ := entry("{}").AppendLine(nil)
	for _, s := range []string{string(whole), "{", "[]", "null\n{}", "\n\n", strings.Repeat("[", 100)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := NewReader(bytes.NewReader(text))
		lines := bytes.Count(text, []byte("\n")) + 1
		for range lines + 1 {
			if _, err := r.Read(); err == io.EOF {
				return
			}
		}
		if _, err := r.Read(); err == nil {
			t.Fatal("more entries than lines")
		}
	})
}
