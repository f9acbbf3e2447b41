// Sender has every command that delivers meet endpoints that do it wrong, programs under
// test that will not stop, and reports that find no room. No command may hang beyond its
// timeout or take memory without bound; each must end with the exit code that was
// designed and say why. It mounts a small tmpfs, for which it must be root.
//
//	go -C .ci run ./soak/sender
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

const (
	timeout = time.Second
	most    = 80.0 // MiB that a command may take
)

// command is one that delivers.
type command struct {
	name   string
	args   []string
	within time.Duration
}

const scenario = `name: one
steps:
  - send: ticket update
`

func commands(l *lab.Lab) []command {
	l.Must(os.WriteFile(l.File("one.yaml"), []byte(scenario), 0o600))
	line := `{"receivedAt":"2026-01-02T03:04:05Z","method":"POST","path":"/","headers":{},"body":"{}","status":204,"findings":[]}` + "\n"
	l.Must(os.WriteFile(l.File("three.ndjson"), []byte(strings.Repeat(line, 3)), 0o600))
	return []command{
		{"send", []string{"send", "ticket"}, timeout},
		{"run", []string{"run", "./one.yaml"}, timeout},
		{"replay", []string{"replay", "three.ndjson", "--speed", "max"}, 3 * timeout},
		{"load", []string{"load", "--rate", "50/s", "--duration", "2s"}, 2*time.Second + timeout},
		{"audit", []string{"audit"}, 0},
	}
}

// codes are the exit codes that were designed, by endpoint; 3 where none is named.
var codes = map[string][]int{
	"answers 10 GB":         {0},
	"endless chunks":        {0},
	"redirects in a circle": {1},
	"answers 500":           {1},
}

func main() {
	audits := flag.Bool("audits", true, "audit each endpoint too, which takes a minute")
	only := flag.String("only", "", "have this command alone meet the endpoints")
	flag.Parse()
	l := lab.Open("sender")
	for _, c := range commands(l) {
		if c.name == "audit" && !*audits || *only != "" && c.name != *only {
			continue
		}
		for _, e := range endpoints() {
			meet(l, c, e)
		}
	}
	programs(l)
	reports(l)
	l.Close()
}

// meet has a command meet an endpoint.
func meet(l *lab.Lab, c command, e endpoint) {
	p := l.Command(append(c.args, "--to", e.serve(l), "--timeout", timeout.String())...)
	within, want := c.within+2*time.Second, codes[e.name]
	if want == nil {
		want = []int{3}
	}
	if c.name == "audit" {
		within, want = 5*time.Minute, []int{1, 3}
	}
	run(l, c.name+": "+e.name, p, within, want)
}

// run runs a command, and checks what it promises.
func run(l *lab.Lab, name string, p *lab.Process, within time.Duration, want []int) {
	start := time.Now()
	l.Must(p.Begin())
	ended := p.Await(within)
	took, code := time.Since(start), p.ProcessState.ExitCode()
	says := strings.TrimSpace(p.Err.String())
	all := p.Out.String() + says
	clean := utf8.ValidString(all) && !strings.Contains(all, "\x1b") && !strings.Contains(says, "panic")
	told := code == 0 || says != "" || p.Out.String() != ""
	first, _, _ := strings.Cut(says, "\n")
	first = first[:min(len(first), 100)]
	l.Check(name, ended && slices.Contains(want, code) && p.Memory() < most && clean && told,
		"%d in %5.2f s, %2.0f MiB  %s", code, took.Seconds(), p.Memory(), first)
	if !slices.Contains(want, code) {
		fmt.Fprintf(os.Stderr, "%s: %d, want %v\n%s%s\n", name, code, want, p.Out.String(), says)
	}
}
