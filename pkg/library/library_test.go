package library

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

func testLibrary() Library {
	own := fstest.MapFS{
		"ticket-new.json":  {Data: []byte("mine")},
		"notes.txt":        {Data: []byte("no template")},
		"directory.json/x": {Data: []byte("no template")},
		"large.json":       {Data: []byte(strings.Repeat("x", 100))},
		"sub/nested.json":  {Data: []byte("{}")},
		"both.json":        {Data: []byte("first")},
		"both.jsn":         {Data: []byte("second")},
		"other.jsn":        {Data: []byte("other")},
		".json":            {Data: []byte("no name")},
		"fifo.json":        {Mode: fs.ModeNamedPipe},
		"link.json":        {Mode: fs.ModeSymlink, Data: []byte("other.jsn")},
	}
	builtIn := fstest.MapFS{
		"ticket-new.json":    {Data: []byte("new")},
		"ticket-closed.json": {Data: []byte("closed")},
	}
	return Library{
		Kind: "template", Exts: []string{".json", ".jsn"}, Max: 10,
		Layers: []Layer{
			{Name: "nowhere", FS: os.DirFS(filepath.Join(os.TempDir(), "apizee-hooks", "does", "not", "exist"))},
			{Name: "own/templates", FS: own},
			{Name: "built in", FS: builtIn},
		},
	}
}

func TestList(t *testing.T) {
	got, err := testLibrary().List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []File{
		{"both", "own/templates", "own/templates/both.json", []byte("first")},
		{"large", "own/templates", "own/templates/large.json", nil},
		{"link", "own/templates", "own/templates/link.json", []byte("other")},
		{"other", "own/templates", "own/templates/other.jsn", []byte("other")},
		{"ticket-closed", "built in", "built in/ticket-closed.json", []byte("closed")},
		{"ticket-new", "own/templates", "own/templates/ticket-new.json", []byte("mine")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestFindUnknown(t *testing.T) {
	tests := []struct{ name, want string }{
		{"ticket-nwe", `unknown template "ticket-nwe"; did you mean "ticket-new"?`},
		{"zzzzzz", `unknown template "zzzzzz"`},
		{"", `unknown template ""`},
		{"sub/nested", `unknown template "sub/nested"`},
		{"other.jsn", `unknown template "other.jsn"`},
	}
	for _, tt := range tests {
		_, err := testLibrary().Find(t.Context(), tt.name)
		if missing := (*NotFoundError)(nil); !errors.As(err, &missing) || err.Error() != tt.want {
			t.Errorf("Find(%q): %v\nwant %s", tt.name, err, tt.want)
		}
	}
}

func TestNamedDirectory(t *testing.T) {
	l := testLibrary()
	l.Layers[0].Named = true
	if _, err := l.Find(t.Context(), "ticket-new"); err != nil {
		t.Error(err)
	}
	const want = `unknown template "ticket-nwe"; the directory nowhere does not exist; did you mean "ticket-new"?`
	if _, err := l.Find(t.Context(), "ticket-nwe"); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

type brokenFS struct{}

func (brokenFS) Open(string) (fs.File, error) { return nil, fs.ErrPermission }

func TestUnreadableLayer(t *testing.T) {
	l := Library{Kind: "template", Exts: []string{".json"}, Layers: []Layer{{Name: "/x", FS: brokenFS{}}}}
	if _, err := l.List(t.Context()); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("List: %v", err)
	}
	if _, err := l.Find(t.Context(), "a"); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "/x/a.json") {
		t.Errorf("Find: %v", err)
	}
}

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.json")
	if _, err := testLibrary().Open(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(path, []byte("\ufeffmine"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := testLibrary().Open(t.Context(), path)
	if err != nil || f.Name != "own" || f.Path != path || string(f.Text) != "mine" {
		t.Errorf("got %+v, %v", f, err)
	}
	var exceeded *textfile.LimitError
	if _, err := testLibrary().Find(t.Context(), "large"); !errors.As(err, &exceeded) {
		t.Errorf("a large file: %v", err)
	}
}

func TestIsPath(t *testing.T) {
	for name, want := range map[string]bool{"ticket-new": false, "a/b": true, `a\b`: true, "x.json": true, "x.jsn": true, "": false} {
		if testLibrary().IsPath(name) != want {
			t.Errorf("IsPath(%q) is %v", name, !want)
		}
	}
}
