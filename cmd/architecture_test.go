package cmd

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/apizee-hooks/apizee-hooks/"

// mayImport returns the allowed imports between our own packages.
func mayImport() map[string][]string {
	return map[string][]string{
		"apizee":          {"jsonscan"},
		"console":         {},
		"config":          {"apizee", "jsonschema", "redact", "textfile", "yamlfile"},
		"redact":          {},
		"deliver":         {"apizee", "redact", "textfile"},
		"fault":           {"apizee", "deliver"},
		"payload":         {"apizee"},
		"library":         {"apizee", "textfile"},
		"generate":        {"apizee", "payload"},
		"recording":       {"apizee", "jsonschema", "redact"},
		"replay":          {"apizee", "deliver", "payload", "recording", "redact"},
		"receive":         {"apizee", "deliver", "recording"},
		"inspect":         {"apizee", "console", "deliver", "generate", "payload", "recording", "redact", "replay", "shape"},
		"load":            {"apizee", "deliver", "fault", "generate", "report"},
		"audit":           {"apizee", "deliver", "fault", "payload", "redact", "report", "scenario", "scenario/expr", "scenario/parse", "scenario/runner"},
		"scenario":        {"apizee", "fault", "payload", "scenario/expr"},
		"scenario/expr":   {"apizee", "payload", "redact"},
		"scenario/parse":  {"apizee", "deliver", "fault", "jsonschema", "library", "payload", "redact", "report", "scenario", "scenario/expr", "yamlfile"},
		"scenario/runner": {"apizee", "deliver", "fault", "payload", "redact", "report", "scenario", "scenario/expr"},
		"undertest":       {"deliver", "redact"},
		"report":          {},
		"jsonscan":        {},
		"jsonschema":      {},
		"shape":           {"apizee", "jsonscan", "payload", "redact", "yamlfile"},
		"textfile":        {},
		"yamlfile":        {},

		"deliver/delivertest": {}, // for tests
	}
}

// onlyIn returns libraries that only one directory may import.
func onlyIn() map[string]string {
	return map[string]string{
		"github.com/spf13/viper": "pkg/config/",
		"github.com/fatih/color": "pkg/console/",
		"github.com/spf13/cobra": "cmd/",
	}
}

// mayNotImport reports whether a command imports another one. What commands share is in
// cmd/internal, where show imports neither cli nor a command.
func mayNotImport(own, ours string) bool {
	return strings.HasPrefix(own, "cmd/") && strings.HasPrefix(ours, "cmd/") &&
		(own == "cmd/internal/show" || !strings.HasPrefix(ours, "cmd/internal/"))
}

// TestRunKnowsNoCobra checks that cobra is imported only where a command, its flags and its
// subcommands are created: in the file of its name, and in flags.go.
func TestRunKnowsNoCobra(t *testing.T) {
	allowed := map[string]bool{"send/object.go": true}
	for _, command := range subcommands() {
		files, err := filepath.Glob(filepath.Join(command.name, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no package: %v", command.name, err)
		}
		for _, file := range files {
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(file)
			if name == command.name+".go" || name == "flags.go" || allowed[filepath.ToSlash(file)] {
				continue
			}
			for _, i := range f.Imports {
				if i.Path.Value == `"github.com/spf13/cobra"` {
					t.Errorf("%s imports cobra", file)
				}
			}
		}
	}
}

// TestArchitecture checks the imports between packages.
func TestArchitecture(t *testing.T) {
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	arrows := mayImport()
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for decoder.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		own := strings.TrimPrefix(p.ImportPath, module)
		name, inPkg := strings.CutPrefix(own, "pkg/")
		allowed, known := arrows[name]
		if inPkg && !known {
			t.Errorf("%s has no place in the architecture", own)
		}
		for _, imported := range p.Imports {
			if owner, ok := onlyIn()[imported]; ok && !strings.HasPrefix(own+"/", owner) {
				t.Errorf("%s imports %s, which is for %s alone", own, imported, owner)
			}
			ours, ok := strings.CutPrefix(imported, module)
			if ok && mayNotImport(own, ours) {
				t.Errorf("%s imports %s, which no command may", own, ours)
			}
			if inPkg && ok && !slices.Contains(allowed, strings.TrimPrefix(ours, "pkg/")) {
				t.Errorf("%s imports %s", own, ours)
			}
		}
	}
}
