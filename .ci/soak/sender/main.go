// Sender runs every command that delivers against faulty endpoints, programs that do not stop,
// and reports on a full disk. No command may exceed its timeout or a memory limit; each must
// end with the designed exit code and an error. It mounts a small tmpfs, so it must run as root.
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
	timeout   = time.Second
	maxMemory = 80.0 // MiB per command
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

// codes are the designed exit codes by endpoint; the default is 3.
var codes = map[string][]int{
	"responds with 10 GB": {0},
	"endless chunks":      {0},
	"redirects in a loop": {1},
	"returns 500":         {1},
}

func main() {
	audits := flag.Bool("audits", true, "also audit each endpoint, and with each program, which takes minutes")
	only := flag.String("only", "", "run this command only")
	flag.Parse()
	l := lab.Open("sender")
	for _, c := range commands(l) {
		if c.name == "audit" && !*audits || *only != "" && c.name != *only {
			continue
		}
		for _, e := range endpoints() {
			deliverTo(l, c, e)
		}
	}
	programs(l, *audits)
	reports(l)
	l.Close()
}

// deliverTo runs a command against an endpoint.
func deliverTo(l *lab.Lab, c command, e endpoint) {
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

// run runs a command and checks its time, memory, exit code and output.
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
	l.Check(name, ended && slices.Contains(want, code) && p.Memory() < maxMemory && clean && told,
		"%d in %5.2f s, %2.0f MiB  %s", code, took.Seconds(), p.Memory(), first)
	if !slices.Contains(want, code) {
		fmt.Fprintf(os.Stderr, "%s: %d, want %v\n%s%s\n", name, code, want, p.Out.String(), says)
	}
}
