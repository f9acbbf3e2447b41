package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gotest.tools/v3/golden"
)

const readmePath = "../README.md"

// TestREADME runs every command of the README and holds what it prints against
// what the README shows. Times, durations and ports may differ.
//
//	```console   commands after "$ ", each followed by what it prints
//	```sh        a script that must end with exit code 0
//	```yaml      a scenario, if it has steps, that a listener takes without a complaint
//
// A comment before a block, <!-- meanwhile: COMMANDS -->, holds what is run once
// the block's own command says that it is ready.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	r := newReadmeRunner(t)
	shown := codeBlock.ReplaceAllStringFunc(string(text), func(block string) string {
		parts := codeBlock.FindStringSubmatch(block)
		meanwhile, kind, code := parts[2], parts[3], parts[4]
		switch kind {
		case "sh":
			r.script(code)
			return block
		case "yaml":
			r.scenario(code)
			return block
		}
		return strings.Replace(block, code, r.console(code, meanwhile), 1)
	})
	if golden.FlagUpdate() {
		if err := os.WriteFile(readmePath, []byte(shown), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text), shown); diff != "" {
		t.Errorf("the README shows something else (-README +program):\n%s", diff)
	}
}

var codeBlock = regexp.MustCompile("(?m)(^<!-- meanwhile: (.*) -->\n+)?^```(console|sh|yaml)\n((?s:.*?))^```$")

type readmeRunner struct {
	t   *testing.T
	dir string
	env []string
	// ports are what the README says and what stands for it here.
	ports *strings.Replacer
	back  *strings.Replacer
}

func newReadmeRunner(t *testing.T) *readmeRunner {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte("ticket")) && r.URL.Path == "/failing/" {
			http.Error(w, "no such table: tickets", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	endpoint := strings.TrimPrefix(server.URL, "http://127.0.0.1:")
	listener := freePort(t)

	dir := t.TempDir()
	return &readmeRunner{
		t: t, dir: dir,
		env: append(os.Environ(), "HOME="+dir, "NO_COLOR=1", "COLUMNS=100"),
		ports: strings.NewReplacer("localhost:3000", "localhost:"+endpoint, "127.0.0.1:8279", "127.0.0.1:"+listener,
			"apizee-hooks listen", "apizee-hooks listen --addr 127.0.0.1:"+listener, "go run . ", "apizee-hooks ", "8281", freePort(t)),
		back: strings.NewReplacer("localhost:"+endpoint, "localhost:3000", "127.0.0.1:"+listener, "127.0.0.1:8279"),
	}
}

// freePort is a port that nothing listens on just now.
func freePort(t *testing.T) string {
	server := httptest.NewServer(nil)
	defer server.Close()
	return strings.TrimPrefix(server.URL, "http://127.0.0.1:")
}

func (r *readmeRunner) command(ctx context.Context, line string) *exec.Cmd {
	c := exec.CommandContext(ctx, "bash", "-c", r.ports.Replace(line))
	c.Dir, c.Env = r.dir, r.env
	ownGroup(c)
	return c
}

// output runs commands to their end and returns what they print. A program that they leave
// running is ended, so that neither the test nor a later block waits for it.
func (r *readmeRunner) output(line string) (string, error) {
	ctx, cancel := context.WithTimeout(r.t.Context(), waitAtMost)
	defer cancel()
	var out bytes.Buffer
	c := r.command(ctx, line)
	c.Stdout, c.Stderr = &out, &out
	c.WaitDelay = leftoverDelay
	err := c.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = errors.New("it left a program running, which kept its output open")
	}
	if ctx.Err() != nil {
		err = fmt.Errorf("it did not end within %v", waitAtMost)
	}
	if c.Process != nil {
		_ = c.Cancel()
	}
	return out.String(), err
}

// script runs a block that shows no output.
func (r *readmeRunner) script(code string) {
	r.t.Helper()
	if strings.TrimSpace(code) == "go test ./..." {
		return // this very run
	}
	out, err := r.output("set -euo pipefail\n" + code)
	if err != nil {
		r.t.Errorf("%s\n%s%v", code, out, err)
	}
}

// scenario plays a scenario; other YAML is for other programs.
func (r *readmeRunner) scenario(code string) {
	r.t.Helper()
	if !strings.Contains(code, "\nsteps:\n") {
		return
	}
	if err := os.WriteFile(filepath.Join(r.dir, "readme.yaml"), []byte(code), 0o644); err != nil {
		r.t.Fatal(err)
	}
	r.script("apizee-hooks run readme.yaml --loopback")
}

// console runs the commands of a block and returns the block with what they
// print now, where that differs by more than times and ports.
func (r *readmeRunner) console(code, meanwhile string) string {
	var shown strings.Builder
	for _, step := range strings.Split("\n"+code, "\n$ ")[1:] {
		line, want, _ := strings.Cut(step, "\n")
		for strings.HasSuffix(line, `\`) {
			more, rest, _ := strings.Cut(want, "\n")
			line, want = line+"\n"+more, rest
		}
		got := r.back.Replace(r.run(line, meanwhile))
		if normal(got) == normal(want) {
			got = want
		}
		shown.WriteString("$ " + line + "\n" + got)
		if got != "" && !strings.HasSuffix(got, "\n") {
			shown.WriteString("\n")
		}
	}
	return shown.String()
}

func (r *readmeRunner) run(line, meanwhile string) string {
	if meanwhile == "" {
		out, err := r.output(line)
		if err != nil && !errors.As(err, new(*exec.ExitError)) {
			r.t.Errorf("%s\n%v", line, err)
		}
		return out
	}
	return r.runBeside(line, meanwhile)
}

// runBeside runs a command until it says that it is ready, then the commands
// beside it, then interrupts it.
func (r *readmeRunner) runBeside(line, meanwhile string) string {
	ctx, cancel := context.WithTimeout(r.t.Context(), 2*waitAtMost)
	defer cancel()
	c := r.command(ctx, "exec "+line)
	out := &syncBuffer{grown: make(chan struct{}, 1)}
	c.Stdout, c.Stderr = out, out
	c.WaitDelay = leftoverDelay
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	out.waitFor(r.t, "Listening on")
	for _, command := range strings.Split(meanwhile, "; ") {
		r.output(command)
	}
	c.Process.Signal(syscall.SIGINT)
	c.Wait()
	return out.String()
}

var (
	durations = regexp.MustCompile(`\d+(\.\d+)? (µs|ms|s)\b`)
	clocks    = regexp.MustCompile(`\d\d:\d\d:\d\d(\.\d+)?`)
	ports     = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	slowest   = regexp.MustCompile(`(?m)^slowest: .*$`)
	unixTimes = regexp.MustCompile(`"time":\d+`)
	spaces    = regexp.MustCompile(` +`)
)

// normal is a text without what differs from run to run.
func normal(s string) string {
	s = ports.ReplaceAllString(s, "127.0.0.1:0")
	s = slowest.ReplaceAllString(s, "slowest:")
	s = durations.ReplaceAllString(s, "0 ms")
	s = clocks.ReplaceAllString(s, "00:00:00")
	s = unixTimes.ReplaceAllString(s, `"time":0`)
	return spaces.ReplaceAllString(strings.TrimRight(s, "\n"), " ")
}

// waitAtMost bounds every wait of the tests here.
const waitAtMost = 20 * time.Second

// leftoverDelay is how long output may stay open once the command itself has ended.
const leftoverDelay = time.Second

func TestREADMEBlocksEnd(t *testing.T) {
	r := newReadmeRunner(t)
	for line, want := range map[string]string{
		"echo said":                "",
		"exit 3":                   "exit status 3",
		"sleep 600 >&- 2>&- &":     "",
		"sleep 600 & echo started": "it left a program running, which kept its output open",
	} {
		if _, err := r.output(line); fmt.Sprint(err) != want && (err != nil || want != "") {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}
