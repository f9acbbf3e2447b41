package payload

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func readAll(t *testing.T, r io.Reader) []Located {
	t.Helper()
	stream := NewStream(r, 1<<20)
	var all []Located
	for {
		found, err := stream.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found)
	}
}

func TestStream(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 257<<10) + `"}`
	at := func(line int, text string) Located { return Located{Line: line, Text: text} }
	tests := map[string]struct {
		in   string
		want []Located
	}{
		"nothing":            {"", nil},
		"white space":        {" \n\r\n\t", nil},
		"one":                {`{"a":1}`, []Located{at(1, `{"a":1}`)}},
		"lines":              {"{\"a\":1}\r\n\n{\"b\":\"}{\\\"\"}\n", []Located{at(1, `{"a":1}`), at(3, `{"b":"}{\""}`)}},
		"laid out":           {"\n{\n \"a\": {\n  }\n}\n{\n}\n", []Located{at(2, "{\n \"a\": {\n  }\n}"), at(6, "{\n}")}},
		"two on a line":      {`{"a":1}{"b":2}`, []Located{at(1, `{"a":1}`), at(1, `{"b":2}`)}},
		"array":              {"[\n{\"a\":1},\n{\"b\":2}\n]\n", []Located{at(2, `{"a":1}`), at(3, `{"b":2}`)}},
		"array on a line":    {"[{\"a\":1},{\"b\":2}]", []Located{at(1, `{"a":1}`), at(1, `{"b":2}`)}},
		"empty array":        {"[]", nil},
		"arrays in an array": {"[[1],2]", []Located{at(1, "[1]"), at(1, "2")}},
		"other values":       {"1\n\"x\"\nnull", []Located{at(1, "1"), at(2, `"x"`), at(3, "null")}},
		"long line":          {long + "\n" + long, []Located{at(1, long), at(2, long)}},
		"broken line": {"{\"a\":1}\n{\"b\":\n{\"c\":3}\n", []Located{
			at(1, `{"a":1}`), at(2, `{"b":`), at(3, `{"c":3}`)}},
		"no JSON": {"hello\n{\"a\":1}\n", []Located{at(1, "hello"), at(2, `{"a":1}`)}},
		"broken in an array": {"[\n{\"a\":1},\n{\"b\" 2},\n{\"c\":3}\n]", []Located{
			at(2, `{"a":1}`), at(3, `{"b" 2},`), at(4, `{"c":3}`)}},
		"more behind it": {"[\n{\"a\":1},\n{\"b\",,},\n{\"c\":3},\n{\"d\":\n4},\n{\"e\":5}\n]\n", []Located{
			at(2, `{"a":1}`), at(3, `{"b",,},`), at(4, `{"c":3}`), at(5, "{\"d\":\n4}"), at(7, `{"e":5}`)}},
		"array without end":  {"[\n{\"a\":1},\n", []Located{at(2, `{"a":1}`), at(3, "[")}},
		"begun array":        {"[", []Located{at(1, "[")}},
		"comma at the end":   {`{"a":1},`, []Located{at(1, `{"a":1}`), at(1, ",")}},
		"comma in front":     {`,{"a":1}`, []Located{at(1, `,{"a":1}`)}},
		"comma between":      {`{"a":1},{"b":1}`, []Located{at(1, `{"a":1}`), at(1, `,{"b":1}`)}},
		"behind an array":    {`[{"a":1}],`, []Located{at(1, `{"a":1}`), at(1, ",")}},
		"ends in the middle": {`{"a":`, []Located{at(1, `{"a":`)}},
		"open string":        {"{\"a\":\"x}\n{\"b\":1}", []Located{at(1, `{"a":"x}`), at(2, `{"b":1}`)}},
		"brace too many":     {"{\"a\":\"{\"}}\n{}", []Located{at(1, `{"a":"{"}}`), at(2, "{}")}},
		"laid out, without a comma": {"{\n \"a\": 1\n \"b\": {\n  \"c\": [\n   {\n   }\n  ]\n }\n}\n{\n \"d\": 2\n}\n", []Located{
			at(1, "{\n \"a\": 1\n \"b\": {\n  \"c\": [\n   {\n   }\n  ]\n }\n}"), at(10, "{\n \"d\": 2\n}")}},
		"laid out in an array": {"[\n {\n  \"a\": 1\n  \"b\": {\n  }\n },\n {\n  \"c\" 2\n }, {\n  \"d\": 3\n }\n]\n", []Located{
			at(2, "{\n  \"a\": 1\n  \"b\": {\n  }\n }"), at(7, "{\n  \"c\" 2\n }"), at(9, "{\n  \"d\": 3\n }")}},
		"laid out, without its end": {"[\n {\n  \"a\": 1,\n  \"b\": {\n  }\n {\n  \"c\": 2\n }\n]\n", []Located{
			at(2, "{\n  \"a\": 1,\n  \"b\": {\n  }"), at(6, "{\n  \"c\": 2\n }")}},
		"laid out, last of an array": {"[\n {\n  \"a\": 1\n  \"b\": 2\n]\n{}", []Located{at(2, "{\n  \"a\": 1\n  \"b\": 2"), at(6, "{}")}},
		"line break in a string": {"{\n \"a\": \"x\ny\",\n \"b\": {\n }\n}\n{}\n", []Located{
			at(1, "{\n \"a\": \"x\ny\",\n \"b\": {\n }\n}"), at(7, "{}")}},
		"an object of JavaScript": {"[\n {\n  // a: b\n  c: 1,\n  'd': {\n   e: 2\n  }\n },\n {}\n]\n", []Located{
			at(2, "{\n  // a: b\n  c: 1,\n  'd': {\n   e: 2\n  }\n }"), at(9, "{}")}},
		"members without indentation": {"{\n\"a\" 1\n}\n{}", []Located{at(1, "{\n\"a\" 1\n}"), at(4, "{}")}},
		"text between lines": {"{\"a\" 1}\nhello\n{\"b\n{\"c\":3}\n", []Located{
			at(1, `{"a" 1}`), at(2, "hello"), at(3, `{"b`), at(4, `{"c":3}`)}},
		"blanks at the end": {"{\"a\"\n  ", []Located{at(1, `{"a"`)}},
		"other white space": {"\v{\"a\":1}\f\n[\u00a0{\"a\" 1},\n]", []Located{at(1, `{"a":1}`), at(2, `{"a" 1},`)}},
		"duplicate key":     {"{\n\"a\":1,\"a\":2}", []Located{at(1, "{\n\"a\":1,\"a\":2}")}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for way, r := range map[string]io.Reader{"whole": strings.NewReader(test.in), "in bytes": iotest.OneByteReader(strings.NewReader(test.in))} {
				got := readAll(t, r)
				if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(Located{}, "Column")); diff != "" {
					t.Errorf("%s (-want +got):\n%s", way, diff)
				}
				checkPlaces(t, test.in, got)
			}
		})
	}
}

// checkPlaces looks for values where they begin, one after the other.
func checkPlaces(t *testing.T, text string, all []Located) {
	t.Helper()
	lines := strings.SplitAfter(text, "\n")
	last := Located{Line: 1}
	for i, found := range all {
		isAfter := found.Line > last.Line || found.Line == last.Line && found.Column > last.Column
		if !isAfter || found.Line > len(lines) || found.Column > len(lines[found.Line-1])+1 {
			t.Fatalf("%q: value %d is at %d:%d, after %d:%d", text, i, found.Line, found.Column, last.Line, last.Column)
		}
		last = found
		if rest := strings.Join(lines[found.Line-1:], "")[found.Column-1:]; !strings.HasPrefix(rest, found.Text) && found.Text != "[" {
			t.Fatalf("%q: value %d is not at %d:%d: %q", text, i, found.Line, found.Column, found.Text)
		}
	}
}

func TestStreamReadError(t *testing.T) {
	broken := errors.New("broken")
	for _, before := range []string{"", "{\n"} {
		stream := NewStream(io.MultiReader(strings.NewReader(before), iotest.ErrReader(broken)), 1<<20)
		if _, err := stream.Next(); !errors.Is(err, broken) {
			t.Errorf("after %q: %v", before, err)
		}
	}
}

// endless reads as its text, and then as its last byte without end.
type endless struct {
	text string
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.text[min(e.read, len(e.text)-1)]
		e.read++
	}
	return len(p), nil
}

func TestStreamWithoutEnd(t *testing.T) {
	const most = 1 << 20
	for text, want := range map[string]string{
		"\x00":                  "line 1: the event is larger than 1 MiB",
		"{}\n{\"a\":\"x":        "line 2: the event is larger than 1 MiB",
		"[{},\n{},\n{\"a\":\"x": "line 3: the event is larger than 1 MiB",
		"{\n\"a\":\"x":          "line 1: the event is larger than 1 MiB",
		"[1,\n\x00":             "line 2: the event is larger than 1 MiB",
		"{\"a\" 1\n\"x":         "line 2: the event is larger than 1 MiB",
	} {
		in := &endless{text: text}
		stream := NewStream(in, most)
		var err error
		for err == nil {
			_, err = stream.Next()
		}
		if err.Error() != want || in.read > 2*most+2*blockSize {
			t.Errorf("%q: %v after %d bytes, want %s", text, err, in.read, want)
		}
	}
}

// TestStreamArrayMemory checks that an array on one line is streamed.
func TestStreamArrayMemory(t *testing.T) {
	const event, n = `{"event":"update","time":1,"object":"ticket","objectId":100,"props":{}},`, 100_000
	stream := NewStream(io.MultiReader(strings.NewReader("["), strings.NewReader(strings.Repeat(event, n)), strings.NewReader("{}]")), 1<<20)
	for i := 0; ; i++ {
		_, err := stream.Next()
		if err == io.EOF && i == n+1 {
			break
		}
		if err != nil {
			t.Fatal(i, err)
		}
	}
	if kept := cap(stream.lines.buffer) + len(stream.lines.block) + len(stream.lines.again); kept > 2*blockSize {
		t.Errorf("%d bytes are kept", kept)
	}
}

func FuzzStream(f *testing.F) {
	for _, seed := range []string{"{}\n{}", "[{},{}]", "{\n}", "{\"a\":\"\n", "[[[", "]", ",,", "{\"\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkPlaces(t, s, readAll(t, strings.NewReader(s)))
	})
}

func BenchmarkStream(b *testing.B) {
	text := strings.Repeat(`{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`+"\n", 10000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		stream := NewStream(strings.NewReader(text), 1<<20)
		for {
			if _, err := stream.Next(); err != nil {
				break
			}
		}
	}
}
