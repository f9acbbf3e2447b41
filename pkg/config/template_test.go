package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTemplateSetsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "directory", FileName)
	if err := Init(path); err != nil {
		t.Fatal(err)
	}
	got, err := Load(t.Context(), Options{File: path})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(defaults(nil), got.Config); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
	for _, v := range got.Values {
		if v.Source != "default" {
			t.Errorf("%s comes from %s", v.Key, v.Source)
		}
	}
}

func TestTemplateUncommented(t *testing.T) {
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(string(template()), modeline)) {
		lines = append(lines, strings.TrimPrefix(line, "# "))
	}
	path := write(t, filepath.Join(t.TempDir(), FileName), strings.Join(lines, ""))
	got, err := Load(t.Context(), Options{File: path})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range got.Values {
		if !strings.HasPrefix(v.Source, path+":") {
			t.Errorf("%s comes from %s", v.Key, v.Source)
		}
		if k, plain := findKey(Keys(), v.Key); plain && k.Default != "" && v.Value != k.Default {
			t.Errorf("%s is shown as %q, its default is %q", v.Key, v.Value, k.Default)
		}
	}
	staging, err := Load(t.Context(), Options{File: path, Profile: "staging", LookupEnv: environment{"STAGING_TOKEN": "abc"}.lookup})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Authorization: Bearer abc", "X-Api-Key: change-me"}, staging.Config.Headers); diff != "" {
		t.Errorf("headers of the profile (-want +got):\n%s", diff)
	}
}

func TestInitKeepsFile(t *testing.T) {
	for _, name := range []string{FileName, "apizee-hooks.yml"} {
		dir := t.TempDir()
		path := write(t, filepath.Join(dir, name), "to: mine")
		err := Init(filepath.Join(dir, FileName))
		if exists, ok := errors.AsType[*ExistsError](err); !ok || exists.Path != path {
			t.Fatalf("%s: error = %v, want an ExistsError", name, err)
		}
		if data, _ := os.ReadFile(path); string(data) != "to: mine" {
			t.Errorf("%s is now %q", name, data)
		}
		if files, _ := os.ReadDir(dir); len(files) != 1 {
			t.Errorf("beside %s: %v", name, files)
		}
	}
}

func TestInitIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	if err := Init(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode != 0o600 {
		t.Errorf("mode = %v", mode)
	}
}

func TestInitInAFile(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "file"), "")
	if err := Init(filepath.Join(file, FileName)); err == nil {
		t.Error("no error")
	}
}
