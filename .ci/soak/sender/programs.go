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

// programs tests what --exec starts and must stop.
func programs(l *lab.Lab) {
	const sleep = "sleep 86399"
	for name, line := range map[string]string{
		"ignores TERM":                        `trap "" TERM; while :; do ` + sleep + `; done`,
		"forks children":                      sleep + " & " + sleep + " & " + sleep,
		"ends and leaves a child":             sleep + " & exit 0",
		"leaves a child that ignores signals": `(trap "" TERM HUP INT; while :; do ` + sleep + `; done) & ` + sleep,
		"prints endlessly":                    "exec yes",
		"prints an endless line":              `exec tr "\0" x </dev/zero`,
		"closes its output and continues":     "exec >&- 2>&-; " + sleep,
	} {
		scenario := l.Command("run", "ticket-lifecycle", "--loopback", "--exec", line)
		run(l, "run --exec: a program that "+name, scenario, 8*time.Second, []int{0})
		checkNothingLeft(l)
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
	dir := l.File("small")
	l.Must(os.MkdirAll(dir, 0o700))
	l.Must(exec.Command("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", dir).Run())
	defer exec.Command("umount", dir).Run()
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
