package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"

	"gotest.tools/v3/golden"
)

// arrived are receptions of every kind, some of them hostile.
func arrived() []receive.Reception {
	at := time.Date(2026, 1, 2, 12, 4, 5, 123e6, time.Local)
	asApizee := http.Header{"Host": {"h"}, "User-Agent": {apizee.UserAgent}, "Content-Type": {apizee.ContentType}, "X-Api-Key": {"hunter2"}, "X-Team": {"blue"}}
	var all []receive.Reception
	add := func(method, path, body string, change func(*receive.Reception)) {
		at = at.Add(1117 * time.Millisecond)
		r := receive.Reception{
			N: int64(len(all) + 1), At: at, Remote: "127.0.0.1:50000", Method: method, Path: path, Proto: "HTTP/1.1",
			Headers: asApizee, Body: []byte(body), Outcome: receive.Accepted, Status: 204, Took: 400 * time.Microsecond,
			Report: apizee.Documented().ValidateRequest(apizee.Request{Method: method, Headers: asApizee, Body: []byte(body)}),
		}
		if change != nil {
			change(&r)
		}
		all = append(all, r)
	}
	ticket := func(state string) string {
		return fmt.Sprintf(`{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":%q}}`, state)
	}
	add("POST", "/apizeehooks/", ticket("invited"), nil)
	add("POST", "/", `{"event":"create","time":1575976413,"object":"media","objectId":9,"props":{"state":"inprogress","_parent":{"name":"ticket","id":100}}}`, nil)
	add("POST", "/", ticket("opend"), nil)
	add("POST", "/", `{"event":"update","time":1632144366,"object":"conversation","objectId":"734e3a7b-eb17-4d3f-901d-bcff178b","props":{"eventType":"conversationEnded","name":"A long name, with \u001b[31mcolour and 日本語","finishedAt":"2021-09-20T13:25:06+00:00"}}`, nil)
	add("GET", "/favicon.ico?token=abc", "", nil)
	add("POST", "/\x1b]8;;x\x07", "\x1b[2J\xff\u202e", nil)
	add("POST", "/elsewhere", ticket("new"), func(r *receive.Reception) {
		r.Outcome, r.Problem, r.Status, r.Report.Findings = receive.WrongPath, "only /apizeehooks/ is served", 404, nil
	})
	add("POST", "/", ticket("new"), func(r *receive.Reception) {
		r.Outcome, r.Problem, r.Status = receive.NotForwarded, "not forwarded: nothing listens on 127.0.0.1:1", 502
		r.Forwarded = &receive.Forwarded{Failure: &deliver.Failure{Kind: deliver.KindRefused, Message: "nothing listens on 127.0.0.1:1"}}
	})
	add("POST", "/", ticket("new"), func(r *receive.Reception) {
		r.Status, r.Took, r.Forwarded = 201, 12*time.Second, &receive.Forwarded{Status: 201, Took: time.Second}
	})
	add("POST", "/", ticket("new"), func(r *receive.Reception) {
		r.Outcome, r.Problem, r.Status = receive.Failed, "left without an answer on purpose", 0
	})
	return all
}

func headersOf(color bool) headerPrinter {
	return headerPrinter{palette: console.NewPalette(color), required: "x-team"}
}

func lineOf(width int, color bool) linePrinter {
	return linePrinter{headerPrinter: headersOf(color), width: func() int { return width }}
}

// shown is what a printer makes of all that arrived.
func shown(p listenPrinter) string {
	var out []byte
	for _, r := range arrived() {
		out = p.reception(out, &r)
	}
	out = p.malformed(out, receive.Malformed{At: arrived()[0].At, Remote: "127.0.0.1:1", Reason: "400 Bad Request \x1b[2J"})
	return string(append(out, p.leftOut(7)...))
}

func TestListenPrinters(t *testing.T) {
	forwarding := lineOf(80, false)
	forwarding.forwards = true
	withHeaders := lineOf(0, false)
	withHeaders.headers = true
	printers := map[string]listenPrinter{
		"line":          lineOf(0, false),
		"line-80":       lineOf(80, false),
		"line-80-color": lineOf(80, true),
		"line-140":      lineOf(140, false),
		"line-60":       lineOf(60, false),
		"line-40":       lineOf(40, false),
		"line-15":       lineOf(15, false),
		"line-forward":  forwarding,
		"line-headers":  withHeaders,
		"pretty":        prettyPrinter{lineOf(80, false)},
		"pretty-color":  prettyPrinter{lineOf(80, true)},
		"json":          jsonPrinter{headersOf(false)},
	}
	for name, printer := range printers {
		t.Run(name, func(t *testing.T) {
			text := shown(printer)
			if name == "json" {
				// The times of day are the machine's own.
				text = receivedAt.ReplaceAllString(text, `"receivedAt":"T"`)
			}
			golden.Assert(t, text, "listen-"+name+".golden")
			if strings.Contains(text, "hunter2") || strings.Contains(text, "blue") || strings.Contains(text, "token=abc") {
				t.Error("a secret is shown")
			}
		})
	}
}

// TestListenLinesFit wants no line wider than the terminal, and nothing on it that acts
// on the terminal.
func TestListenLinesFit(t *testing.T) {
	for width := 1; width <= 200; width++ {
		p := lineOf(width, false)
		p.forwards = width%2 == 0
		for text := range strings.Lines(shown(p)) {
			text = strings.TrimSuffix(text, "\n")
			if console.Columns(text) > max(width, 5) {
				t.Fatalf("%d columns on %d: %q", console.Columns(text), width, text)
			}
			if console.Safe(text) != text {
				t.Fatalf("unsafe: %q", text)
			}
		}
	}
}

func TestListenTally(t *testing.T) {
	tally := listenTally{catalog: apizee.Documented(), objects: map[string]int{}}
	if got := tally.text(console.Palette{}, 0); got != "0 events" {
		t.Error(got)
	}
	for _, r := range arrived() {
		if r.Outcome.IsEvent() {
			tally.add(&r)
		} else {
			tally.elsewhere++
		}
	}
	if got, want := tally.text(console.Palette{}, 0), "9 events: ticket 5, media 1, conversation 1, other 2; 3 broke the contract; 1 not passed on; 1 other request"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestListenVerdict(t *testing.T) {
	tests := map[string]struct {
		options       listenOptions
		tally         listenTally
		cause, served error
		code          int
	}{
		"stopped":          {listenOptions{}, listenTally{events: 3, broken: 1}, nil, nil, cli.ExitOK},
		"strict":           {listenOptions{strict: true}, listenTally{events: 3, broken: 1}, nil, nil, cli.ExitNo},
		"strict, all well": {listenOptions{strict: true}, listenTally{events: 3}, nil, nil, cli.ExitOK},
		"counted":          {listenOptions{count: 3}, listenTally{events: 3}, errCounted, nil, cli.ExitOK},
		"counted, strict":  {listenOptions{count: 3, strict: true}, listenTally{events: 4, broken: 1}, errCounted, nil, cli.ExitNo},
		"time is up":       {listenOptions{count: 3}, listenTally{events: 2}, errTimeUp, nil, cli.ExitNo},
		"only a time":      {listenOptions{}, listenTally{}, errTimeUp, nil, cli.ExitOK},
		"interrupted":      {listenOptions{count: 3}, listenTally{events: 2}, errors.New("interrupt"), nil, cli.ExitInterrupted},
		"cut off":          {listenOptions{}, listenTally{}, nil, receive.ErrAborted, cli.ExitOK},
		"time is up, lost": {listenOptions{count: 3}, listenTally{events: 3, lost: 1}, errTimeUp, nil, cli.ExitUsage},
		"lost":             {listenOptions{}, listenTally{events: 3, lost: 1}, nil, nil, cli.ExitUsage},
		"dropped":          {listenOptions{}, listenTally{events: 3, dropped: 1}, nil, nil, cli.ExitUnreachable},
		"cannot accept":    {listenOptions{}, listenTally{}, nil, errors.New("too many open files"), cli.ExitUnreachable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := listenSession{app: &app{&cli.App{System: testSystem(new(bytes.Buffer))}}, options: &test.options, tally: test.tally}
			if got := cli.ExitCode(s.verdict(test.cause, test.served)); got != test.code {
				t.Errorf("exit code %d, want %d", got, test.code)
			}
		})
	}
}

func BenchmarkListenLine(b *testing.B) {
	p := lineOf(0, false)
	r := arrived()[0]
	var buffer []byte
	b.ReportAllocs()
	for b.Loop() {
		buffer = p.reception(buffer[:0], &r)
	}
}

func TestListenMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	for own, want := range map[string]int64{"": listenMemory, "1GiB": before} {
		system := testSystem(new(bytes.Buffer))
		system.LookupEnv = func(name string) (string, bool) { return own, own != "" && name == "GOMEMLIMIT" }
		back := (&app{&cli.App{System: system}}).limitMemory()
		if got := debug.SetMemoryLimit(-1); got != want {
			t.Errorf("with a limit %q of the user's own it is %d, want %d", own, got, want)
		}
		back()
		if after := debug.SetMemoryLimit(-1); after != before {
			t.Errorf("%d was left behind, not %d", after, before)
		}
	}
}

func TestLocalAddr(t *testing.T) {
	for bound, want := range map[string]string{"[::]:8799": "127.0.0.1:8799", "0.0.0.0:80": "127.0.0.1:80"} {
		addr, err := net.ResolveTCPAddr("tcp", bound)
		if err != nil {
			t.Fatal(err)
		}
		if got := localAddr(addr); got != want {
			t.Errorf("%s: got %s", bound, got)
		}
	}
}
