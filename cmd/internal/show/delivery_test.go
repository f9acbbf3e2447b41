package show

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/replay"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/golden"
)

const ticketEvent = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`

// sent is a request with secrets, and its results: a response that repeats one, a redirect,
// a long error page, bytes that are not text, and no response.
func sent() (deliver.Request, []deliver.Result) {
	request := deliver.Request{
		Target: deliver.Target{
			URL:     &url.URL{Scheme: "http", Host: "localhost:3000", Path: "/hooks", RawQuery: "token=hunter2"},
			Headers: []deliver.Header{{Name: "X-Api-Key", Value: "s3cr3t-value"}},
		},
		Body: []byte(ticketEvent),
	}
	respond := func(status int, text, body string) deliver.Result {
		return deliver.Result{
			Attempt: 1, Start: time.Unix(1575976413, 0), Status: status, StatusText: text, Proto: "HTTP/1.1",
			Headers: http.Header{"Content-Type": {"text/plain"}}, Body: []byte(body),
			Timings: deliver.Timings{Connect: time.Millisecond, FirstByte: 2 * time.Millisecond, Total: 3 * time.Millisecond},
		}
	}
	repeats := respond(200, "OK", `{"accepted":true,"you sent":"s3cr3t-value"}`)
	repeats.Headers.Set("Set-Cookie", "id=hunter2")
	redirect := respond(302, "Found", "")
	redirect.Headers.Set("Location", "http://h/?token=hunter2")
	page := respond(500, "Internal \x1b[31mError", strings.Repeat("a line\n", 25))
	page.NextIn, page.Truncated = time.Second, true
	failed := deliver.Result{
		Attempt: 1, Start: time.Unix(1575976413, 0), Timings: deliver.Timings{Total: time.Second},
		Failure: &deliver.Failure{Kind: deliver.KindRefused, Message: "connection refused by localhost:3000", Hint: "start it", Err: errors.New("refused")},
	}
	results := []deliver.Result{repeats, redirect, page, respond(200, "OK", "\xff\xfe"), failed}
	for i := range results {
		results[i].N = i + 1
	}
	return request, results
}

func TestDeliveries(t *testing.T) {
	request, results := sent()
	event := apizee.Documented().Validate(request.Body).Event
	sum := deliver.Summary{Sent: 5, Accepted: 2, Rejected: 2, Failed: 1, Min: time.Millisecond, Median: 2 * time.Millisecond, P95: 3 * time.Millisecond, Max: 4 * time.Millisecond}
	series := func(style Style, count int, form Form) string {
		p := Series{Style: style, Request: request, Event: event, Fault: "truncate", Count: count}.In(form)
		text := p.Begin(nil)
		for _, r := range results {
			text = p.Item(text, r)
		}
		return string(p.End(text, sum))
	}
	again := func(style Style, form Form) string {
		p := Replay{style}.In(form)
		text := p.Begin(nil)
		for i, r := range results {
			x := replay.Delivery{Entry: i + 1, Request: request, Event: event, Result: r}
			if i == 1 {
				x.Event, x.Request.Method = apizee.Event{}, "GET"
			}
			text = p.Item(text, x)
		}
		return string(p.End(text, sum))
	}
	color, verbose, quiet := console.NewPalette(true), Style{Verbose: true}, Style{Quiet: true}
	narrow := Style{Width: func() int { return 40 }}
	for name, text := range map[string]string{
		"series-one":     series(Style{}, 1, Text),
		"series":         series(narrow, 5, Text),
		"series-color":   series(Style{Palette: color}, 5, Text),
		"series-verbose": series(verbose, 5, Text),
		"series-json":    series(quiet, 5, JSON),
		"replay":         again(narrow, Text),
		"replay-verbose": again(verbose, Text),
		"replay-json":    again(quiet, JSON),
	} {
		t.Run(name, func(t *testing.T) {
			golden.Assert(t, text, name+".golden")
			if strings.Contains(text, "hunter2") || strings.Contains(text, "s3cr3t") || strings.Contains(text, "\x1b[31mE") {
				t.Error("a secret is shown, or what acts on a terminal")
			}
		})
	}
	if text := series(quiet, 5, Text) + again(quiet, Text); text != "" {
		t.Errorf("quiet, it says %q", text)
	}
}

func TestCheck(t *testing.T) {
	events := []Checked{
		{N: 1, Line: 1, Text: ticketEvent},
		{N: 2, Line: 2, Text: strings.Replace(ticketEvent, "invited", "opend", 1)},
		{N: 3, Line: 2, Text: strings.Replace(ticketEvent, `{"state"`, "\n"+`{"\u202efoo":1,"state"`, 1)},
		{N: 4, Line: 4, Text: "nonsense"},
	}
	shown := func(style Style, form Form) string {
		p := Check{Style: style}.In(form)
		text := p.Begin(nil)
		for _, e := range events {
			e.File, e.Report = "events.jsonl", apizee.Documented().ValidateAt(e.Text, e.Line, 1)
			text = p.Item(text, e)
		}
		return string(p.End(text, CheckSummary{Events: 4, Invalid: 2, Warned: 1}))
	}
	golden.Assert(t, shown(Style{}, Text), "check.golden")
	golden.Assert(t, shown(Style{Palette: console.NewPalette(true)}, Text), "check-color.golden")
	golden.Assert(t, shown(Style{Quiet: true}, JSON), "check-json.golden")
	if text := shown(Style{Quiet: true}, Text); text != "" {
		t.Errorf("quiet, it says %q", text)
	}
}

// TestDriftIsWrapped sums up drift on a narrow terminal.
func TestDriftIsWrapped(t *testing.T) {
	const width = 50
	learner := shape.NewLearner(shape.New(shape.Rules{Catalog: apizee.Documented()}))
	learner.Add(ticketEvent, time.Time{})
	drift := &Drifted{Name: "baseline.json", Baseline: learner.Baseline, Tally: shape.NewTally()}
	other := strings.Replace(ticketEvent, "invited", "closed", 1)
	drift.Add(learner.Baseline.Compare(apizee.Documented().ValidateText(other).Event, other, 1), 1)
	p := Check{Style: Style{Width: func() int { return width }}}.In(Text)
	text := string(p.End(nil, CheckSummary{Events: 1, Drift: drift}))
	for _, line := range strings.Split(text, "\n")[2:] {
		if !strings.HasPrefix(line, "    ") && line != "" && !strings.HasPrefix(line, "  ≈ ") || console.Columns(line) > width {
			t.Errorf("not wrapped: %q in\n%s", line, text)
		}
	}
}

func TestHint(t *testing.T) {
	for remedy, want := range map[deliver.Remedy]string{
		"":                              "look",
		deliver.RemedyTimeout:           "look, or increase --timeout",
		deliver.RemedyAuthority:         "set its authority with --cacert FILE, or accept any certificate with --insecure",
		deliver.RemedyAnyCertificate:    "look, or accept any certificate with --insecure",
		deliver.RemedyClientCertificate: "set it with --client-cert FILE and --client-key FILE",
		deliver.RemedyListener:          "look, or run `apizee-hooks listen --addr h:1`",
		deliver.RemedyTLSListener:       "look, or run `apizee-hooks listen --addr h:1 --tls`",
		deliver.RemedyNoProxy:           "look, or use --no-proxy",
		deliver.RemedyKeepAlive:         "look; use --keep-alive, or send fewer events or more slowly, as with --count and --every",
	} {
		if got := Hint(&deliver.Failure{Hint: "look", Remedy: remedy, Address: "h:1"}); got != want {
			t.Errorf("%s: got %q, want %q", remedy, got, want)
		}
	}
}

// TestLongLines shows what is readable of pages and data that have no line breaks.
func TestLongLines(t *testing.T) {
	const note = "… lines are cut at 400 columns; -v shows them"
	request, _ := sent()
	for name, body := range map[string]string{
		"page": strings.Repeat("a", 60_000),
		"data": strings.Repeat("\x00", 60_000),
		"JSON": `{"error":"none","trace":"` + strings.Repeat("a", 60_000) + `"}`,
	} {
		for _, p := range []console.Palette{{}, console.NewPalette(true)} {
			s := seriesText{Series: Series{Style: Style{Palette: p}, Request: request}}
			text := string(s.responseBody(nil, deliver.Result{Body: []byte(body)}))
			if len(text) > 700 || !strings.HasSuffix(text, p.Dim(note)+"\n") {
				t.Errorf("%s: %d bytes: %.800q", name, len(text), text)
			}
			s.Verbose = true
			if text := string(s.responseBody(nil, deliver.Result{Body: []byte(body)})); len(text) < 60_000 || strings.Contains(text, "…") {
				t.Errorf("%s with -v: %d bytes: %.800q", name, len(text), text)
			}
		}
	}
}

// TestBytesInJSON shows that JSON has the exact bytes of what is not text.
func TestBytesInJSON(t *testing.T) {
	type exact struct {
		EventBase64, BodyBase64              []byte
		HeadersBase64, ResponseHeadersBase64 map[string][][]byte
		Forwarded                            *exact
	}
	body, headers := []byte("caf\xe9"), http.Header{"X-Raw": {"a", "caf\xe9"}, "X-Text": {"café"}}
	raw := map[string][][]byte{"X-Raw": {[]byte("a"), body}}

	request, results := sent()
	request.Body, results[0].Body, results[0].Headers = body, body, headers
	reception := receive.Reception{Headers: headers, Body: body, Forwarded: &receive.Forwarded{URL: request.URL, Response: recording.Response{Headers: headers, Body: body}}}
	reception.Response.Headers = headers
	for text, want := range map[string]exact{
		string(Series{Request: request}.In(JSON).Item(nil, results[0])): {EventBase64: body, BodyBase64: body, HeadersBase64: raw},
		string(receptionsOf(0, false).In(JSON).Item(nil, &reception)): {
			BodyBase64: body, HeadersBase64: raw, ResponseHeadersBase64: raw, Forwarded: &exact{BodyBase64: body, HeadersBase64: raw},
		},
	} {
		var got exact
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}
