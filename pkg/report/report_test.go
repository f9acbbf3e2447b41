package report

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/golden"
)

// sample has everything that a report can have, and texts that formats must escape.
func sample() Report {
	start := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	return Report{Suites: []Suite{
		{
			Name: "Ticket lifecycle", File: "ci/ticket.yaml", Start: start, Duration: 1234567 * time.Microsecond,
			Properties: []Property{{"seed", "42"}},
			Cases: []Case{
				{Name: "1. ticket create state=new", File: "ci/ticket.yaml", Line: 5, Column: 5, InWorkspace: true, Status: Passed, Duration: 3200 * time.Microsecond},
				{
					Name: "2. 100% <done> & \"closed\" #1\x1b[31m", File: "ci/ticket, 2:yaml", Line: 9, Column: 5, InWorkspace: true, Status: Failed, Duration: 2 * time.Second,
					Message: "status: expected 204, got 500 Internal Server Error",
					Detail:  "status\n  expected 204\n  actual   500\nHTTP/1.1 500\n]]> \x00\xff\ufffe €",
				},
				{Name: "elsewhere", File: "built in/ticket.yaml", Line: 7, Column: 3, Status: Failed, Message: "no response"},
				{Name: "3. probe GET http://localhost/", File: "ci/ticket.yaml", Line: 12, Status: Skipped, Message: "it needs \"job\",\nwhich step 2 did not capture"},
			},
		},
		{Name: "nothing", Start: start},
	}}
}

func TestFormats(t *testing.T) {
	for _, name := range Formats() {
		var b strings.Builder
		if err := Format(name).Write(&b, sample()); err != nil {
			t.Fatal(err)
		}
		golden.Assert(t, b.String(), "sample."+name)
	}
	var b strings.Builder
	if err := GitHub(&b, sample()); err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, b.String(), "sample.github")
	b.Reset()
	if err := Summary(&b, "title", sample()); err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, b.String(), "sample.summary")
}

func TestSummaryIsBounded(t *testing.T) {
	var r Report
	r.Suites = []Suite{{Name: "all", Cases: slices.Repeat([]Case{{Name: "x", Status: Failed, Message: strings.Repeat("é", 10_000)}}, 10_000)}}
	var b strings.Builder
	if err := Summary(&b, "title", r); err != nil || b.Len() > 1<<20 || !strings.Contains(b.String(), "and 9800 more") {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
}

// element is any XML element.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
}

// junitRules are common to the schemas of Ant's and Jenkins' JUnit formats, except for the file
// and line of a case: for each element its required and optional attributes,
// and its children in order.
func junitRules() map[string]struct{ must, may, children []string } {
	return map[string]struct{ must, may, children []string }{
		"testsuites": {children: []string{"testsuite"}},
		"testsuite": {
			must:     []string{"name", "timestamp", "hostname", "tests", "failures", "errors", "time", "package", "id"},
			may:      []string{"skipped"},
			children: []string{"properties", "testcase", "system-out", "system-err"},
		},
		"properties": {children: []string{"property"}},
		"property":   {must: []string{"name", "value"}},
		"testcase":   {must: []string{"name", "classname", "time"}, may: []string{"file", "line"}, children: []string{"skipped", "error", "failure"}},
		"failure":    {must: []string{"type"}, may: []string{"message"}},
		"skipped":    {may: []string{"message"}},
		"system-out": {},
		"system-err": {},
	}
}

func TestJUnitFollowsSchemas(t *testing.T) {
	var b strings.Builder
	if err := JUnit.Write(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var root element
	if err := xml.Unmarshal([]byte(b.String()), &root); err != nil {
		t.Fatal(err)
	}
	checkElement(t, root)
}

func checkElement(t *testing.T, e element) {
	t.Helper()
	name := e.XMLName.Local
	rules, known := junitRules()[name]
	if !known {
		t.Errorf("element %s is not in the schema", name)
	}
	var has []string
	for _, a := range e.Attrs {
		has = append(has, a.Name.Local)
		if !slices.Contains(append(rules.must, rules.may...), a.Name.Local) {
			t.Errorf("%s may not have %s", name, a.Name.Local)
		}
	}
	for _, must := range rules.must {
		if !slices.Contains(has, must) {
			t.Errorf("%s must have %s", name, must)
		}
	}
	at := 0
	for _, child := range e.Children {
		i := slices.Index(rules.children, child.XMLName.Local)
		if i < at {
			t.Errorf("%s in %s is out of order", child.XMLName.Local, name)
		}
		at = i
		checkElement(t, child)
	}
}

func TestLocate(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "root")
	if err := errors.Join(os.MkdirAll(filepath.Join(root, "sub"), 0o755), os.Symlink(root, filepath.Join(dir, "link"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"root/sub/t.yaml", "root/..t.yaml", "out.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(root, "sub"))
	tests := []struct{ file, want string }{
		{"t.yaml", "sub/t.yaml"},
		{"./../sub/t.yaml", "sub/t.yaml"},
		{filepath.Join(dir, "link", "sub", "t.yaml"), "sub/t.yaml"},
		{"../..t.yaml", "..t.yaml"},
		{"../../out.yaml", ""},
		{"built in/t.yaml", ""},
		{"", ""},
	}
	for _, tt := range tests {
		r := Report{Suites: []Suite{{Cases: []Case{{File: tt.file}}}}}
		r.Locate(filepath.Join(dir, "link"))
		got, want := r.Suites[0].Cases[0], Case{File: tt.file}
		if tt.want != "" {
			want = Case{File: tt.want, InWorkspace: true}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", tt.file, diff)
		}
	}
}

func TestPrepareFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.Symlink("file", in("link")), os.Link(file, in("hard"))); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		to   []string
		want string
	}{
		{"fine", []string{in("a.xml"), in("b.xml")}, ""},
		{"twice", []string{in("a.xml"), dir + "/./a.xml"}, "two reports go to"},
		{"new directories", []string{in("none/deep/a.xml")}, ""},
		{"no directory but a file", []string{in("file/a.xml")}, "not a directory"},
		{"a directory", []string{dir}, "it is a directory"},
		{"an input", []string{dir + "/./file"}, "would overwrite it"},
		{"a link to an input", []string{in("link")}, "would overwrite it"},
		{"another name of an input", []string{in("hard")}, "would overwrite it"},
	}
	for _, tt := range tests {
		err := PrepareFiles(tt.to, []string{"", in("missing"), file})
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
}

func TestWriteFileIsAtomic(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.tap")
	in := func(f Format) func(io.Writer) error {
		return func(w io.Writer) error { return f.Write(w, sample()) }
	}
	for range 2 {
		if err := WriteFile(path, in(TAP)); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteFile(path, in("none")); err == nil {
		t.Error("a format that does not exist was written")
	}
	got, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(got), "TAP version 13") {
		t.Errorf("%v %s", err, got)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("something was left behind: %v", entries)
	}
	if err := WriteFile(os.DevNull, in(JSON)); err != nil {
		t.Error(err)
	}
}

func TestWriteFileOnFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	full := func(io.Writer) error {
		return &os.PathError{Op: "write", Path: ".report.json-123", Err: syscall.ENOSPC}
	}
	err := WriteFile(path, full)
	if want := "write the report " + path + ": " + syscall.ENOSPC.Error(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// The target of a link is written, as of /dev/stdout.
func TestWriteFileThroughALink(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real.xml"), filepath.Join(dir, "link.xml")
	if err := os.WriteFile(real, []byte("a longer text than the report"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	err := WriteFile(link, func(w io.Writer) error {
		_, err := io.WriteString(w, "report")
		return err
	})
	if text, readErr := os.ReadFile(real); err != nil || readErr != nil || string(text) != "report" {
		t.Errorf("%q, %v, %v", text, err, readErr)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info, err)
	}
}
