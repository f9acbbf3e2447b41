package cmd

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

// listener is a `listen` that runs beside a script.
type listener struct {
	cmd      *exec.Cmd
	out, err *syncBuffer
	ended    chan struct{} // closed once the program has ended
}

type listenerKey struct{}

var readyLine = regexp.MustCompile(`(?:Listening on |"listening":")(https?://[\d.]+:\d+)`)

// listeningOn returns the URL of the listener that has printed a text, or "". The page of --inspect has
// another one.
func listeningOn(printed string) string {
	found := readyLine.FindStringSubmatch(printed)
	if found == nil {
		return ""
	}
	return found[1]
}

// startListener runs `apizee-hooks listen` on a free port until it is stopped, and puts
// its URL into $LISTENER: listener [ARG...].
func startListener(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: listener [ARG...]")
	}
	l := &listener{out: &syncBuffer{grown: make(chan struct{}, 1)}, err: &syncBuffer{grown: make(chan struct{}, 1)}, ended: make(chan struct{})}
	l.cmd = exec.Command(cli.Program, append([]string{"listen", "--addr", "127.0.0.1:0"}, args...)...)
	l.cmd.Dir, l.cmd.Stdout, l.cmd.Stderr = ts.MkAbs("."), l.out, l.err
	for _, name := range []string{"HOME", "PATH", "NO_COLOR", "COLUMNS", "TZ", "http_proxy"} {
		l.cmd.Env = append(l.cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(l.cmd.Start())
	go func() {
		l.cmd.Wait()
		close(l.ended)
	}()
	ts.Defer(func() { l.cmd.Process.Kill() })
	*ts.Value(listenerKey{}).(**listener) = l
	ts.Setenv("LISTENER", l.url(ts))
}

// url waits for the URL that the listener prints.
func (l *listener) url(ts *testscript.TestScript) string {
	timeout := time.After(waitAtMost)
	for {
		if url := listeningOn(l.out.String() + l.err.String()); url != "" {
			return url
		}
		select {
		case <-l.out.grown:
		case <-l.err.grown:
		case <-l.ended:
			ts.Fatalf("it ended, %v, and did not say where it listens: %s%s", l.cmd.ProcessState, l.out, l.err)
		case <-timeout:
			ts.Fatalf("no URL was printed: %s%s", l.out, l.err)
		}
	}
}

// stopListener ends the listener with a signal, or waits for it with "wait", and puts
// what it printed into listener.out and listener.err: stopped int|term|wait CODE.
func stopListener(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: stopped int|term|wait CODE")
	}
	l := *ts.Value(listenerKey{}).(**listener)
	if signal, ok := map[string]os.Signal{"int": os.Interrupt, "term": syscall.SIGTERM}[args[0]]; ok {
		ts.Check(l.cmd.Process.Signal(signal))
	}
	select {
	case <-l.ended:
	case <-time.After(waitAtMost):
		ts.Fatalf("it did not end within %v:\n%s%s", waitAtMost, l.out, l.err)
	}
	ts.Check(os.WriteFile(ts.MkAbs("listener.out"), []byte(l.out.String()), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("listener.err"), []byte(l.err.String()), 0o644))
	if code := strconv.Itoa(l.cmd.ProcessState.ExitCode()); code != args[1] {
		ts.Fatalf("exit code %s, want %s:\n%s%s", code, args[1], l.out, l.err)
	}
}
