package payload

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func testLibrary() Library {
	own := fstest.MapFS{
		"ticket-new.json":  {Data: []byte("{{/* Mine. */}}\n{\"mine\": 1}")},
		"broken.json":      {Data: []byte("{{/* Broken. */}}\n{{ nope }}")},
		"notes.txt":        {Data: []byte("no template")},
		"folder.json/x":    {Data: []byte("no template")},
		"large.json":       {Data: []byte("{{/* Large. */}}" + strings.Repeat(" ", maxTemplate))},
		"sub/nested.json":  {Data: []byte("{}")},
		"not-a-group.json": {Data: []byte("{}")},
	}
	builtIn := fstest.MapFS{
		"ticket-new.json":    {Data: []byte("{{/* New. */}}{}")},
		"ticket-closed.json": {Data: []byte("{{/* Closed. */}}{}")},
	}
	return Library{Catalog: documented,
		Layers: []Layer{
			{Name: "nowhere", FS: os.DirFS(filepath.Join(os.TempDir(), "apizee-hooks", "does", "not", "exist")), Dir: "nowhere"},
			{Name: "project", FS: own, Dir: ".apizee-hooks/templates"},
			{Name: "built-in", FS: builtIn, Dir: "built-in"},
		},
		Sources: sources(),
	}
}

func TestList(t *testing.T) {
	got, err := testLibrary().List()
	if err != nil {
		t.Fatal(err)
	}
	want := []Info{
		{"broken", "", "Broken.", "project"},
		{"large", "", "Large.", "project"},
		{"not-a-group", "", "", "project"},
		{"ticket-closed", "ticket", "Closed.", "built-in"},
		{"ticket-new", "ticket", "Mine.", "project"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("templates (-want +got):\n%s", diff)
	}
}

func TestFind(t *testing.T) {
	lib := testLibrary()
	tpl, err := lib.Find("ticket-new")
	if err != nil || tpl.Name != "ticket-new" || tpl.Source != "project" {
		t.Fatalf("got %+v, %v", tpl.Info, err)
	}
	if body, err := lib.Render(tpl, nil); string(body) != `{"mine":1}` || err != nil {
		t.Errorf("got %s, %v", body, err)
	}
	tests := []struct{ name, nearest, want string }{
		{"ticket-nwe", "ticket-new", `there is no template "ticket-nwe"; did you mean "ticket-new"?`},
		{"zzzzzz", "", "there is no template \"zzzzzz\""},
		{"", "", "there is no template \"\""},
		{"sub/nested", "", "there is no template \"sub/nested\""},
	}
	for _, tt := range tests {
		_, err := lib.Find(tt.name)
		if missing := (*NotFoundError)(nil); !errors.As(err, &missing) || missing.Nearest != tt.nearest || err.Error() != tt.want {
			t.Errorf("Find(%q): %v\nwant %s", tt.name, err, tt.want)
		}
	}
	for name, want := range map[string]string{
		"broken": `.apizee-hooks/templates/broken.json:2: function "nope" not defined`,
		"large":  `.apizee-hooks/templates/large.json: it is larger than 1 MiB, which no template is`,
	} {
		_, err := lib.Find(name)
		if wrong := (*TemplateError)(nil); !errors.As(err, &wrong) || err.Error() != want {
			t.Errorf("Find(%q): %v\nwant %s", name, err, want)
		}
	}
}

type brokenFS struct{}

func (brokenFS) Open(string) (fs.File, error) { return nil, fs.ErrPermission }

func TestUnreadableLayer(t *testing.T) {
	lib := Library{Catalog: documented, Layers: []Layer{{Name: "x", FS: brokenFS{}, Dir: "/x"}}}
	if _, err := lib.List(); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("List: %v", err)
	}
	if _, err := lib.Find("a"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Find: %v", err)
	}
}

func TestIsPath(t *testing.T) {
	for name, want := range map[string]bool{"ticket-new": false, "a/b": true, `a\b`: true, "x.json": true, "": false} {
		if IsPath(name) != want {
			t.Errorf("IsPath(%q) is %v", name, !want)
		}
	}
}
