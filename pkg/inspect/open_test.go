package inspect

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lineOf returns the line of an exchange.
func lineOf(t *testing.T, x Exchange) string {
	t.Helper()
	line, err := x.AppendLine(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

func open(t *testing.T, o Options, names ...string) (*Store, []Skipped) {
	t.Helper()
	o.Catalog = apizee.Documented()
	s := New(o)
	skipped, err := s.Open(t.Context(), names...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, skipped
}

// A recording shows what the live page has shown.
func TestOpenShowsTheSame(t *testing.T) {
	live := filtered(t)
	var text strings.Builder
	for id := int64(1); id <= 10; id++ {
		entry, _ := live.entry(id)
		line, err := entry.AppendLine(nil)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(line)
	}
	s, skipped := open(t, Options{}, write(t, "a.ndjson", text.String()))
	if len(skipped) > 0 {
		t.Errorf("%v was skipped", skipped)
	}
	live.Pin(5, false)
	for id := int64(1); id <= 10; id++ {
		want, _ := live.detail(id)
		got, ok := s.detail(id)
		if diff := cmp.Diff(want, got); !ok || diff != "" {
			t.Errorf("exchange %d (-live +file):\n%s", id, diff)
		}
	}
	for _, filter := range []string{"", "object=ticket", "opend", "is:failed", "is:late", "took:>1s", "réparation", "path:token=****", "method:PUT", "bytes", "props.state=new"} {
		if got, want := selectIDs(t, s, filter), selectIDs(t, live, filter); !slices.Equal(got, want) {
			t.Errorf("%s selects %v of the file, %v live", filter, got, want)
		}
	}
}

func TestOpenMerges(t *testing.T) {
	at := func(seconds ...int) string {
		var text strings.Builder
		for _, n := range seconds {
			text.WriteString(lineOf(t, received(n, ticket(n, "new", int64(n)))))
		}
		return text.String()
	}
	a, b := write(t, "a.ndjson", at(1, 3, 9, 5, 20)), write(t, "b.ndjson", at(2, 3, 4, 30))
	s, _ := open(t, Options{}, a, b)
	var got []string
	for _, row := range s.rows(Selection{from: 1, to: 10}, 0, 9) {
		got = append(got, strings.TrimSuffix(filepath.Base(row.File), ".ndjson")+row.ObjectID)
	}
	want := []string{"a1", "b2", "a3", "b3", "b4", "a9", "a5", "a20", "b30"} // each file keeps its order
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := selectIDs(t, s, "file:b.ndj"); !slices.Equal(got, []int64{2, 4, 5, 9}) {
		t.Errorf("%v are of the second file", got)
	}
}

func TestOpenDamaged(t *testing.T) {
	good := lineOf(t, received(1, ticket(1, "new", 1)))
	tests := map[string]struct {
		text    string
		entries int
		skipped []int
	}{
		"truncated at the end": {good + good[:50], 1, []int{2}},
		"truncated, continued": {good + good[:50] + "\n" + good, 2, []int{2}},
		"empty lines":          {"\n" + good + "\n \n" + good, 2, nil},
		"carriage returns":     {strings.ReplaceAll(good+good, "\n", "\r\n"), 2, nil},
		"no final newline":     {good + strings.TrimSuffix(good, "\n"), 2, nil},
		"other JSON":           {good + `{"a":1}` + "\n" + `[1]` + "\n" + good, 2, []int{2, 3}},
		"no time":              {good + strings.Replace(good, "2026-11-28T", "2026-11-28 ", 1) + good, 2, []int{2}},
		"other types":          {good + strings.Replace(good, `"method":"POST"`, `"method":1`, 1) + strings.Replace(good, `"headers":{`, `"headers":[],"x":{`, 1) + strings.Replace(good, `"body":"`, `"body":1,"x":"`, 1), 1, []int{2, 3, 4}},
		"wrong values": {good + strings.Replace(good, `"status":204`, `"status":"204"`, 1) + strings.Replace(good, `"durationMs":1.5`, `"durationMs":"x"`, 1) +
			strings.Replace(good, `"method":"POST"`, `"method":"POST","method":"PUT"`, 1) + strings.Replace(good, `"body":"`, `"bodyBase64":"{`, 1) +
			strings.Replace(good, `["hunter2"]`, `["hunter2",1]`, 1) + strings.Replace(good, "hunter2", "\xff", 1) + good, 2, []int{2, 3, 4, 5, 6, 7}},
		"null":             {good + strings.Replace(good, `"body":`, `"body":null,"bodyBase64":"e30=","x":`, 1), 2, nil},
		"NUL":              {good + "\x00\x00\n" + good, 2, []int{2}},
		"empty":            {"", 0, nil},
		"byte order mark":  {"\ufeff" + good + good + "\ufeff" + good, 2, []int{3}},
		"spaces and order": {`  { "body" : "{}" , "path":"\u002fa", "method" : "POST","receivedAt":"2026-01-02T03:04:05Z"}`, 1, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, skipped := open(t, Options{}, write(t, "a.ndjson", test.text))
			var lines []int
			for _, line := range skipped {
				lines = append(lines, line.Line)
			}
			status, _ := s.Status()
			if status.Total != int64(test.entries) || !slices.Equal(lines, test.skipped) {
				t.Errorf("%d exchanges, skipped %v", status.Total, lines)
			}
			for id := int64(1); id <= status.Last; id++ {
				if d, ok := s.detail(id); !ok || d.Gone {
					t.Errorf("exchange %d cannot be read", id)
				}
			}
		})
	}
	for name, text := range map[string]string{"other": "a,b\n1,2\n", "events": ticket(1, "new", 1)} {
		if _, err := New(Options{Catalog: apizee.Documented()}).Open(t.Context(), write(t, name, text)); !errors.Is(err, errNotRecording) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Options{Catalog: apizee.Documented()}).Open(t.Context(), "no-such-file"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// Lines longer than the pieces that a file is read in, and many short ones, are all found.
func TestOpenPieces(t *testing.T) {
	var text bytes.Buffer
	const n = 5000
	for i := range n {
		filler := strings.Repeat("x", i%1500)
		if i%1000 == 999 {
			filler = strings.Repeat("y", 3*pieceSize)
		}
		text.WriteString(lineOf(t, received(i, ticket(i, filler, int64(i)))))
	}
	s, skipped := open(t, Options{}, write(t, "a.ndjson", text.String()))
	if len(skipped) > 0 {
		t.Errorf("skipped %v", skipped)
	}
	if got := selectIDs(t, s, "object=ticket"); len(got) != n {
		t.Errorf("%d are found", len(got))
	}
	if got := selectIDs(t, s, "yyyyyy"); !slices.Equal(got, []int64{1000, 2000, 3000, 4000, 5000}) {
		t.Errorf("%v", got)
	}
	for i, row := range s.rows(Selection{from: 1, to: n + 1}, 0, n) {
		if want := text.Len(); row.Gone || row.ID != int64(i+1) || row.Size > want {
			t.Fatalf("%+v", row)
		}
	}
}

// A recording that is truncated or replaced while it is shown shows less, and nothing wrong.
func TestFileChanges(t *testing.T) {
	lines := lineOf(t, received(1, ticket(1, "new", 1))) + lineOf(t, received(2, ticket(2, "new", 2)))
	path := write(t, "a.ndjson", lines)
	s, _ := open(t, Options{}, path)
	if err := os.Truncate(path, int64(len(lines)/2+5)); err != nil {
		t.Fatal(err)
	}
	rows := s.rows(Selection{from: 1, to: 3}, 0, 2)
	if len(rows) != 2 || rows[0].Gone || !rows[1].Gone {
		t.Errorf("%+v", rows)
	}
	if got := selectIDs(t, s, "new"); !slices.Equal(got, []int64{1}) {
		t.Errorf("%v", got)
	}
	page := serve(t, s, Config{Targets: []Target{target(t, "to", "http://127.0.0.1:9")}})
	for _, path := range []string{"exchanges/2/copy?as=curl", "exchanges/2/body", "diff?a=1&b=2"} {
		if status, text := page.get("/api/" + path); status != http.StatusGone {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if status, text := page.post("/api/send", map[string]any{"origin": 2}); status != http.StatusGone || !strings.Contains(text, "exchange 2 is no longer in the recording") {
		t.Errorf("%d %s", status, text)
	}
	var d Detail
	if page.read("/api/exchanges/2", &d); !d.Gone || len(d.Copies) > 0 {
		t.Errorf("%+v", d)
	}
}

// With a recording, lines are read from it when they are needed, and are not in memory.
func TestPlaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.ndjson")
	w, err := recording.Create(path, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s := newStore(t, Options{ReadLine: w.ReadLine, Memory: 1 << 20})
	const n = 3000
	for i := range n {
		x := received(i, ticket(i, strings.Repeat("x", 1000), 1))
		if x.Place, err = w.Append(x.Entry); err != nil {
			t.Fatal(err)
		}
		s.Add(x)
	}
	refused := received(n, "refused")
	refused.Outcome = "wrong-path"
	s.Add(refused)
	left := received(n, ticket(n, "new", 1))
	if left.Place, err = w.Append(left.Entry); err != nil {
		t.Fatal(err)
	}
	left.Status, left.Outcome = 0, "no-response" // since it was recorded
	if d, ok := s.detail(s.Add(left)); !ok || d.Response != nil || d.Outcome != "no-response" || d.Problem != "the response was not sent to its end" {
		t.Errorf("%+v", d)
	}
	status, _ := s.Status()
	if status.Removed != 0 || status.Total != n+2 || status.Memory > 1<<20 {
		t.Errorf("%+v", status)
	}
	if got := selectIDs(t, s, "xxx"); len(got) != n {
		t.Errorf("%d are found", len(got))
	}
	if got := selectIDs(t, s, "refused is:failed"); !slices.Equal(got, []int64{n + 1}) {
		t.Errorf("%v", got)
	}
	if d, ok := s.detail(7); !ok || d.ObjectID != "6" || d.Headers[2].Value != "****" {
		t.Errorf("%+v", d)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if d, ok := s.detail(7); !ok || !d.Gone {
		t.Errorf("%+v", d)
	}
	if got := selectIDs(t, s, "xxxx"); len(got) != 0 {
		t.Errorf("%d are found in an empty file", len(got))
	}
}

// When a recording is truncated and written again, as copytruncate does, no exchange has the contents of another.
func TestTruncated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.ndjson")
	w, err := recording.Create(path, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s := newStore(t, Options{ReadLine: w.ReadLine})
	var opened *Store
	for i := range 4 {
		if i == 2 {
			opened, _ = open(t, Options{}, path)
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
		}
		x := received(i, ticket(i, []string{"closed", "opened"}[i/2], int64(i)))
		if x.Place, err = w.Append(x.Entry); err != nil {
			t.Fatal(err)
		}
		s.Add(x)
	}
	for name, s := range map[string]*Store{"live": s, "opened": opened} {
		status, _ := s.Status()
		for i, row := range s.rows(Selection{from: 1, to: int(status.Last) + 1}, 0, int(status.Last)) {
			isThere := i >= 2
			if row.Gone == isThere || row.Object != "ticket" || (row.ObjectID == strconv.Itoa(i)) != isThere {
				t.Errorf("%s: %+v", name, row)
			}
			entry, err := s.entry(row.ID)
			if (err == nil) != isThere || (entry.Body != nil) != isThere {
				t.Errorf("%s: exchange %d has %s, %v", name, row.ID, entry.Body, err)
			}
		}
		if got, want := selectIDs(t, s, "opened"), []int64{3, 4}[:status.Last-2]; !slices.Equal(got, want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A line that was edited in its place is not the one that was opened.
func TestEdited(t *testing.T) {
	line := lineOf(t, received(1, ticket(1, "new", 1)))
	path := write(t, "a.ndjson", line)
	s, _ := open(t, Options{}, path)
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(line, "new", "old")), 0); err != nil {
		t.Fatal(err)
	}
	if d, ok := s.detail(1); !ok || !d.Gone || d.Body.Size != 0 {
		t.Errorf("%+v", d)
	}
}

// All times that a recording can have are shown as they are, and sorted.
func TestYears(t *testing.T) {
	times := []string{"0001-01-01T00:00:00Z", "1600-02-29T12:00:00Z", "2026-11-28T12:00:00Z", "2262-12-31T23:59:59.5Z", "9999-11-28T12:00:00Z"}
	var names []string
	for _, at := range slices.Backward(times) {
		x := received(1, ticket(1, "new", 1))
		x.ReceivedAt, _ = time.Parse(time.RFC3339Nano, at)
		names = append(names, write(t, "a.ndjson", lineOf(t, x)))
	}
	s, _ := open(t, Options{}, names...)
	for i, row := range s.rows(Selection{from: 1, to: 6}, 0, 5) {
		if _, err := s.entry(row.ID); row.At != times[i] || err != nil {
			t.Errorf("exchange %d is of %s, not %s; %v", i+1, row.At, times[i], err)
		}
	}
	if got := selectIDs(t, s, "after:2200-01-01T00:00:00Z before:9999-01-01T00:00:00Z"); !slices.Equal(got, []int64{4}) {
		t.Errorf("%v", got)
	}
}

// BenchmarkAdd is what a listener pays for each event.
func BenchmarkAdd(b *testing.B) {
	s := New(Options{Catalog: apizee.Documented()})
	x := received(1, ticket(1, "new", 1))
	event := apizee.Documented().Validate(x.Body).Event
	x.Event = &event
	b.ReportAllocs()
	for b.Loop() {
		x.ReceivedAt = x.ReceivedAt.Add(time.Millisecond)
		s.Add(x)
	}
}
