package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

const recorded = `{"receivedAt":"2026-01-02T03:04:05Z","method":"POST","path":"/hooks/?a=1","headers":{"User-Agent":["Cloud Apizee"],"Accept":["*/*"],"Content-Type":["application/JSON"],"Host":["127.0.0.1:8279"],"X-Api-Key":["****"],"X-Team":["blue"],"Content-Length":["5"],"Connection":["close, x-hop"],"X-Hop":["1"]},"body":"{ \"event\":\"update\",\"time\":1,\"object\":\"ticket\",\"objectId\":1,\"props\":{\"state\":\"new\"}}","status":204,"findings":[]}
{"receivedAt":"2026-01-02T03:04:07Z","method":"POST","path":"/hooks/","headers":{},"body":"{\"event\":\"update\",\"time\":2,\"object\":\"media\",\"objectId\":2,\"props\":{}}","status":204,"findings":[]}
{"receivedAt":"2026-01-02T03:04:08Z","method":"PO
{"receivedAt":"2026-01-02T03:04:11Z","method":"PUT","path":"/hooks/","headers":{"User-Agent":["curl/8"]},"bodyBase64":"/wA=","status":400,"findings":[]}
`

// endpoint keeps what it gets, line by line.
func endpoint(t *testing.T, status int) (url string, got *[]string) {
	got = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		line := r.Method + " " + r.RequestURI
		for _, name := range []string{"User-Agent", "Accept", "Content-Type", "X-Api-Key", "X-Team", "X-Hop"} {
			if value := r.Header.Get(name); value != "" {
				line += " " + name + "=" + value
			}
		}
		*got = append(*got, line+" "+string(body))
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

// clock is a time that only sleeping moves.
type clock struct {
	now    time.Time
	slept  []time.Duration
	onNext func()
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.slept = append(c.slept, d)
	c.now = c.now.Add(d)
	if c.onNext != nil {
		c.onNext()
	}
	return ctx.Err()
}

func replayText(t *testing.T, ctx context.Context, c *clock, url, text string, headers []deliver.Header, o Options) (Outcome, []Delivery, error) {
	t.Helper()
	transport, err := deliver.NewTransport(t.Context(), deliver.Network{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	u, err := deliver.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return c.now }
	replayer := Replayer{Catalog: apizee.Documented(), Client: deliver.NewClient(transport, now), Now: now, Sleep: c.Sleep}
	var deliveries []Delivery
	outcome, err := replayer.Replay(ctx, recording.NewReader(strings.NewReader(text)), deliver.Target{URL: u, Headers: headers}, o,
		func(p Delivery) { deliveries = append(deliveries, p) })
	return outcome, deliveries, err
}

func TestReplay(t *testing.T) {
	url, got := endpoint(t, 204)
	c := &clock{now: time.Unix(100, 0)}
	outcome, deliveries, err := replayText(t, t.Context(), c, url, recorded, []deliver.Header{{Name: "X-Team", Value: "red"}}, Options{Speed: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`POST /hooks/?a=1 User-Agent=Cloud Apizee Accept=*/* Content-Type=application/JSON X-Team=red { "event":"update","time":1,"object":"ticket","objectId":1,"props":{"state":"new"}}`,
		`POST /hooks/ X-Team=red {"event":"update","time":2,"object":"media","objectId":2,"props":{}}`,
		"PUT /hooks/ User-Agent=curl/8 X-Team=red \xff\x00",
	}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]time.Duration{time.Second, 2 * time.Second}, c.slept); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
	if outcome.Sent != 3 || outcome.Accepted != 3 || !cmp.Equal(outcome.Truncated, []int{3}) {
		t.Errorf("%+v", outcome)
	}
	if deliveries[2].Entry != 3 || deliveries[2].Result.N != 3 {
		t.Errorf("%+v", deliveries[2])
	}
}

func TestReplayOptions(t *testing.T) {
	only := func(expressions ...string) apizee.Filter {
		f, err := apizee.Documented().ParseFilter(expressions)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	tests := map[string]struct {
		path    string
		options Options
		want    []string // prefixes
		slept   int
	}{
		"own path":  {"/mine?x=1", Options{Limit: 1}, []string{"POST /mine?x=1 "}, 0},
		"own query": {"/?x=1", Options{Limit: 1}, []string{"POST /hooks/?x=1 "}, 0},
		"as fast":   {"", Options{}, []string{"POST ", "POST ", "PUT "}, 0},
		"from":      {"", Options{From: 2, Speed: 1}, []string{"POST /hooks/ ", "PUT "}, 1},
		"filter":    {"", Options{Filter: only("object=media"), Speed: 1}, []string{"POST /hooks/ {\"event\":\"update\",\"time\":2"}, 0},
		"beyond":    {"", Options{From: 9}, nil, 0},
		"new time":  {"", Options{NewTime: true, Limit: 1}, []string{`POST /hooks/?a=1 User-Agent=Cloud Apizee Accept=*/* Content-Type=application/JSON X-Team=blue { "event":"update","time":100,`}, 0},
		"no JSON":   {"", Options{NewTime: true, From: 3}, []string{"PUT /hooks/ User-Agent=curl/8 \xff\x00"}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			url, got := endpoint(t, 204)
			c := &clock{now: time.Unix(100, 0)}
			if _, _, err := replayText(t, t.Context(), c, url+test.path, recorded, nil, test.options); err != nil {
				t.Fatal(err)
			}
			if len(*got) != len(test.want) || len(c.slept) != test.slept {
				t.Fatalf("slept %v, got %q", c.slept, *got)
			}
			for i, want := range test.want {
				if !strings.HasPrefix((*got)[i], want) {
					t.Errorf("got %q, want it to start with %q", (*got)[i], want)
				}
			}
		})
	}
}

func TestMaskedParametersAreOmitted(t *testing.T) {
	for query, want := range map[string]string{
		"": "", "a=1": "a=1", "token=****": "", "a=1&token=****&b=2": "a=1&b=2", "token=****&a=1;key=****": "", "next=http://u:****@h/&b=2": "b=2",
		"q=a****b": "q=a****b", "q=****": "q=****", "next=http%3A%2F%2Fu%3A****%40h&b=2": "b=2",
	} {
		if got, _ := Unmasked(query); got != want {
			t.Errorf("%q became %q, want %q", query, got, want)
		}
	}
}

// line is an entry of a recording.
func line(at, method, path, headers string) string {
	return fmt.Sprintf(`{"receivedAt":"2026-01-02T%sZ","method":%q,"path":%q,"headers":{%s},"body":"{}","status":204,"findings":[]}`+"\n", at, method, path, headers)
}

func TestReplayUnsendable(t *testing.T) {
	const at = "03:04:05"
	tests := map[string]struct{ line, why string }{
		"no slash":      {line(at, "POST", "no-slash", ""), `the path "no-slash" must start with a slash`},
		"no path":       {line(at, "POST", "", ""), `the path "" must start`},
		"of a proxy":    {line(at, "POST", "http://u:secret@h/x", ""), `the path "http://u:****@h/x" must start`},
		"escape":        {line(at, "POST", "/%zz", ""), `the path "/%zz" cannot be sent: invalid URL escape`},
		"no method":     {line(at, "", "/", ""), `"" is not an HTTP method`},
		"odd method":    {line(at, "PO ST", "/", ""), `"PO ST" is not an HTTP method`},
		"header's name": {line(at, "POST", "/", `"X A":["b"]`), "the name has a space"},
		"header":        {line(at, "POST", "/", `"X-A":["a\r\nb"]`), "the value has a line break"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			url, got := endpoint(t, 204)
			c := &clock{now: time.Unix(100, 0)}
			outcome, _, err := replayText(t, t.Context(), c, url, test.line+line(at, "POST", "/good", ""), nil, Options{})
			if err != nil || len(*got) != 1 || !strings.HasPrefix((*got)[0], "POST /good") {
				t.Fatalf("%q, %v", *got, err)
			}
			if u := outcome.Unsendable; len(u) != 1 || u[0].Line != 1 || !strings.Contains(u[0].Err.Error(), test.why) {
				t.Errorf("%v, want %s", u, test.why)
			}
		})
	}
}

func TestReplaySendsHeadersWithoutValue(t *testing.T) {
	request, err := RecordedHeaders(map[string][]string{"X-Empty": {""}, "content-length": {"1"}, "User-Agent": {"a"}, "Accept": {"b"}, "Content-Type": {"c"}})
	if err != nil || len(request) != 4 || request[3] != (deliver.Header{Name: "X-Empty"}) {
		t.Errorf("%v, %v", request, err)
	}
}

func TestReplayRoutes(t *testing.T) {
	text := line("03:04:05", "POST", "/a?x=1", "") + line("03:04:05", "POST", "/b?y=2", "") + line("03:04:05", "POST", "/c", "")
	own, gotOwn := endpoint(t, 204)
	other, gotOther := endpoint(t, 204)
	route := func(path, to string) Route {
		u, err := deliver.ParseURL(to)
		if err != nil {
			t.Fatal(err)
		}
		return Route{path, u}
	}
	c := &clock{now: time.Unix(100, 0)}
	options := Options{Routes: []Route{route("/a", own+"/mine"), route("/b", own)}}
	if _, _, err := replayText(t, t.Context(), c, other, text, nil, options); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"POST /mine {}", "POST /b?y=2 {}"}, {"POST /c {}"}}, [][]string{*gotOwn, *gotOther}); diff != "" {
		t.Error(diff)
	}
}

func TestReplayMaxGap(t *testing.T) {
	text := line("03:00:00", "POST", "/", "") + line("03:00:02", "POST", "/", "") + line("09:00:00", "POST", "/", "") + line("09:00:03", "POST", "/", "")
	url, _ := endpoint(t, 204)
	for speed, want := range map[float64][]time.Duration{
		1: {2 * time.Second, 5 * time.Second, 3 * time.Second},
		2: {time.Second, 5 * time.Second, 1500 * time.Millisecond},
	} {
		c := &clock{now: time.Unix(100, 0)}
		if _, _, err := replayText(t, t.Context(), c, url, text, nil, Options{Speed: speed, MaxGap: 5 * time.Second}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, c.slept); diff != "" {
			t.Errorf("at %gx (-want +got):\n%s", speed, diff)
		}
	}
}

func TestReplayEnds(t *testing.T) {
	url, got := endpoint(t, 500)
	ctx, cancel := context.WithCancel(t.Context())
	c := &clock{now: time.Unix(100, 0), onNext: cancel}
	outcome, _, err := replayText(t, ctx, c, url, recorded, nil, Options{Speed: 1})
	if err != nil || outcome.Rejected != 1 || len(*got) != 1 {
		t.Errorf("%+v, %v, %q", outcome, err, *got)
	}

	first, _, _ := strings.Cut(recorded, "\n")
	outcome, _, err = replayText(t, t.Context(), c, url, first+"\nnonsense\n"+first, nil, Options{})
	var line *recording.LineError
	if !errors.As(err, &line) || line.Line != 2 || outcome.Sent != 1 {
		t.Errorf("%+v, %v", outcome, err)
	}
}

func TestReplayClockSetBack(t *testing.T) {
	text := ""
	for _, at := range []string{"03:10:00", "03:10:05", "03:10:04.9", "02:10:06", "02:10:09"} {
		text += line(at, "POST", "/", "")
	}
	url, _ := endpoint(t, 204)
	c := &clock{now: time.Unix(100, 0)}
	outcome, deliveries, err := replayText(t, t.Context(), c, url, text, nil, Options{Speed: 1})
	if err != nil || len(deliveries) != 5 || !cmp.Equal(outcome.Backward, []int{4}) {
		t.Fatalf("%d, %v, %v", len(deliveries), outcome.Backward, err)
	}
	if diff := cmp.Diff([]time.Duration{5 * time.Second, 3 * time.Second}, c.slept); diff != "" {
		t.Error(diff)
	}
}
