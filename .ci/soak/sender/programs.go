package main

import (
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

// programs are those that --exec is to start and stop.
func programs(l *lab.Lab) {
	const sleep = "sleep 86399"
	for name, line := range map[string]string{
		"ignores TERM":                  `trap "" TERM; while :; do ` + sleep + `; done`,
		"forks children":                sleep + " & " + sleep + " & " + sleep,
		"ends and leaves a child":       sleep + " & exit 0",
		"leaves a child that is deaf":   `(trap "" TERM HUP INT; while :; do ` + sleep + `; done) & ` + sleep,
		"prints without end":            "exec yes",
		"prints a line without end":     `exec tr "\0" x </dev/zero`,
		"closes its output and goes on": "exec >&- 2>&-; " + sleep,
	} {
		play := l.Command("run", "ticket-lifecycle", "--loopback", "--exec", line)
		run(l, "run --exec: a program that "+name, play, 8*time.Second, []int{0})
		gone(l)
	}
	never := l.Command("run", "ticket-lifecycle", "--loopback", "--exec", sleep, "--wait-for", "127.0.0.1:1")
	interrupt(l, "run --exec: interrupted while it waits", never, syscall.SIGINT)
	deaf := l.Command("run", "ticket-lifecycle", "--loopback", "--exec", `trap "" TERM; while :; do `+sleep+`; done`, "--wait-for", "127.0.0.1:1")
	interrupt(l, "run --exec: interrupted, with a deaf program", deaf, syscall.SIGINT)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // else nohup around this would reach the command
	closed := l.Command("run", "ticket-lifecycle", "--loopback", "--exec", sleep, "--wait-for", "127.0.0.1:1")
	interrupt(l, "run --exec: the terminal is closed", closed, syscall.SIGHUP)
	twice := l.Command("run", "ticket-lifecycle", "--loopback", "--exec", `trap "" TERM; while :; do `+sleep+`; done`, "--wait-for", "127.0.0.1:1")
	interrupt(l, "run --exec: interrupted twice, with a deaf program", twice, syscall.SIGINT, syscall.SIGINT)
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
	gone(l)
}

// gone checks that nothing of the program under test is left.
func gone(l *lab.Lab) {
	time.Sleep(100 * time.Millisecond)
	left := l.Left()
	l.Check("  nothing of it is left", len(left) == 0, "%d processes", len(left))
	for _, pid := range left {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

// reports are written where there is no room.
func reports(l *lab.Lab) {
	folder := l.File("small")
	l.Must(os.MkdirAll(folder, 0o700))
	l.Must(exec.Command("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", folder).Run())
	defer exec.Command("umount", folder).Run()
	const old = "the report of an earlier run"
	l.Must(os.WriteFile(folder+"/report", []byte(old), 0o600))
	os.WriteFile(folder+"/filler", make([]byte, 64<<10), 0o600) // as much as there is room for
	listener, addr := l.Listen(io.Discard)
	defer listener.End(os.Interrupt, 5*time.Second)
	for _, args := range [][]string{
		{"run", "./one.yaml", "--report", "junit=small/report"},
		{"load", "--rate", "50/s", "--duration", "500ms", "--report", "html=small/report"},
		{"audit", "--report", "html=small/report", "--skip", "slow-body"},
	} {
		p := l.Command(append(args, "--to", "http://"+addr+"/", "--timeout", timeout.String())...)
		run(l, args[0]+": no room for a report", p, 30*time.Second, []int{1, 2, 3})
		text, _ := os.ReadFile(folder + "/report")
		files, _ := os.ReadDir(folder)
		l.Check("  the old report is kept, and nothing else left", string(text) == old && len(files) == 2, "%d files; it says: %q", len(files), p.Err.String())
	}
}
