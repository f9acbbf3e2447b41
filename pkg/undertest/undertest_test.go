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

// ended waits until the only program has ended by itself.
func ended(p *Programs) { <-p.all[0].ended }

func TestKillBeforeStart(t *testing.T) {
	p := New(Options{Commands: []string{"sleep 60"}, OnLine: newOutput().line})
	p.Kill()
	if err := p.Start(); err == nil || len(p.all) > 0 {
		t.Errorf("%d were started: %v", len(p.all), err)
		p.Stop()
	}
}

func TestOutputComesInLines(t *testing.T) {
	p, o := beginOne(t, `echo one; echo two >&2; printf 'three\r\nfour'`, 0)
	ended(p)
	p.Stop()
	if got := strings.Join(o.all(), ","); got != "one,two,three,four" {
		t.Error(got)
	}
}

func TestALongLineIsCut(t *testing.T) {
	var lengths []int
	eachLine(strings.NewReader(strings.Repeat("x", 100_000)+"\n"), func(s string) { lengths = append(lengths, len(s)) })
	if !slices.Equal(lengths, []int{64 << 10, 100_000 - 64<<10}) {
		t.Error(lengths)
	}
}

// gone tells whether a process has ended; a zombie, which nobody waits for in a
// container, counts as ended.
func gone(t *testing.T, pid int) bool {
	t.Helper()
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	state, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	text := strings.TrimSpace(string(state))
	return text == "" || strings.HasPrefix(text, "Z")
}

func TestStopEndsTheWholeGroup(t *testing.T) {
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

func TestStopLetsAProgramFinish(t *testing.T) {
	p, o := beginOne(t, `trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done`, 0)
	<-o.came
	p.Stop()
	if got := o.all(); got[len(got)-1] != "bye" {
		t.Error(got)
	}
}

func TestWaitForFailsEarlyWhenTheProgramDies(t *testing.T) {
	p, _ := beginOne(t, `exit 7`, 0)
	err := p.WaitFor(context.Background(), Endpoint{Address: closedAddress(t)})
	var early *EndedError
	if !errors.As(err, &early) || err.Error() != "the program under test ended: exit status 7" {
		t.Error(err)
	}
}

func TestWaitForEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	p, o := beginOne(t, `echo ready; sleep 100`, 0)
	<-o.came
	why := errors.New("enough")
	cancel(why)
	if err := p.WaitFor(ctx, Endpoint{Address: closedAddress(t)}); !errors.Is(err, why) {
		t.Error(err)
	}
}

// The reason is the endpoint's last answer, not that the time was up in the middle of a try.
func TestWaitNamesTheLastAnswer(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	tries := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tries++; tries > 1 {
			cancel()
			<-r.Context().Done()
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	err := waitFor(ctx, Endpoint{URL: server.URL, Client: client()})
	if err == nil || !strings.Contains(err.Error(), "does not answer: it answers 503 Service Unavailable") {
		t.Error(err)
	}
}

func TestWait(t *testing.T) {
	broken := make(chan struct{})
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		select {
		case <-broken:
			w.WriteHeader(http.StatusNotFound) // it answers, so it is there
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

// waitFor waits without a program.
func waitFor(ctx context.Context, endpoints ...Endpoint) error {
	return new(Programs).WaitFor(ctx, endpoints...)
}

// client trusts what everybody trusts.
func client() *deliver.Client {
	return deliver.NewClient(&http.Transport{DisableKeepAlives: true}, time.Now)
}

// Waiting mends no wrong scheme and no certificate that is not trusted.
func TestWaitEndsWhereTLSNeverComes(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	for url, want := range map[string]string{
		strings.Replace(plain.URL, "http:", "https:", 1): "does not speak TLS",
		untrusted.URL: "comes from an unknown authority",
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

func TestSeveralAreNamedAndStoppedInReverse(t *testing.T) {
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

func TestFailedNamesTheProgramThatFailed(t *testing.T) {
	p, _ := begin(t, Options{Commands: []string{"exit 0", "exit 3", "sleep 100"}})
	<-p.all[0].ended
	<-p.all[1].ended
	if err := p.Failed(); err == nil || err.Error() != "program 2 under test ended: exit status 3" {
		t.Error(err)
	}
}

func TestDetachedProgramsMayEndWell(t *testing.T) {
	for command, want := range map[string]string{"exit 0": "", "exit 3": "the program under test ended: exit status 3"} {
		p, _ := begin(t, Options{Commands: []string{command}, Detached: true})
		ended(p)
		if err := p.Failed(); (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: %v", command, err)
		}
	}
}

// A process in a session of its own cannot be stopped with the program, but named.
func TestStopNamesSurvivors(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Log("setsid is not installed")
		return
	}
	for name, test := range map[string]struct {
		redirect string
		seen     bool
	}{
		"holds the output": {"", true},
		"a daemon":         {">/dev/null 2>&1 </dev/null", runtime.GOOS == "linux"},
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

func TestWaitForSeveral(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	live, dead := Endpoint{URL: server.URL, Client: client()}, Endpoint{Address: closedAddress(t)}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for _, endpoints := range [][]Endpoint{{live, dead}, {dead, live}} {
		if err := waitFor(ctx, endpoints...); err == nil || !strings.Contains(err.Error(), dead.Address) {
			t.Error(err)
		}
	}
	if err := waitFor(t.Context(), live, live); err != nil {
		t.Error(err)
	}
}

// closedAddress is one where nothing listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
