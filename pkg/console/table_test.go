package console

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gotest.tools/v3/golden"
)

func sampleTable(p Palette, width int, wrap bool) Table {
	row := func(id, event, text string) []Cell {
		return []Cell{{id, p.Object}, {event, p.Event}, {text, nil}}
	}
	return Table{
		Header: Cells(p.Strong, "OBJECT", "EVENT", "ABOUT"),
		Rows: [][]Cell{
			row("ticket 100", "update", "state=invited, then opened by the guest"),
			row("media 9", "create", "会議室 created 👩‍💻 in the conference"),
			row("réunion", "", "e\u0301te\u0301 was finishe\u0301"),
			row("a\x1b[31m", "delete", ""),
			Cells(p.Dim, "short row"),
			{},
			row("", "update", "\u202eunnamed  "),
		},
		Width: width,
		Wrap:  wrap,
	}
}

func render(t *testing.T, table Table) string {
	t.Helper()
	var out strings.Builder
	n, err := table.WriteTo(&out)
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("wrote %d of %d bytes: %v", n, out.Len(), err)
	}
	return out.String()
}

func TestTableGolden(t *testing.T) {
	on, off := NewPalette(true), NewPalette(false)
	golden.Assert(t, render(t, sampleTable(off, 0, false)), "table_plain.golden")
	golden.Assert(t, render(t, sampleTable(on, 0, false)), "table_color.golden")
	golden.Assert(t, render(t, sampleTable(off, 40, false)), "table_40_cut.golden")
	golden.Assert(t, render(t, sampleTable(on, 40, true)), "table_40_wrap_color.golden")
	golden.Assert(t, render(t, sampleTable(off, 20, false)), "table_20_cut.golden")
	golden.Assert(t, render(t, sampleTable(off, 20, true)), "table_20_wrap.golden")
}

func TestTableLayout(t *testing.T) {
	tests := []struct {
		name  string
		table Table
		want  string
	}{
		{"nothing", Table{}, ""},
		{"nothing, narrow", Table{Width: 10}, ""},
		{"header alone", Table{Header: Cells(nil, "A", "B")}, "A  B\n"},
		{"one column cut", Table{Rows: [][]Cell{Cells(nil, "abcdef")}, Width: 4}, "abc…\n"},
		{"fits exactly", Table{Rows: [][]Cell{Cells(nil, "abc", "def")}, Width: 8}, "abc  def\n"},
		{"one too narrow", Table{Rows: [][]Cell{Cells(nil, "abc", "def")}, Width: 7}, "abc  d…\n"},
		{
			"a short last column lets the others give way",
			Table{Rows: [][]Cell{Cells(nil, "abcdefghij", "ok")}, Width: 10},
			"abcde…  ok\n",
		},
		{
			"more columns than room",
			Table{Rows: [][]Cell{Cells(nil, "aa", "bb", "cc", "dd")}, Width: 8},
			"…  …  cc\n",
		},
		{"one column of terminal", Table{Rows: [][]Cell{Cells(nil, "会", "b")}, Width: 1}, "…\n"},
		{
			"an empty column keeps its place",
			Table{Rows: [][]Cell{Cells(nil, "a", "", "c")}},
			"a    c\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, render(t, test.table)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTableKeepsItsRows(t *testing.T) {
	table := Table{Rows: [][]Cell{Cells(nil, "a\x1b", "one two three four")}, Width: 12, Wrap: true}
	first := render(t, table)
	if second := render(t, table); second != first {
		t.Errorf("written twice: %q, then %q", first, second)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestTableWriteError(t *testing.T) {
	broken := errors.New("broken pipe")
	if _, err := sampleTable(Palette{}, 0, false).WriteTo(brokenWriter{broken}); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func FuzzTable(f *testing.F) {
	for i, seed := range awkward {
		f.Add(seed, seed+seed, i)
	}
	f.Add("क्षि", "会議室 a", 3)
	f.Fuzz(func(t *testing.T, a, b string, width int) {
		width = max(width%60, 0)
		for _, wrap := range []bool{false, true} {
			table := Table{Header: Cells(nil, a, "B"), Rows: [][]Cell{Cells(nil, b, a, b), Cells(nil, a)}, Width: width, Wrap: wrap}
			out := render(t, table)
			harmless(t, out, true)
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				if width > 0 && Columns(line) > width {
					t.Fatalf("%q is %d wide, want %d", line, Columns(line), width)
				}
				if strings.HasSuffix(line, " ") {
					t.Fatalf("%q ends in a space", line)
				}
			}
		}
	})
}
