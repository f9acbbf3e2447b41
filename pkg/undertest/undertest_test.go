//go:build !windows

package undertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
)

// output gathers lines and lets a test wait for one.
type output struct {
	mu    sync.Mutex
	lines []string
	came  chan string
}

func newOutput() *output { return &output{came: make(chan string, 100)} }

func (o *output) line(which Which, s string) {
	if which != 0 {
		s = fmt.Sprint(int(which), s)
	}
	o.mu.Lock()
	o.lines = append(o.lines, s)
	o.mu.Unlock()
	o.came <- s
}

func (o *output) all() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.lines)
}

// begin starts programs that are stopped when the test ends.
func begin(t *testing.T, options Options) (*Programs, *output) {
	t.Helper()
	o := newOutput()
	options.OnLine = o.line
	p := New(options)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop() })
	return p, o
}

func beginOne(t *testing.T, command string, grace time.Duration) (*Programs, *output) {
	t.Helper()
	return begin(t, Options{Commands: []string{command}, Grace: grace})
}

// waitForExit waits until the only program has exited.
func waitForExit(p *Programs) { <-p.all[0].exited }

func TestKillBeforeStart(t *testing.T) {
	p := New(Options{Commands: []string{"sleep 60"}, OnLine: newOutput().line})
	p.Kill()
	if err := p.Start(); err == nil || len(p.all) > 0 {
		t.Errorf("%d were started: %v", len(p.all), err)
		p.Stop()
	}
}

func TestOutputIsSplitIntoLines(t *testing.T) {
	p, o := beginOne(t, `echo one; echo two >&2; printf 'three\r\nfour'`, 0)
	waitForExit(p)
	p.Stop()
	if got := strings.Join(o.all(), ","); got != "one,two,three,four" {
		t.Error(got)
	}
}

func TestLongLineIsSplit(t *testing.T) {
	var lengths []int
	eachLine(strings.NewReader(strings.Repeat("x", 100_000)+"\n"), func(s string) { lengths = append(lengths, len(s)) })
	if !slices.Equal(lengths, []int{64 << 10, 100_000 - 64<<10}) {
		t.Error(lengths)
	}
}

// gone reports whether a process has exited; a zombie, which nobody waits for in a
// container, counts as exited.
func gone(t *testing.T, pid int) bool {
	t.Helper()
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	state, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	text := strings.TrimSpace(string(state))
	return text == "" || strings.HasPrefix(text, "Z")
}

func TestStopKillsTheWholeGroup(t *testing.T) {
	tests := []struct{ name, command string }{
		{"asked", `sleep 100 & echo $!; wait`},
		{"deaf to TERM", `trap '' TERM; sh -c 'trap "" TERM; echo $$; while :; do sleep 100; done'`},
		{"the parent left first", `sh -c 'trap "" TERM; echo $$; while :; do sleep 100; done' & exit 0`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, o := beginOne(t, tt.command, 50*time.Millisecond)
			pid, err := strconv.Atoi(<-o.came)
			if err != nil {
				t.Fatal(err)
			}
			p.Stop()
			if !gone(t, pid) {
				t.Error("a child is still there")
			}
			p.Stop() // again is fine
		})
	}
}

func TestKillDoesNotWait(t *testing.T) {
	p, o := beginOne(t, `trap '' TERM; sh -c 'trap "" TERM; echo $$; while :; do sleep 100; done'`, time.Hour)
	pid, err := strconv.Atoi(<-o.came)
	if err != nil {
		t.Fatal(err)
	}
	p.Kill()
	p.Stop()
	if !gone(t, pid) {
		t.Error("a child is still there")
	}
}

func TestStopIsGraceful(t *testing.T) {
	p, o := beginOne(t, `trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done`, 0)
	<-o.came
	p.Stop()
	if got := o.all(); got[len(got)-1] != "bye" {
		t.Error(got)
	}
}

func TestWaitForFailsWhenProgramExits(t *testing.T) {
	p, _ := beginOne(t, `exit 7`, 0)
	err := p.WaitFor(context.Background(), Endpoint{Address: closedAddress(t)})
	var exit *ExitError
	if !errors.As(err, &exit) || err.Error() != "the program under test exited early: exit status 7" {
		t.Error(err)
	}
}

func TestWaitForStopsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	p, o := beginOne(t, `echo ready; sleep 100`, 0)
	<-o.came
	cancel()
	if err := p.WaitFor(ctx, Endpoint{Address: closedAddress(t)}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The error is about the last response, not about a later attempt that was cut short.
func TestWaitForReturnsLastError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	attempts := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if attempts++; attempts > 1 {
			cancel()
			<-r.Context().Done()
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	err := waitFor(ctx, Endpoint{URL: server.URL, Client: client()})
	if err == nil || !strings.Contains(err.Error(), "returns 503 Service Unavailable") {
		t.Error(err)
	}
}

// The wait is shorter than the timeout of an attempt, which the error must not name.
func TestWaitForHangingServer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := waitFor(ctx, Endpoint{URL: server.URL, Client: client()})
	if want := "no response from " + server.Listener.Addr().String() + " in time"; err == nil || err.Error() != want {
		t.Errorf("%v, not %s", err, want)
	}
}

// A dialer may notice a deadline before its context does.
func TestWaitForAtTheDeadline(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dialed := 0
	e := Endpoint{Address: "localhost:1", Dial: func(context.Context, string, string) (net.Conn, error) {
		if dialed++; dialed == 1 {
			return nil, syscall.ECONNREFUSED
		}
		return nil, os.ErrDeadlineExceeded
	}}
	err := e.wait(expired{ctx}, func() error {
		if dialed > 1 {
			cancel() // after the attempt
		}
		return nil
	})
	if !errors.Is(err, syscall.ECONNREFUSED) || dialed < 2 {
		t.Errorf("%v after %d attempts", err, dialed)
	}
}

// expired is a context at its deadline that has no error yet.
type expired struct{ context.Context }

func (expired) Deadline() (time.Time, bool) { return time.Now(), true }

func TestWaitForUnknownHost(t *testing.T) {
	e := Endpoint{Address: "foo.invalid:80", Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "foo.invalid", Server: "10.0.0.1:53", IsNotFound: true}}
	}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := waitFor(ctx, e); err == nil || err.Error() != "unknown host foo.invalid" {
		t.Error(err)
	}
}

func TestWaitFor(t *testing.T) {
	broken := make(chan struct{})
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		select {
		case <-broken:
			w.WriteHeader(http.StatusNotFound) // any status below 500 is enough
		default:
			once.Do(func() { close(broken) })
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	for _, s := range []string{server.URL + "/health", strings.TrimPrefix(server.URL, "http://")} {
		e, err := ParseEndpoint(s)
		if err != nil {
			t.Fatal(err)
		}
		e.Client = client()
		if err := waitFor(context.Background(), e); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// waitFor waits for endpoints without a program.
func waitFor(ctx context.Context, endpoints ...Endpoint) error {
	return new(Programs).WaitFor(ctx, endpoints...)
}

// client uses the default trust store.
func client() *deliver.Client {
	return deliver.NewClient(&http.Transport{DisableKeepAlives: true}, time.Now)
}

// Waiting does not help against a wrong scheme or an untrusted certificate.
func TestWaitForFailsWithoutTLS(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	for url, want := range map[string]string{
		strings.Replace(plain.URL, "http:", "https:", 1): "does not use TLS",
		untrusted.URL: "is from an unknown authority",
	} {
		var failure *deliver.Failure
		err := waitFor(t.Context(), Endpoint{URL: url, Client: client()})
		if !errors.As(err, &failure) || failure.Kind != deliver.KindTLS || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", url, err)
		}
	}
	trusting := deliver.NewClient(untrusted.Client().Transport.(*http.Transport), time.Now)
	if err := waitFor(t.Context(), Endpoint{URL: untrusted.URL, Client: trusting}); err != nil {
		t.Error(err)
	}
}

// Waiting does not help when the endpoint speaks another protocol, such as HTTP/2 only.
func TestWaitForFailsWithoutHTTP1(t *testing.T) {
	url := delivertest.Respond(t, "\x00\x00\x00\x04\x00\x00\x00\x00\x00") // HTTP/2 settings
	var failure *deliver.Failure
	err := waitFor(t.Context(), Endpoint{URL: url, Client: client()})
	if !errors.As(err, &failure) || failure.Kind != deliver.KindBadResponse || !strings.Contains(err.Error(), "HTTP/2") {
		t.Error(err)
	}
}

func TestParseEndpoint(t *testing.T) {
	for s, want := range map[string]string{
		"http://localhost:3000/x": "http://localhost:3000/x",
		"localhost:3000":          "localhost:3000",
		":3000":                   "localhost:3000",
		"[::1]:80":                "[::1]:80",
		"localhost":               "localhost:80",
		"3000":                    "localhost:3000",
		"localhost:3000/health":   "http://localhost:3000/health",
		"nothing":                 "",
		"host:99999":              "",
		"http://host:99999":       "",
		"127.0.0.1:0":             "",
		"http://127.0.0.1:/x":     "",
		"ftp://host/":             "",
		"http://":                 "",
		"host:":                   "",
	} {
		e, err := ParseEndpoint(s)
		if (err != nil) != (want == "") || err == nil && e.String() != want {
			t.Errorf("%s: got %v, %v", s, e, err)
		}
	}
}

func TestSeveralProgramsAreStoppedInReverse(t *testing.T) {
	const program = `trap "echo bye; exit" TERM; echo ready; while :; do sleep 0.01; done`
	p, o := begin(t, Options{Commands: []string{program, program}})
	<-o.came
	<-o.came
	p.Stop()
	byes := slices.DeleteFunc(o.all(), func(line string) bool { return !strings.HasSuffix(line, "bye") })
	if !slices.Equal(byes, []string{"2bye", "1bye"}) {
		t.Error(o.all())
	}
}

func TestFailedPrefersFailedProgram(t *testing.T) {
	p, _ := begin(t, Options{Commands: []string{"exit 0", "exit 3", "sleep 100"}})
	<-p.all[0].exited
	<-p.all[1].exited
	if err := p.Failed(); err == nil || err.Error() != "program 2 under test exited early: exit status 3" {
		t.Error(err)
	}
}

// A program that is about to exit is waited for, and one that is stopped does not exit early.
func TestSettle(t *testing.T) {
	p, _ := begin(t, Options{Commands: []string{"exit 0", "sleep 0.1; exit 3"}})
	p.Settle(t.Context())
	for range 2 {
		if err := p.Failed(); err == nil || err.Error() != "program 2 under test exited early: exit status 3" {
			t.Error(err)
		}
		p.Stop()
	}

	p, o := begin(t, Options{Commands: []string{"trap 'exit 3' USR1; echo ready; while :; do sleep 0.01; done"}})
	<-o.came
	over, cancel := context.WithCancel(t.Context())
	cancel()
	p.Settle(over)
	_ = syscall.Kill(p.all[0].group.id, syscall.SIGUSR1)
	waitForExit(p)
	if err := p.Failed(); err != nil {
		t.Errorf("settled without an exit: %v", err)
	}

	p, _ = begin(t, Options{Commands: []string{"sleep 100", "exit 3"}})
	<-p.all[1].exited
	p.Stop()
	if err := p.Failed(); err == nil || err.Error() != "program 2 under test exited early: exit status 3" {
		t.Errorf("the failure before the stop: %v", err)
	}
}

func TestDetachedProgramsMayExit(t *testing.T) {
	for command, want := range map[string]string{"exit 0": "", "exit 3": "the program under test exited early: exit status 3"} {
		p, _ := begin(t, Options{Commands: []string{command}, Detached: true})
		waitForExit(p)
		if err := p.Failed(); (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: %v", command, err)
		}
	}
}

// A process in a session of its own cannot be stopped with the program.
func TestStopListsSurvivors(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Log("setsid is not installed")
		return
	}
	for name, test := range map[string]struct {
		redirect string
		seen     bool
	}{
		"keeps output open": {"", true},
		"a daemon":          {">/dev/null 2>&1 </dev/null", runtime.GOOS == "linux"},
	} {
		t.Run(name, func(t *testing.T) {
			p, o := beginOne(t, `f=$(mktemp -u) && mkfifo $f; setsid sh -c "echo \$\$ >$f; exec sleep 20" `+test.redirect+` & cat $f; rm $f; sleep 100`, 0)
			pid, err := strconv.Atoi(<-o.came)
			if err != nil {
				t.Fatal(err)
			}
			defer syscall.Kill(pid, syscall.SIGKILL)
			survivors := strings.Join(p.Stop(), ", ")
			if (survivors != "") != test.seen || runtime.GOOS == "linux" && survivors != fmt.Sprintf("sleep (pid %d)", pid) {
				t.Errorf("%q", survivors)
			}
		})
	}
}

// Without a program, no process is a survivor.
func TestStopWithoutPrograms(t *testing.T) {
	for name, programs := range map[string]*Programs{"zero": {}, "none": New(Options{})} {
		if survivors := programs.Stop(); len(survivors) > 0 {
			t.Errorf("%s: %v", name, survivors)
		}
	}
}

func TestWaitForSeveral(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	live, dead := Endpoint{URL: server.URL, Client: client()}, Endpoint{Address: closedAddress(t)}
	for _, deadIsFirst := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		dead.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			defer cancel() // one attempt is enough
			return new(net.Dialer).DialContext(ctx, network, address)
		}
		endpoints := []Endpoint{live, dead}
		if deadIsFirst {
			endpoints = []Endpoint{dead, live}
		}
		if err := waitFor(ctx, endpoints...); err == nil || !strings.Contains(err.Error(), dead.Address) {
			t.Error(err)
		}
	}
	if err := waitFor(t.Context(), live, live); err != nil {
		t.Error(err)
	}
}

// closedAddress returns an address where nothing listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
