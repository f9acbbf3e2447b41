package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

// sleep is a process that would outlive the soak test.
const sleep = "sleep 86399"

// kind is a kind of program that does not stop as it should.
type kind struct {
	name, line string
	reported   bool // it leaves its process group; it is named, and not killed
}

func kinds() []kind {
	return []kind{
		{name: "ignores TERM", line: `trap "" TERM; while :; do ` + sleep + `; done`},
		{name: "ignores all signals", line: `trap "" TERM HUP INT QUIT USR1 USR2 PIPE; while :; do ` + sleep + `; done`},
		{name: "forks children", line: sleep + " & " + sleep + " & " + sleep},
		{name: "forks 200 children that ignore TERM", line: `trap "" TERM; for i in $(seq 200); do ` + sleep + ` & done; wait`},
		{name: "forks while it is stopped", line: `trap "for i in 1 2 3 4 5; do ` + sleep + ` & done" TERM; while :; do ` + sleep + ` & wait; done`},
		{name: "ends and leaves a child", line: sleep + " & exit 0"},
		{name: "leaves a child that ignores signals", line: `(trap "" TERM HUP INT; while :; do ` + sleep + `; done) & ` + sleep},
		{name: "leaves its process group", line: "setsid " + sleep + " & " + sleep, reported: true},
		{name: "prints endlessly", line: "exec yes"},
		{name: "prints endlessly on both outputs, ignoring TERM", line: `trap "" TERM; yes & exec yes >&2`},
		{name: "prints an endless line", line: `exec tr "\0" x </dev/zero`},
		{name: "fills a pipe that nobody reads", line: "yes | " + sleep},
		{name: "closes its output and continues", line: "exec >&- 2>&-; " + sleep},
	}
}

// programs tests what --exec starts and must stop.
func programs(l *lab.Lab, audits bool) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer server.Close()
	for _, k := range kinds() {
		k.runs(l, "run", 8*time.Second, []int{0}, "run", "ticket-lifecycle", "--loopback")
		if audits {
			k.runs(l, "audit", 2*time.Minute, []int{0, 1}, "audit", "--to", server.URL, "--settle", "0s", "--skip", "slow-body,burst")
		}
	}
	never := l.Command("run", "ticket-lifecycle", "--loopback", "--exec", sleep, "--wait-for", "127.0.0.1:1")
	interrupt(l, "run --exec: interrupted while it waits", never, syscall.SIGINT)
	ignoring := l.Command("run", "ticket-lifecycle", "--loopback", "--exec", `trap "" TERM; while :; do `+sleep+`; done`, "--wait-for", "127.0.0.1:1")
	interrupt(l, "run --exec: interrupted, with a program that ignores TERM", ignoring, syscall.SIGINT)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // else nohup around this would reach the command
	closed := l.Command("run", "ticket-lifecycle", "--loopback", "--exec", sleep, "--wait-for", "127.0.0.1:1")
	interrupt(l, "run --exec: the terminal is closed", closed, syscall.SIGHUP)
	twice := l.Command("run", "ticket-lifecycle", "--loopback", "--exec", `trap "" TERM; while :; do `+sleep+`; done`, "--wait-for", "127.0.0.1:1")
	interrupt(l, "run --exec: interrupted twice, with a program that ignores TERM", twice, syscall.SIGINT, syscall.SIGINT)
}

// runs runs a command with the program.
func (k kind) runs(l *lab.Lab, command string, within time.Duration, codes []int, args ...string) {
	p := l.Command(append(args, "--exec", k.line)...)
	run(l, command+" --exec: a program that "+k.name, p, within, codes)
	if !k.reported {
		checkNothingLeft(l)
		return
	}
	left := l.Left()
	named := 0
	for _, pid := range left {
		if strings.Contains(p.Err.String(), fmt.Sprintf("(pid %d)", pid)) {
			named++
		}
		syscall.Kill(pid, syscall.SIGKILL)
	}
	l.Check("  what is left is named", len(left) > 0 && named == len(left), "%d of %d processes", named, len(left))
}

// interrupt stops a run by signals, half a second apart.
func interrupt(l *lab.Lab, name string, p *lab.Process, signals ...syscall.Signal) {
	go func() {
		for _, s := range signals {
			time.Sleep(500 * time.Millisecond)
			p.Process.Signal(s)
		}
	}()
	run(l, name, p, 8*time.Second, []int{130, -1})
	checkNothingLeft(l)
}

// checkNothingLeft checks that no process of the program under test is left.
func checkNothingLeft(l *lab.Lab) {
	time.Sleep(100 * time.Millisecond)
	left := l.Left()
	l.Check("  nothing of it is left", len(left) == 0, "%d processes", len(left))
	for _, pid := range left {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

// reports tests reports on a full disk.
func reports(l *lab.Lab) {
	dir := l.Disk("small", "16k")
	const old = "the report of an earlier run"
	l.Must(os.WriteFile(dir+"/report", []byte(old), 0o600))
	os.WriteFile(dir+"/filler", make([]byte, 64<<10), 0o600) // until the disk is full
	listener, addr := l.Listen(io.Discard)
	defer listener.End(os.Interrupt, 5*time.Second)
	for _, args := range [][]string{
		{"run", "./one.yaml", "--report", "junit=small/report"},
		{"load", "--rate", "50/s", "--duration", "500ms", "--report", "html=small/report"},
		{"audit", "--report", "html=small/report", "--skip", "slow-body"},
	} {
		p := l.Command(append(args, "--to", "http://"+addr+"/", "--timeout", timeout.String())...)
		run(l, args[0]+": no room for a report", p, 30*time.Second, []int{1, 2, 3})
		text, _ := os.ReadFile(dir + "/report")
		files, _ := os.ReadDir(dir)
		l.Check("  the old report is kept, and nothing else left", string(text) == old && len(files) == 2, "%d files; it says: %q", len(files), p.Err.String())
	}
}
