package cmd

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"gotest.tools/v3/golden"
)

const readmePath = "../README.md"

const contributingPath = "../.github/CONTRIBUTING.md"

func documents() []string {
	return []string{readmePath, contributingPath, "../.github/CI.md", "../.github/SKILL.md", "../.github/BENCHMARKS.md", "../.github/SECURITY.md"}
}

// TestDocuments runs every block of README and the pages of .github, in order
// and in one directory per document. Times, durations and ports may differ.
//
//	```console   commands after "$ ", each followed by what it prints
//	```sh        a script that must end with exit code 0
//	```yaml      a file that is named in the first line, as "# hooks/ticket.yaml"
//	```js        a test that is named in the first line; so are ```python and ```php
//
// A `listen` in a console block is the first of two terminals: it keeps running for the next
// blocks. A console block without commands shows what it has printed since, and ends it.
// A line "…" stands for any lines that are left out.
// Commands in YAML for CI servers are checked and not run. The tests in other languages are run
// with INTERPRETERS=all, as .ci/run sets it when it has installed what runs them.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for _, path := range documents() {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			r := newDocumentRunner(t)
			shown := codeBlock.ReplaceAllStringFunc(string(text), func(block string) string {
				parts := codeBlock.FindStringSubmatch(block)
				kind, code := parts[1], parts[2]
				switch kind {
				case "sh":
					r.script(code)
				case "yaml":
					r.file(code)
				case "js", "python", "php":
					if os.Getenv("INTERPRETERS") == "all" {
						r.foreignTest(kind, code)
					}
				case "console":
					return strings.Replace(block, code, r.console(code), 1)
				}
				return block
			})
			if r.listener != nil {
				t.Errorf("no block shows what listen prints:\n%s", r.stopListener())
			}
			compareDocument(t, path, string(text), shown)
		})
	}
}

// compareDocument reports how a document differs from what it should be, or with -update
// writes it.
func compareDocument(t *testing.T, path, text, want string) {
	t.Helper()
	if golden.FlagUpdate() {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(text, want); diff != "" {
		t.Errorf("run `go test ./cmd -update` (-%s +program):\n%s", filepath.Base(path), diff)
	}
}

var codeBlock = regexp.MustCompile("(?m)^```(console|sh|yaml|js|python|php)\n((?s:.*?))^```$")

type documentRunner struct {
	t   *testing.T
	dir string
	env []string
	// ports are the ports in the document and the ones used instead.
	ports *strings.Replacer
	back  *strings.Replacer

	listener *exec.Cmd
	printed  *syncBuffer
	compared int // bytes of printed that a block has shown
}

func newDocumentRunner(t *testing.T) *documentRunner {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	endpoint := strings.TrimPrefix(server.URL, "http://127.0.0.1:")
	listener, program := freePort(t), freePort(t)

	dir := t.TempDir()
	return &documentRunner{
		t: t, dir: dir,
		env: append(os.Environ(), "HOME="+dir, "GOBIN="+dir, "NO_COLOR=1", "COLUMNS=100",
			"APIZEE_HOOKS_LISTEN_ADDR=127.0.0.1:"+listener),
		ports: strings.NewReplacer("localhost:3000", "localhost:"+endpoint, ":8279", ":"+listener, ":8281", ":"+program,
			"go run . ", "apizee-hooks "),
		back: strings.NewReplacer("localhost:"+endpoint, "localhost:3000", ":"+listener, ":8279", ":"+program, ":8281"),
	}
}

// freePort returns a port that is free at this moment.
func freePort(t *testing.T) string {
	server := httptest.NewServer(nil)
	defer server.Close()
	return strings.TrimPrefix(server.URL, "http://127.0.0.1:")
}

// commandLimit is how long a command of a document may take.
const commandLimit = time.Minute

// command makes a command of the document. One that begins with a go command runs in the
// checkout, and with the home directory of who runs it, where Go has its caches.
func (r *documentRunner) command(line string) *exec.Cmd {
	line = r.ports.Replace(line)
	ctx, cancel := context.WithTimeout(r.t.Context(), commandLimit)
	r.t.Cleanup(cancel)
	c := exec.CommandContext(ctx, "bash", "-c", "set -o pipefail\n"+line)
	c.WaitDelay = time.Second // what the command left running keeps its output open
	ownGroup(c)
	c.Dir, c.Env = r.dir, r.env
	if strings.HasPrefix(line, "go ") {
		c.Dir, c.Env = "..", append(slices.Clip(r.env), "HOME="+os.Getenv("HOME"))
	}
	return c
}

// output runs a command, ends what it left running, and returns what was printed.
func output(c *exec.Cmd) ([]byte, error) {
	out, err := c.CombinedOutput()
	_ = c.Cancel() // nothing is usually left
	return out, err
}

// script runs a block that shows no output.
func (r *documentRunner) script(code string) {
	r.t.Helper()
	if strings.TrimSpace(code) == "go test ./..." {
		return // this very run
	}
	c := r.command(code)
	c.Args[1] = "-euc"
	if out, err := output(c); err != nil {
		r.t.Errorf("%s\n%s%v", code, out, err)
	}
}

// file writes the file that a block shows. In a file that is not a scenario it checks the
// `run` commands.
func (r *documentRunner) file(code string) {
	r.t.Helper()
	first, _, _ := strings.Cut(code, "\n")
	name, ok := strings.CutPrefix(first, "# ")
	if !ok {
		r.t.Fatalf("the first line must be a comment with the name of the file:\n%s", code)
	}
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(r.ports.Replace(code)), 0o644); err != nil {
		r.t.Fatal(err)
	}
	if strings.Contains(code, "\nsteps:\n") {
		return
	}
	var content yaml.Node
	if err := yaml.Unmarshal([]byte(code), &content); err != nil {
		r.t.Fatalf("%s: %v", name, err)
	}
	uses := 0
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if strings.HasPrefix(n.Value, "apizee-hooks run ") {
			uses++
			r.script(strings.TrimSpace(n.Value) + " --check")
		}
		if r.isReference(n) {
			uses++
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(&content)
	if uses == 0 {
		r.t.Errorf("%s does not use the program", name)
	}
}

// isReference reports whether a mapping uses what this repository offers to CI servers, and checks
// the names in it.
func (r *documentRunner) isReference(n *yaml.Node) bool {
	var use struct {
		Uses, Remote, Repo, Image string
		With, Inputs              map[string]any
		Hooks                     []struct{ ID string }
		Command                   []string
	}
	if n.Kind != yaml.MappingNode || n.Decode(&use) != nil {
		return false
	}
	const repository = "apizee-hooks/apizee-hooks"
	var names []string
	var offered string
	switch {
	case strings.HasPrefix(use.Uses, repository):
		names, offered = slices.Collect(maps.Keys(use.With)), "../.github/actions/apizee-hooks/action.yaml"
	case strings.HasSuffix(use.Remote, ".gitlab/apizee-hooks.yaml"):
		names, offered = slices.Collect(maps.Keys(use.Inputs)), "../.gitlab/apizee-hooks.yaml"
	case strings.HasSuffix(use.Repo, repository):
		offered = "../.pre-commit-hooks.yaml"
		for _, hook := range use.Hooks {
			names = append(names, "- id: "+hook.ID)
		}
	case strings.HasSuffix(use.Image, repository):
		r.script("apizee-hooks " + strings.Join(use.Command, " ") + " --help > help.txt")
		return true
	default:
		return false
	}
	text, err := os.ReadFile(offered)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, name := range names {
		if !regexp.MustCompile("(?m)^ *" + regexp.QuoteMeta(name) + "(:|$)").Match(text) {
			r.t.Errorf("%s does not offer %s", offered, name)
		}
	}
	return true
}

// foreignTest writes the test that a block shows, and runs it.
func (r *documentRunner) foreignTest(kind, code string) {
	r.t.Helper()
	first, _, _ := strings.Cut(code, "\n")
	words := strings.Fields(first)
	name := words[len(words)-1]
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(code), 0o644); err != nil {
		r.t.Fatal(err)
	}
	r.script(map[string]string{"js": "node --test", "python": "python3", "php": "php"}[kind] + " " + name)
}

// console runs the commands of a block and returns the block with what they print now, where
// that differs by more than times and ports.
func (r *documentRunner) console(code string) string {
	r.t.Helper()
	if !strings.HasPrefix(code, "$ ") {
		if r.listener == nil {
			r.t.Fatalf("a console block needs a command:\n%s", code)
		}
		return unlessEqual(code, r.back.Replace(r.stopListener()))
	}
	var shown strings.Builder
	for _, step := range strings.Split("\n"+code, "\n$ ")[1:] {
		line, want, _ := strings.Cut(step, "\n")
		for strings.HasSuffix(line, `\`) {
			more, rest, _ := strings.Cut(want, "\n")
			line, want = line+"\n"+more, rest
		}
		var got string
		if strings.HasPrefix(line, "apizee-hooks listen") {
			got = r.startListener(line)
		} else {
			out, _ := output(r.command(line))
			got = string(out)
		}
		shown.WriteString("$ " + line + "\n" + unlessEqual(want, r.back.Replace(got)))
	}
	return shown.String()
}

// unlessEqual returns what is printed now as whole lines, or what the document shows when
// only times and ports differ.
func unlessEqual(shown, printed string) string {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(normal(shown)), "\n…", "(?s:\n.*)?")
	if regexp.MustCompile("^" + pattern + "$").MatchString(normal(printed)) {
		printed = shown
	} else {
		printed = shorten(printed, shown)
	}
	if printed != "" && !strings.HasSuffix(printed, "\n") {
		printed += "\n"
	}
	return printed
}

// shorten leaves lines out of what is printed, if the document does: it keeps as many at the
// start and at the end.
func shorten(printed, shown string) string {
	lines, parts := strings.SplitAfter(printed, "\n"), strings.Split(shown, "…\n")
	start, end := strings.Count(parts[0], "\n"), strings.Count(parts[len(parts)-1], "\n")
	if len(parts) == 1 || start+end >= len(lines)-1 {
		return printed
	}
	return strings.Join(lines[:start], "") + "…\n" + strings.Join(lines[len(lines)-1-end:], "")
}

// startListener returns what a listener prints until it is ready.
func (r *documentRunner) startListener(line string) string {
	r.listener = r.command("exec " + line)
	r.printed = &syncBuffer{grown: make(chan struct{}, 1)}
	r.listener.Stdout, r.listener.Stderr = r.printed, r.printed
	if err := r.listener.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.printed.waitFor(r.t, "\n")
	ready := r.printed.String()
	r.compared = len(ready)
	return ready
}

// stopListener interrupts the listener and returns what it printed since it was ready.
func (r *documentRunner) stopListener() string {
	r.listener.Process.Signal(syscall.SIGINT)
	r.listener.Wait()
	r.listener = nil
	return r.printed.String()[r.compared:]
}

var (
	durations = regexp.MustCompile(`\d+(\.\d+)? (µs|ms|s)\b`)
	clocks    = regexp.MustCompile(`\d\d:\d\d:\d\d(\.\d+)?`)
	ports     = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	slowest   = regexp.MustCompile(`(?m)^slowest: .*$`)
	seeds     = regexp.MustCompile(`\bseed \d+`)
	unixTimes = regexp.MustCompile(`"time":\d+`)
	spaces    = regexp.MustCompile(` +`)
)

// normal returns a text without what differs between runs.
func normal(s string) string {
	s = ports.ReplaceAllString(s, "127.0.0.1:0")
	s = slowest.ReplaceAllString(s, "slowest:")
	s = durations.ReplaceAllString(s, "0 ms")
	s = clocks.ReplaceAllString(s, "00:00:00")
	s = seeds.ReplaceAllString(s, "seed 0")
	s = unixTimes.ReplaceAllString(s, `"time":0`)
	return spaces.ReplaceAllString(strings.TrimRight(s, "\n"), " ")
}

// waitAtMost bounds every wait of the tests here.
const waitAtMost = 20 * time.Second
