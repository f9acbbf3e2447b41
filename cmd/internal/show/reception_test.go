package show

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/golden"
)

var receivedAt = regexp.MustCompile(`(?m)("receivedAt":"|^)\d{4}-\d\d-\d\dT[\d:.]+Z([",])`)

// receptions returns receptions of every kind, some of them hostile.
func receptions() []receive.Reception {
	at := time.Date(2026, 1, 2, 12, 4, 5, 123e6, time.Local)
	asApizee := http.Header{"Host": {"h"}, "User-Agent": {apizee.UserAgent}, "Content-Type": {apizee.ContentType}, "X-Api-Key": {"hunter2"}, "X-Team": {"blue"}}
	endpoint := &url.URL{Scheme: "http", Host: "127.0.0.1:1", Path: "/", User: url.UserPassword("me", "hunter3")}
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
	add("POST", "/", `{"event":"update","time":1632144366,"object":"conversation","objectId":"734e3a7b-eb17-4d3f-901d-bcff178b","props":{"eventType":"conversationEnded","name":"A long name, with \u001b[31mcolor and 日本語","finishedAt":"2021-09-20T13:25:06+00:00"}}`, nil)
	add("GET", "/favicon.ico?token=abc", "", nil)
	add("POST", "/\x1b]8;;x\x07", "\x1b[2J\xff\u202e", nil)
	add("POST", "/elsewhere", ticket("new"), func(r *receive.Reception) {
		r.Outcome, r.Problem, r.Status, r.Report.Findings = receive.WrongPath, "only /apizeehooks/ is served", 404, nil
	})
	add("POST", "/", ticket("new"), func(r *receive.Reception) {
		r.Outcome, r.Problem, r.Status = receive.NotForwarded, "not forwarded: connection refused by 127.0.0.1:1", 502
		r.Forwarded = &receive.Forwarded{URL: endpoint, Failure: &deliver.Failure{Kind: deliver.KindRefused, Message: "connection refused by 127.0.0.1:1"}}
	})
	add("POST", "/", ticket("new"), func(r *receive.Reception) {
		r.Status, r.Took, r.Forwarded = 201, 12*time.Second, &receive.Forwarded{URL: endpoint, Status: 201, Took: time.Second}
	})
	add("POST", "/", ticket("new"), func(r *receive.Reception) {
		r.Status, r.Forwarded = 422, &receive.Forwarded{
			URL: endpoint, Status: 422, Took: time.Second, Response: recording.Response{
				Headers: http.Header{"Content-Type": {"text/plain"}, "X-Echo": {"key hunter2"}},
				Body:    []byte("no such ticket, said hunter2\r\n\n\x1b[2J second line\nthird\nfourth"), Truncated: true,
			},
		}
	})
	add("POST", "/", ticket("new"), func(r *receive.Reception) {
		r.Outcome, r.Problem, r.Status = receive.Failed, "injected fault: no response", 0
	})
	return all
}

func receptionsOf(width int, color bool) Receptions {
	return Receptions{
		Style:        Style{Palette: console.NewPalette(color), Width: func() int { return width }},
		SecretHeader: "x-team",
	}
}

// shown returns the output of a printer for all receptions.
func shown(p ReceptionPrinter) string {
	var out []byte
	for _, r := range receptions() {
		out = p.Item(out, &r)
	}
	out = p.Malformed(out, receive.Malformed{At: receptions()[0].At, Remote: "127.0.0.1:1", Reason: "400 Bad Request \x1b[2J"})
	return string(append(out, p.Omitted(7)...))
}

func TestReceptions(t *testing.T) {
	forwarding := receptionsOf(80, false)
	forwarding.Forward = &url.URL{Scheme: "http", Host: "localhost"}
	withHeaders := receptionsOf(0, false)
	withHeaders.Headers = true
	printers := map[string]ReceptionPrinter{
		"line":          receptionsOf(0, false).In(Line),
		"line-80":       receptionsOf(80, false).In(Line),
		"line-80-color": receptionsOf(80, true).In(Line),
		"line-140":      receptionsOf(140, false).In(Line),
		"line-60":       receptionsOf(60, false).In(Line),
		"line-40":       receptionsOf(40, false).In(Line),
		"line-15":       receptionsOf(15, false).In(Line),
		"line-forward":  forwarding.In(Line),
		"line-headers":  withHeaders.In(Line),
		"pretty":        receptionsOf(80, false).In(Pretty),
		"pretty-color":  receptionsOf(80, true).In(Pretty),
		"json":          receptionsOf(0, false).In(JSON),
		"csv":           receptionsOf(0, false).In(CSV),
	}
	for name, printer := range printers {
		t.Run(name, func(t *testing.T) {
			// For programs the times depend on the time zone of the machine.
			text := receivedAt.ReplaceAllString(shown(printer), `${1}T$2`)
			golden.Assert(t, text, "reception-"+name+".golden")
			if strings.Contains(text, "hunter2") || strings.Contains(text, "blue") || strings.Contains(text, "token=abc") {
				t.Error("a secret is shown")
			}
		})
	}
}

// TestForwardedBodyRepeatsNoSecret checks the response of an endpoint that repeats what it was sent.
func TestForwardedBodyRepeatsNoSecret(t *testing.T) {
	p := receptionsOf(0, false)
	r := receive.Reception{
		Path:      "/in?token=hunter21&p%61ss=hunter22",
		Headers:   map[string][]string{"X-Api-Key": {"hunter23"}, "X-Team": {"hunter24"}, "Referer": {"http://h/?sig=hunter25"}},
		Forwarded: &receive.Forwarded{URL: &url.URL{Scheme: "http", Host: "h", RawQuery: "key=hunter20"}, Status: 500, Response: recording.Response{Body: []byte("hunter20 hunter21 hunter22 hunter23 hunter24 hunter25 rest")}},
	}
	if got, _, _ := p.forwardedBody(&r); string(got) != "**** **** **** **** **** **** rest" {
		t.Errorf("got %q", got)
	}
}

// TestReceptionLinesFit checks that no line is wider than the terminal, or has control characters.
func TestReceptionLinesFit(t *testing.T) {
	for width := 1; width <= 200; width++ {
		p := receptionsOf(width, false)
		if width%2 == 0 {
			p.Forward = &url.URL{}
		}
		for text := range strings.Lines(shown(p.In(Line))) {
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

// TestLongObject checks that a long object and its ID use what the props leave, and that the columns
// behind them stay in place.
func TestLongObject(t *testing.T) {
	const session = `{"event":"create","time":1575976413,"object":"conversationevent","objectId":"6564a3f19c2e7b0d4f8a1c35","props":%s}`
	tests := []struct {
		width       int
		props, want string
	}{
		{80, `{"eventType":"ticket.invitationSent"}`, "conversationevent 656…  create  ticket.invitationSent  204  0.4 ms"},
		{80, `{"eventType":"ticket.new"}`, "conversationevent 6564a3f19c2e7b…  create  ticket.new  204  0.4 ms"},
		{80, `{}`, "conversationevent 6564a3f19c2e7b0d4f8a1c35  create     204  0.4 ms"},
		{80, `{"eventType":"ticket.invitationSent","source":"agent"}`, "conversationev…  create  ticket.invitationSent  sour…  204  0.4 ms"},
		{100, `{"eventType":"ticket.invitationSent"}`, "conversationevent 6564a3f19c2e7b0d4f8a1c35  create  ticket.invitationSent  204  0.4 ms"},
	}
	for _, tt := range tests {
		r := receptions()[0]
		r.Report = apizee.Documented().Validate(fmt.Appendf(nil, session, tt.props))
		line, _, _ := strings.Cut(string(receptionsOf(tt.width, false).In(Line).Item(nil, &r)), "\n")
		if _, got, _ := strings.Cut(line, "  "); got != tt.want || console.Columns(line) != tt.width {
			t.Errorf("%s on %d: %q of %d columns", tt.props, tt.width, got, console.Columns(line))
		}
	}
}

func TestTally(t *testing.T) {
	tally := NewTally(apizee.Documented().ObjectNames())
	if got := tally.Text(console.Palette{}, 0); got != "0 events" {
		t.Error(got)
	}
	for _, r := range receptions() {
		tally.Add(&r)
	}
	tally.Add(&receive.Reception{Method: "POST", Outcome: receive.NoResponse, Forwarded: &receive.Forwarded{}})
	tally.Add(&receive.Reception{Method: "PUT", Outcome: receive.TooLarge})
	if got, want := tally.Text(console.Palette{}, 0), "10 events: ticket 6, media 1, conversation 1, other 2; 2 invalid; 2 not forwarded; 2 refused; 1 other request"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func BenchmarkReceptionLine(b *testing.B) {
	p := receptionsOf(0, false).In(Line)
	r := receptions()[0]
	var buffer []byte
	b.ReportAllocs()
	for b.Loop() {
		buffer = p.Item(buffer[:0], &r)
	}
}

// TestCSV parses the rows, and checks that no cell is a formula for a spreadsheet.
func TestCSV(t *testing.T) {
	p := receptionsOf(0, false).In(CSV)
	text := p.Begin(nil)
	hostile := []string{`=cmd|' /C calc'!A0`, "+1+1", "-2+3", "@SUM(A1)", " =1+1", "\t=1", "＝1+1", `a"b,c`, "two\r\nlines"}
	for _, object := range hostile {
		body, err := json.Marshal(map[string]any{"event": "update", "object": object, "objectId": -5})
		if err != nil {
			t.Fatal(err)
		}
		text = p.Item(text, &receive.Reception{Method: "POST", Path: "/", Outcome: receive.Accepted, Body: body, Report: apizee.Documented().Validate(body)})
	}
	if lines := bytes.Count(text, []byte("\r\n")); lines != len(hostile)+1 || bytes.Count(text, []byte("\n")) != lines {
		t.Errorf("%d lines for %d rows and a header", lines, len(hostile))
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(receptionHeader(), rows[0]); diff != "" {
		t.Error(diff)
	}
	for i, row := range rows[1:] {
		if row[6] != "-5" {
			t.Errorf("the number -5 became %q", row[6])
		}
		row[6] = ""
		for _, cell := range row {
			if cell = strings.TrimSpace(cell); cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
				t.Errorf("%q became %q", hostile[i], cell)
			}
		}
	}
	if got := rows[8][5]; got != `a"b,c` {
		t.Errorf("%q", got)
	}
}

// TestReceptionLink checks that a line links to the inspector and is otherwise the same.
func TestReceptionLink(t *testing.T) {
	link := regexp.MustCompile("\x1b]8;;(.*?)\x1b\\\\")
	for _, width := range []int{0, 80, 30} {
		for _, color := range []bool{false, true} {
			plain := receptionsOf(width, color)
			linked := plain
			linked.Link = func() string { return "http://h/#/7" }
			for _, r := range receptions() {
				want, got := string(plain.In(Line).Item(nil, &r)), string(linked.In(Line).Item(nil, &r))
				links := link.FindAllStringSubmatch(got, -1)
				if len(links) != 2 || links[0][1] != "http://h/#/7" || links[1][1] != "" {
					t.Errorf("got links %q in %q", links, got)
				}
				if diff := cmp.Diff(want, link.ReplaceAllString(got, "")); diff != "" {
					t.Error(diff)
				}
			}
		}
	}
}
