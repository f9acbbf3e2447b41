package replay

import (
	"context"
	"errors"
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

const tape = `{"receivedAt":"2026-01-02T03:04:05Z","method":"POST","path":"/hooks/?a=1","headers":{"User-Agent":["Cloud Apizee"],"Accept":["*/*"],"Content-Type":["application/JSON"],"Host":["127.0.0.1:8279"],"X-Api-Key":["****"],"X-Team":["blue"],"Content-Length":["5"],"Connection":["X-Hop"],"X-Hop":["1"]},"body":"{ \"event\":\"update\",\"time\":1,\"object\":\"ticket\",\"objectId\":1,\"props\":{\"state\":\"new\"}}","status":204,"findings":[]}
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

func play(t *testing.T, ctx context.Context, c *clock, url, text string, headers []deliver.Header, o Options) (Outcome, []Played, error) {
	t.Helper()
	transport, err := deliver.NewTransport(deliver.TLSOptions{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	u, err := deliver.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return c.now }
	player := Player{Catalog: apizee.Documented(), Client: deliver.NewClient(transport, now), Now: now, Sleep: c.Sleep}
	var played []Played
	outcome, err := player.Play(ctx, recording.NewReader(strings.NewReader(text)), deliver.Target{URL: u, Headers: headers}, o,
		func(p Played) { played = append(played, p) })
	return outcome, played, err
}

func TestPlay(t *testing.T) {
	url, got := endpoint(t, 204)
	c := &clock{now: time.Unix(100, 0)}
	outcome, played, err := play(t, t.Context(), c, url, tape, []deliver.Header{{Name: "X-Team", Value: "red"}}, Options{Speed: 2})
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
	if outcome.Sent != 3 || outcome.Accepted != 3 || outcome.Read != 3 || !cmp.Equal(outcome.Torn, []int{3}) {
		t.Errorf("%+v", outcome)
	}
	if played[2].Line != 4 || played[2].Result.N != 3 {
		t.Errorf("%+v", played[2])
	}
}

func TestPlayOptions(t *testing.T) {
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
		want    []string // the beginnings
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
			if _, _, err := play(t, t.Context(), c, url+test.path, tape, nil, test.options); err != nil {
				t.Fatal(err)
			}
			if len(*got) != len(test.want) || len(c.slept) != test.slept {
				t.Fatalf("slept %v, got %q", c.slept, *got)
			}
			for i, want := range test.want {
				if !strings.HasPrefix((*got)[i], want) {
					t.Errorf("got %q, want it to begin %q", (*got)[i], want)
				}
			}
		})
	}
}

func TestMaskedParametersAreLeftOut(t *testing.T) {
	for query, want := range map[string]string{
		"": "", "a=1": "a=1", "token=****": "", "a=1&token=****&b=2": "a=1&b=2", "token=****&a=1;key=****": "", "next=http://u:****@h/&b=2": "b=2",
	} {
		if got := unmasked(query); got != want {
			t.Errorf("%q became %q, want %q", query, got, want)
		}
	}
}

func TestPlayEnds(t *testing.T) {
	url, got := endpoint(t, 500)
	ctx, cancel := context.WithCancel(t.Context())
	c := &clock{now: time.Unix(100, 0), onNext: cancel}
	outcome, _, err := play(t, ctx, c, url, tape, nil, Options{Speed: 1})
	if err != nil || outcome.Rejected != 1 || len(*got) != 1 {
		t.Errorf("%+v, %v, %q", outcome, err, *got)
	}

	first, _, _ := strings.Cut(tape, "\n")
	outcome, _, err = play(t, t.Context(), c, url, first+"\nnonsense\n"+first, nil, Options{})
	var line *recording.LineError
	if !errors.As(err, &line) || line.Line != 2 || outcome.Sent != 1 {
		t.Errorf("%+v, %v", outcome, err)
	}
}

func TestPlayWhenTheClockWasSetBack(t *testing.T) {
	var text strings.Builder
	for _, at := range []string{"03:10:00Z", "03:10:05Z", "03:10:04.9Z", "02:10:06Z", "02:10:09Z"} {
		text.WriteString(`{"receivedAt":"2026-01-02T` + at + `","method":"POST","path":"/","headers":{},"body":"{}","status":204,"findings":[]}` + "\n")
	}
	url, _ := endpoint(t, 204)
	c := &clock{now: time.Unix(100, 0)}
	if _, played, err := play(t, t.Context(), c, url, text.String(), nil, Options{Speed: 1}); err != nil || len(played) != 5 {
		t.Fatalf("%d, %v", len(played), err)
	}
	if diff := cmp.Diff([]time.Duration{5 * time.Second, 3 * time.Second}, c.slept); diff != "" {
		t.Error(diff)
	}
}
