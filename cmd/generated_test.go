package cmd

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/templates"

	"gotest.tools/v3/golden"
)

// testSystem is a System whose output is kept.
func testSystem(out io.Writer) cli.System {
	return cli.System{
		Catalog: apizee.Documented(),
		Stdin:   strings.NewReader(""), Stdout: out, Stderr: out,
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       func() time.Time { return time.Unix(1575976413, 0) },
		Sleep:     func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		Random:    func() uint64 { return 1 },
		Guard:     func(func()) func() { return func() {} },
		Templates: templates.FS,
		Build:     cli.Build{Version: "test"},
	}
}

func testRoot() *cobra.Command {
	return Root(testSystem(new(bytes.Buffer)))
}

var generated = regexp.MustCompile(`(?s)(<!-- generated: (\w+) -->\n).*?(<!-- end -->)`)

// TestREADMETables holds the README's tables against what they are made of.
func TestREADMETables(t *testing.T) {
	text, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]func() string{"events": eventsTable, "commands": commandsTable, "faults": faultsTable}
	current := generated.ReplaceAllStringFunc(string(text), func(part string) string {
		found := generated.FindStringSubmatch(part)
		table, ok := tables[found[2]]
		if !ok {
			t.Fatalf("nothing generates %q", found[2])
		}
		delete(tables, found[2])
		return found[1] + table() + found[3]
	})
	for name := range tables {
		t.Errorf("the README has no place for %q", name)
	}
	if golden.FlagUpdate() {
		if err := os.WriteFile(readmePath, []byte(current), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text), current); diff != "" {
		t.Errorf("run `go test ./cmd -update` (-README +generated):\n%s", diff)
	}
}

func eventsTable() string {
	var out strings.Builder
	out.WriteString("| object | prop | flag | type | documented values |\n| --- | --- | --- | --- | --- |\n")
	for _, o := range apizee.Documented().Objects {
		for _, p := range o.Props {
			out.WriteString("| " + o.Name + " | `" + p.Path + "` | `--" + p.Flag + "` | " + string(p.Type) + " | " + p.Possible() + " |\n")
		}
	}
	return out.String()
}

func faultsTable() string {
	var out strings.Builder
	out.WriteString("| fault | what is done | a good endpoint |\n| --- | --- | --- |\n")
	for _, f := range fault.All() {
		out.WriteString("| `" + f.Name + "` | " + f.Description + " | " + f.Expected + " |\n")
	}
	return out.String()
}

func commandsTable() string {
	var out strings.Builder
	out.WriteString("| command | what it does |\n| --- | --- |\n")
	for _, c := range testRoot().Commands() {
		if c.IsAvailableCommand() {
			out.WriteString("| `" + c.CommandPath() + "` | " + c.Short + " |\n")
		}
	}
	return out.String()
}

// TestDependenciesExplained wants each direct dependency in the README.
func TestDependenciesExplained(t *testing.T) {
	list := exec.Command("go", "list", "-m", "-f", "{{if not (or .Indirect .Main)}}{{.Path}}{{end}}", "all")
	list.Dir = ".."
	modules, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range strings.Fields(string(modules)) {
		name := versionSuffix.ReplaceAllString(strings.TrimPrefix(module, "github.com/"), "")
		if !bytes.Contains(readme, []byte(name)) {
			t.Errorf("the README does not say why %s is needed", module)
		}
	}
}

var versionSuffix = regexp.MustCompile(`/v\d+$`)
