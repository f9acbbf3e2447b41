package cmd

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/templates"
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

// TestREADMETables compares the README's tables with what they are made of.
func TestREADMETables(t *testing.T) {
	text, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]func() string{"commands": commandsTable, "configuration": configurationTable}
	want := generated.ReplaceAllStringFunc(string(text), func(part string) string {
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
	compareDocument(t, readmePath, string(text), want)
}

func commandsTable() string {
	var out strings.Builder
	out.WriteString("| command | what it does |\n| --- | --- |\n")
	for _, c := range testRoot().Commands() {
		if c.IsAvailableCommand() {
			out.WriteString("| `" + c.Name() + "` | " + c.Short + " |\n")
		}
	}
	return out.String()
}

func configurationTable() string {
	var out strings.Builder
	out.WriteString("| key | environment variable | default | meaning |\n| --- | --- | --- | --- |\n")
	for _, k := range config.Keys() {
		value := k.Default
		if value != "" {
			value = "`" + value + "`"
		}
		out.WriteString("| `" + k.Name + "` | `" + k.Env() + "` | " + value + " | " + k.Description + " |\n")
	}
	return out.String() + "\n" + otherVariables()
}

// otherVariables are those that set no key, as the help topic has them.
func otherVariables() string {
	topic, _, err := testRoot().Find([]string{"help", "environment"})
	if err != nil {
		panic(err)
	}
	var texts []string
	for _, section := range cli.NewPage(topic).About {
		for _, row := range section.Rows {
			if !slices.ContainsFunc(config.Keys(), func(k config.Key) bool { return k.Env() == row.Term }) {
				texts = append(texts, "`"+strings.ReplaceAll(row.Term, ", ", "`, `")+"` ("+strings.ToLower(row.Text[:1])+strings.TrimSuffix(row.Text[1:], ".")+")")
			}
		}
	}
	return "Other environment variables: " + strings.Join(texts, ", ") + ".\n"
}

// TestContributing requires CONTRIBUTING to explain each direct dependency and each package.
func TestContributing(t *testing.T) {
	text, err := os.ReadFile(contributingPath)
	if err != nil {
		t.Fatal(err)
	}
	for _, dependency := range goCommand(t, "list", "-m", "-f", "{{if not (or .Indirect .Main)}}{{.Path}}{{end}}", "all") {
		name := versionSuffix.ReplaceAllString(strings.TrimPrefix(dependency, "github.com/"), "")
		if !bytes.Contains(text, []byte(name)) {
			t.Errorf("CONTRIBUTING does not say what %s is for", dependency)
		}
	}
	for _, pkg := range goCommand(t, "list", "./cmd/...", "./pkg/...") {
		if dir := strings.TrimPrefix(pkg, module); !bytes.Contains(text, []byte("    "+dir+"/")) {
			t.Errorf("CONTRIBUTING does not say what %s is for", dir)
		}
	}
	for _, dir := range mapped.FindAllSubmatch(text, -1) {
		if _, err := os.Stat("../" + string(dir[1])); err != nil {
			t.Errorf("CONTRIBUTING explains what is not there: %v", err)
		}
	}
}

// goCommand runs a go command in the checkout and returns the words that it prints.
func goCommand(t *testing.T, args ...string) []string {
	t.Helper()
	c := exec.Command("go", args...)
	c.Dir = ".."
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// mapped is a line of CONTRIBUTING's map of the tree.
var mapped = regexp.MustCompile(`(?m)^ {4}([\w./]+?)/? {2,}`)

var versionSuffix = regexp.MustCompile(`/v\d+$`)
