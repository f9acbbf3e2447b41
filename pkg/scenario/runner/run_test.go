package runner

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

func TestBodies(t *testing.T) {
	tests := []struct{ name, step, want string }{
		{"example", `{send: ticket, time: 5}`,
			`{"event":"update","time":5,"object":"ticket","objectId":100,"props":{"state":"invited"}}`},
		{"own props and id", `{send: ticket create, time: 5, id: "{{ .ticket }}", props: {geoloc: {lat: 47.80}, state: "{{ .state }}"}}`,
			`{"event":"create","time":5,"object":"ticket","objectId":4211,"props":{"state":"new","geoloc":{"lat":47.80}}}`},
		{"delete", `{send: ticket delete, time: 5}`,
			`{"event":"delete","time":5,"object":"ticket","objectId":100,"props":{}}`},
		{"dotted", `{send: ticket update, time: 5, dotted: true, props: {geoloc: {lat: 1, lng: 2}}}`,
			`{"event":"update","time":5,"object":"ticket","objectId":100,"props":{"geoloc.lat":1,"geoloc.lng":2}}`},
		{"set", `{send: ticket update, time: 5, set: {props.state: done, props.geoloc.lat: 1.5, extra: "{{ .n }}"}}`,
			`{"event":"update","time":5,"object":"ticket","objectId":100,"props":{"state":"done","geoloc":{"lat":1.5}},"extra":1}`},
		{"time as a date", `{send: ticket update, time: "2021-09-20T13:25:06+00:00"}`,
			`{"event":"update","time":1632144306,"object":"ticket","objectId":100,"props":{"state":"invited"}}`},
		{"undocumented", `{send: robot awake, id: r2, time: 5, allow-undocumented: true, props: {state: odd}}`,
			`{"event":"awake","time":5,"object":"robot","objectId":"r2","props":{"state":"odd"}}`},
		{"data as a mapping", `{data: {event: update, time: 5, object: ticket, objectId: "{{ .ticket }}", props: {}}}`,
			`{"event":"update","time":5,"object":"ticket","objectId":4211,"props":{}}`},
		{"data as a text", `{data: ' {"event":"update", "time":5,"object":"ticket","objectId":{{ .ticket }},"props":{}}'}`,
			` {"event":"update", "time":5,"object":"ticket","objectId":4211,"props":{}}`},
		{"template", `{template: ticket-closed, vars: {id: "{{ add .ticket 1 }}"}, set: {time: 5}}`,
			`{"event":"update","time":5,"object":"ticket","objectId":4212,"props":{"state":"closed"}}`},
		{"text around an expression", `{send: conversation update, time: 5, id: "{{ .ticket }}-x", props: {name: "${HOST} {{ .state | upper }}"}}`,
			`{"event":"update","time":5,"object":"conversation","objectId":"4211-x","props":{"name":"127.0.0.1 NEW"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := serve(t, nil)
			out := runScenario(t, e.URL, "vars: {ticket: 4211, state: new}\nsteps:\n  - "+tt.step)
			if !out.OK() {
				t.Fatalf("%+v %+v", out.Steps[0], out.Steps[0].Failure)
			}
			if diff := cmp.Diff([]string{tt.want}, e.received()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	got := make(chan http.Header, 1)
	e := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got <- r.Header
		w.WriteHeader(http.StatusNoContent)
	})
	source := `
target:
  url: ${HOST}:1
  headers: {X-From: target, X-Target: "1", User-Agent: null}
defaults:
  headers: {X-From: defaults, X-Defaults: "{{ .n }}"}
steps:
  - send: ticket update
    headers: {X-Step: "Bearer ${API_TOKEN}"}
`
	if out := runScenario(t, e.URL, source); !out.OK() {
		t.Fatalf("%+v", out.Steps[0])
	}
	want := http.Header{
		"Accept": {"*/*"}, "Content-Type": {"application/JSON"},
		"X-From": {"defaults"}, "X-Target": {"1"}, "X-Defaults": {"1"}, "X-Step": {"Bearer s3cr3t-t0ken"},
	}
	header := <-got
	header.Del("Content-Length")
	if diff := cmp.Diff(want, header); diff != "" {
		t.Error(diff)
	}
}

func TestExpectations(t *testing.T) {
	respond := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header()["X-Many"] = []string{"one", "two"}
		w.WriteHeader(http.StatusOK)
		io.WriteString(w, `{"n":200,"text":"héllo","list":[1,"2",{"a":null}],"nothing":null,"yes":true,"big":12345678901234567890,"empty":{}}`)
	}
	tests := []struct{ expect, want string }{
		{`status: 200`, ""},
		{`status: 2xx`, ""},
		{`status: [404, 2xx]`, ""},
		{`status: 204`, "status: expected 204, got 200 OK"},
		{`status: [204, 3xx]`, "status: expected 204 or 3xx, got 200 OK"},
		{`header: {content-type: application/json}`, ""},
		{`header: {Content-Type: {contains: xml}}`, `header Content-Type: expected containing "xml", got "application/json"`},
		{`header: {X-Many: two}`, ""},
		{`header: {X-Many: three}`, `header X-Many: expected "three", got 2 values: "one", "two"`},
		{`header: {X-None: {absent: true}, Content-Type: {exists: true}}`, ""},
		{`header: {X-None: 4}`, `header X-None: expected "4", got nothing`},
		{`json: {n: 200}`, ""},
		{`json: {n: 200.0}`, ""},
		{`json: {n: "200"}`, `json n: expected "200", got 200`},
		{`json: {text: héllo, yes: true, nothing: null}`, ""},
		{`json: {big: 12345678901234567890}`, ""},
		{`json: {big: 12345678901234567891}`, "json big: expected 12345678901234567891, got 12345678901234567890"},
		{`json: {list: [1, "2", {a: null}]}`, ""},
		{`json: {list: [1, 2, {a: null}]}`, `json list: expected [1,2,{"a":null}], got [1,"2",{"a":null}]`},
		{`json: {list.2: {equals: {a: null}}, empty: {equals: {}}}`, ""},
		{`json: {list.#: 3, list.1: "2"}`, ""},
		{`json: {none: {absent: true}, n: {absent: false}, nothing: {exists: true}}`, ""},
		{`json: {none: {exists: true}}`, "json none: expected exists: true, got nothing"},
		{`json: {n: {type: integer, gt: 199, gte: 200, lt: 200.5, lte: 200}}`, ""},
		{`json: {n: {gt: 200}}`, "json n: expected > 200, got 200"},
		{`json: {text: {gt: 1}}`, `json text: expected > 1, got "héllo"`},
		{`json: {text: {type: number}}`, `json text: expected of type "number", got "héllo"`},
		{`json: {text: {matches: "^h.llo$", length: 5, contains: llo, in: [a, héllo]}}`, ""},
		{`json: {text: {matches: "^x"}}`, `json text: expected matching "^x", got "héllo"`},
		{`json: {text: {length: 4}}`, `json text: expected of length 4, got "héllo"`},
		{`json: {list: {length: {gte: 3, lt: 4}, contains: "2"}, empty: {length: 0}}`, ""},
		{`json: {list: {contains: 2}}`, `json list: expected containing 2, got [1,"2",{"a":null}]`},
		{`json: {yes: {in: [false, "true"]}}`, `json yes: expected one of [false,"true"], got true`},
		{`json: {n: "{{ .code }}"}`, ""},
		{`json: {n: {gt: "{{ .code }}"}}`, "json n: expected > 200, got 200"},
		{`body: {contains: '"n":200'}`, ""},
		{`body: nothing like it`, `body: expected "nothing like it", got "{\"n\":200,\"text\":\"héllo\",\"list\":[1,\"2\",{\"a\":null}],\"nothing\":null,\"yes\":true,\"big\":12345678901234567890,\"empty\":{}}"`},
		{`error: refused`, "error: expected refused, got 200 OK"},
		{`{status: 404, json: {n: 1}}`, "2 expectations not met"},
	}
	e := serve(t, respond)
	for _, tt := range tests {
		t.Run(tt.expect, func(t *testing.T) {
			out := runScenario(t, e.URL, "vars: {code: 200}\nsteps:\n  - send: ticket update\n    expect:\n      "+strings.ReplaceAll(tt.expect, "\n", "\n      "))
			got := ""
			if f := out.Steps[0].Failure; f != nil {
				got = f.Message
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if out.OK() != (tt.want == "") {
				t.Errorf("status is %s", out.Steps[0].Status)
			}
		})
	}
}

func TestExpectedFailures(t *testing.T) {
	closed := serve(t, nil)
	closed.Close()
	hangs := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	tests := []struct{ name, url, expect, want string }{
		{"refused", closed.URL, `{error: refused}`, ""},
		{"any", closed.URL, `{error: any}`, ""},
		{"another", closed.URL, `{error: tls}`, "error: expected tls, got refused"},
		{"timeout", hangs.URL, `{error: timeout, within: 20ms}`, ""},
		{"unexpected", closed.URL, `{status: 204}`, "connection refused by " + strings.TrimPrefix(closed.URL, "http://")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := runScenario(t, tt.url, "steps:\n  - send: ticket update\n    expect: "+tt.expect)
			got := ""
			if f := out.Steps[0].Failure; f != nil {
				got = f.Message
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if out.Undelivered() != (tt.name == "unexpected") {
				t.Error("undelivered is", out.Undelivered())
			}
		})
	}
}

// A run with a response to an event is not undelivered; one with only a response to a probe
// is. A probe is no event.
func TestUndelivered(t *testing.T) {
	closed := serve(t, nil)
	closed.Close()
	var calls atomic.Int32
	flaky := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) > 1 {
			panic(http.ErrAbortHandler)
		}
	})
	truncated := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "9")
		io.WriteString(w, "half")
	})
	probed := serve(t, nil)
	for name, tt := range map[string]struct {
		url, steps string
		want       bool
		counts     Counts
	}{
		"second one":   {flaky.URL, "[{send: ticket}, {send: ticket}]", false, Counts{Passed: 1, Failed: 1, Sent: 2, Responses: 1}},
		"truncated":    {truncated.URL, "[{send: ticket}]", true, Counts{Failed: 1, Sent: 1}},
		"probe beside": {closed.URL, "[{probe: GET " + probed.URL + ", expect: {status: 404, within: 1ms}}, {send: ticket}]", true, Counts{Failed: 2}},
		"probe alone":  {closed.URL, "[{probe: GET " + closed.URL + ", expect: {within: 1ms}}]", false, Counts{Failed: 1}},
		"as a fault":   {flaky.URL, "[{send: ticket, fault: abort}]", false, Counts{Passed: 1, Sent: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			out := runScenario(t, tt.url, "steps: "+tt.steps)
			if diff := cmp.Diff(tt.counts, out.Counts()); diff != "" || out.Undelivered() != tt.want {
				t.Errorf("undelivered: %t, counts (-want +got)\n%s", out.Undelivered(), diff)
			}
		})
	}
}

func TestWithin(t *testing.T) {
	var calls atomic.Int64
	e := serve(t, nil)
	r := runner(t)
	r.Client = slowClient(t, &calls)
	out := r.Run(context.Background(), mustParse(t, "defaults: {expect: {within: 2s}}\nsteps: [{send: ticket update}]"), to(t, e.URL))
	f := out.Steps[0].Failure
	if f == nil || !strings.HasPrefix(f.Message, "within: expected 2s, got ") {
		t.Errorf("got %+v", f)
	}
}

// The last response is more helpful than an attempt that was cut short.
func TestTimedOutProbeReportsLastResponse(t *testing.T) {
	waits := 0
	e := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if waits++; waits > 1 {
			<-r.Context().Done()
		}
		io.WriteString(w, `{"state":"open"}`)
	})
	out := runScenario(t, e.URL, "steps:\n  - probe: GET "+e.URL+"\n    expect: {json: {state: closed}, within: 1s}")
	f := out.Steps[0].Failure
	if f == nil || !strings.HasSuffix(f.Message, `json state: expected "closed", got "open"`) || f.Request != "GET "+e.URL {
		t.Errorf("%+v", f)
	}
}

// An error in an expectation ends a probe at once, which is not a timeout.
func TestProbeWithInvalidExpectation(t *testing.T) {
	e := serve(t, nil)
	out := runScenario(t, e.URL, "steps:\n  - probe: GET "+e.URL+"\n    expect: {header: {X-A: '{{ uid | int }}'}}")
	if f := out.Steps[0].Failure; f == nil || !strings.HasPrefix(f.Message, "expect header X-A: ") || len(e.received()) != 1 {
		t.Errorf("%+v", f)
	}
}

// A header may hold a URL with a secret.
func TestHeaderDifferencesAreMasked(t *testing.T) {
	e := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Location", "/x?token=hunter2") })
	out := runScenario(t, e.URL, "steps: [{send: ticket, expect: {header: {Location: '/y?token=hunter3'}}}]")
	f := out.Steps[0].Failure
	if f == nil || len(f.Differences) != 1 || f.Differences[0] != (Difference{"header Location", `"/y?token=****"`, `"/x?token=****"`}) {
		t.Errorf("%+v", f)
	}
}

// A difference in a secret header does not show its values, but whether there are any.
func TestSecretHeaderDifferences(t *testing.T) {
	e := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Token", "hunter2") })
	out := runScenario(t, e.URL, "steps: [{send: ticket, expect: {header: {X-Token: {matches: hunter3}, X-Secret: {exists: true}}}}]")
	want := []Difference{{"header X-Token", "****", "another value"}, {"header X-Secret", "****", "nothing"}}
	if diff := cmp.Diff(want, out.Steps[0].Failure.Differences); diff != "" {
		t.Error(diff)
	}
}

// The lines of a response are text, and few, whatever it contains. No part of a secret is shown.
func TestResponseInFailure(t *testing.T) {
	const secret = "t0k3n-of-response"
	for body, want := range map[string]string{
		"\xe9chec\tété\x1b":                                       `\xe9chec` + "\tété" + `\x1b`,
		strings.Repeat("\x00", 60_000):                            strings.Repeat(`\x00`, 100) + "…",
		strings.Repeat("\xff", 60_000):                            strings.Repeat(`\xff`, 100) + "…",
		strings.Repeat("é", 60_000):                               strings.Repeat("é", 400) + "…",
		strings.Repeat("a", 390) + secret:                         strings.Repeat("a", 390) + "****",
		strings.Repeat(strings.Repeat("a", 332)+"\n", 6) + secret: "**…",
		strings.Repeat(strings.Repeat("b", 332)+"\n", 6) + "éé":   "é…",
		strings.Repeat(strings.Repeat("c", 332)+"\n", 6) + "€€€€": strings.Repeat("c", 332) + "…",
	} {
		e := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
		out := runScenario(t, e.URL, "steps: [{send: ticket, headers: {Authorization: Bearer "+secret+"}, expect: {status: 500}}]")
		got := out.Steps[0].Failure.Response
		if last := got[len(got)-1]; last != want {
			t.Errorf("%.40q:\ngot  %q\nwant %q", body, last, want)
		}
	}
}

func TestPathHint(t *testing.T) {
	const body = `{"job":{"id":77},"json":{"a":1}}`
	for path, want := range map[string]string{
		"json.job.id":  "paths start inside the JSON of the response: write x: job.id",
		"body.job":     "paths start inside the JSON of the response: write x: job",
		"header.X-Job": "capture reads the JSON of a response, not its headers",
		"jobs.id":      "",
		"job":          "",
	} {
		if got := pathHint([]scenario.Capture{{Name: "x", Path: path}}, []byte(body)); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestCapture(t *testing.T) {
	e := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"job":{"id":77,"tags":["a"]}}`) })
	source := `
steps:
  - {send: ticket update, time: 5, capture: {job: job.id, tags: job.tags}}
  - {send: ticket update, time: 5, id: "{{ .job }}", props: {state: new, tags: "{{ .tags }}"}}
`
	if out := runScenario(t, e.URL, source); !out.OK() {
		t.Fatalf("%+v", out.Steps)
	}
	want := `{"event":"update","time":5,"object":"ticket","objectId":77,"props":{"state":"new","tags":["a"]}}`
	if got := e.received()[1]; got != want {
		t.Errorf("got %s", got)
	}
}

func TestMissingCaptureSkipsDependentSteps(t *testing.T) {
	e := serve(t, nil)
	source := `
steps:
  - {send: ticket update, capture: {job: job.id}}
  - {send: ticket update, id: "{{ .job }}"}
  - {send: ticket update}
`
	out := runScenario(t, e.URL, source)
	statuses := []Status{out.Steps[0].Status, out.Steps[1].Status, out.Steps[2].Status}
	if diff := cmp.Diff([]Status{Failed, Skipped, Passed}, statuses); diff != "" {
		t.Error(diff)
	}
	if got, want := out.Steps[0].Failure.Message, "capture job: expected a value at job.id, got an empty body"; got != want {
		t.Errorf("got %q", got)
	}
	if got, want := out.Steps[1].Reason, `step 1 did not capture "job"`; got != want {
		t.Errorf("got %q", got)
	}
}

func TestTogetherIsConcurrent(t *testing.T) {
	const count = 6
	var barrier sync.WaitGroup
	barrier.Add(count)
	e := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		barrier.Done()
		barrier.Wait() // returns after all have arrived
		w.WriteHeader(http.StatusNoContent)
	})
	out := runScenario(t, e.URL, `
steps:
  - together:
      - {send: ticket update, props: {state: done}}
      - {send: ticket update, props: {state: closed}, times: 2}
    times: 2
`)
	if !out.OK() || out.Steps[0].Sent != count {
		t.Errorf("%+v", out.Steps[0])
	}
}

func TestOrderOfTogether(t *testing.T) {
	source := `
steps:
  - together: [{send: ticket, id: 1}, {send: ticket, id: 2}, {send: ticket, id: 3}, {send: ticket, id: 4}]
    order: %s
`
	order := func(word string, seed int64) string {
		s := mustParse(t, fmt.Sprintf(source, word))
		run := &running{scenario: s, random: rand.New(rand.NewPCG(uint64(seed), 0))}
		rep := repetition{Step: &s.Steps[0], number: 1}
		ready := make([]delivery, len(rep.Steps))
		for i := range ready {
			ready[i] = delivery{repetition: repetition{Step: &rep.Steps[i], number: 1}}
		}
		text := ""
		for _, d := range run.ordered(rep, ready) {
			text += d.Event.ID.JSON
		}
		return text
	}
	if got := order("given", 1); got != "1234" {
		t.Error("given:", got)
	}
	if got := order("reverse", 1); got != "4321" {
		t.Error("reverse:", got)
	}
	if a, b := order("shuffle", 7), order("shuffle", 7); a != b {
		t.Error("one seed, two orders:", a, b)
	}
	if order("shuffle", 1) == order("shuffle", 2) && order("shuffle", 2) == order("shuffle", 3) {
		t.Error("three seeds, one order")
	}
}

func TestRepeatAndTimes(t *testing.T) {
	e := serve(t, nil)
	out := runScenario(t, e.URL, `
steps:
  - {send: ticket update, id: "{{ .n }}", props: {}, repeat: 3, times: 2, time: "{{ seq }}"}
`)
	want := []string{
		`{"event":"update","time":1,"object":"ticket","objectId":1,"props":{}}`,
		`{"event":"update","time":1,"object":"ticket","objectId":1,"props":{}}`,
		`{"event":"update","time":2,"object":"ticket","objectId":2,"props":{}}`,
		`{"event":"update","time":2,"object":"ticket","objectId":2,"props":{}}`,
		`{"event":"update","time":3,"object":"ticket","objectId":3,"props":{}}`,
		`{"event":"update","time":3,"object":"ticket","objectId":3,"props":{}}`,
	}
	if diff := cmp.Diff(want, e.received()); diff != "" {
		t.Error(diff)
	}
	if s := out.Steps[0]; s.Repetitions != 3 || s.Sent != 6 || s.Status != Passed {
		t.Errorf("%+v", s)
	}
}

func TestProbe(t *testing.T) {
	var polls atomic.Int64
	e := serve(t, func(w http.ResponseWriter, r *http.Request) {
		state := "open"
		if polls.Add(1) >= 4 {
			state = "closed"
		}
		if r.Method != http.MethodGet || r.Header.Get("Content-Type") != "" {
			w.WriteHeader(http.StatusBadRequest)
		}
		fmt.Fprintf(w, `{"state":%q}`, state)
	})
	r := runner(t)
	var waits []time.Duration
	r.Observe = func(ev Event) {
		if p, ok := ev.(Probed); ok {
			waits = append(waits, p.Next)
		}
	}
	s := mustParse(t, "steps:\n  - probe: GET "+e.URL+"/tickets/1\n    expect: {json: {state: closed}, within: 1h}\n    capture: {state: state}\n  - {probe: 'GET "+e.URL+"', name: 'it is {{ .state }}'}\n  - probe: GET "+e.URL+"/{{ .state }}")
	out := r.Run(context.Background(), s, Options{})
	if !out.OK() || out.Steps[1].Step.Title != "it is closed" || out.Steps[2].Step.Title != "probe GET "+e.URL+"/closed" {
		t.Fatalf("%+v", out.Steps)
	}
	if got, want := out.Suite("").Cases[2].Name, "3. probe GET "+e.URL+"/{{ .state }}"; got != want {
		t.Errorf("reported as %q, want %q", got, want)
	}
	ms := time.Millisecond
	if diff := cmp.Diff([]time.Duration{50 * ms, 100 * ms, 200 * ms, 0, 0, 0}, waits); diff != "" {
		t.Error(diff)
	}
}

func TestProbeTimesOut(t *testing.T) {
	e := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"state":"open"}`) })
	clock := &fakeClock{at: now()}
	r := runner(t)
	r.Now, r.Sleep = clock.now, clock.sleep
	s := mustParse(t, "steps:\n  - probe: GET "+e.URL+"\n    expect: {json: {state: closed}, within: 1s}")
	out := r.Run(context.Background(), s, Options{})
	want := `timed out after 1s (6 attempts): json state: expected "closed", got "open"`
	if f := out.Steps[0].Failure; f == nil || f.Message != want {
		t.Errorf("got %+v", f)
	}
	if d := out.Steps[0].Duration; d != time.Second {
		t.Error("it took", d)
	}
}

func TestFailFast(t *testing.T) {
	e := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	s := mustParse(t, "steps: [{send: ticket}, {send: ticket}, {pause: 1s}]")
	o := to(t, e.URL)
	o.FailFast = true
	out := runner(t).Run(context.Background(), s, o)
	if diff := cmp.Diff(Counts{Failed: 1, Skipped: 2, Sent: 1, Responses: 1}, out.Counts()); diff != "" {
		t.Error(diff)
	}
	if out.Steps[2].Reason != "step 1 failed" {
		t.Error(out.Steps[2].Reason)
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	e := serve(t, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	s := mustParse(t, "steps: [{send: ticket}, {send: ticket}, {pause: 1s}]")
	out := runner(t).Run(ctx, s, to(t, e.URL))
	if diff := cmp.Diff(Counts{Skipped: 3, Sent: 1}, out.Counts()); diff != "" {
		t.Error(diff)
	}
}

// interruptedTransport returns 418, then cancels the run once that has been read.
type interruptedTransport struct {
	interrupt context.CancelFunc
	requests  atomic.Int32
	read      chan struct{}
}

func (t *interruptedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.requests.Add(1) == 1 {
		return &http.Response{StatusCode: http.StatusTeapot, Status: "418 I'm a teapot", Body: t}, nil
	}
	<-t.read
	t.interrupt()
	return nil, r.Context().Err()
}

func (t *interruptedTransport) Read([]byte) (int, error) { return 0, io.EOF }
func (t *interruptedTransport) Close() error             { close(t.read); return nil }

// A step with a failed delivery has failed, also if another delivery of it is interrupted.
func TestInterruptAfterFailure(t *testing.T) {
	for name, step := range map[string]string{
		"in turn":  "{send: ticket, times: 3}",
		"together": "{together: [{send: ticket}, {send: ticket, capture: {job: id}}]}",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r := runner(t)
			r.Client = deliver.NewClient(&interruptedTransport{interrupt: cancel, read: make(chan struct{})}, time.Now)
			out := r.Run(ctx, mustParse(t, "steps: ["+step+"]"), to(t, "localhost:1")).Steps[0]
			if out.Status != Failed || out.Reason != "" || out.Sent != 2 || !strings.HasSuffix(out.Failure.Message, "status: expected 2xx, got 418 I'm a teapot") || strings.Contains(out.Failure.Message, "failed;") {
				t.Errorf("%+v %+v", out, out.Failure)
			}
		})
	}
}

// Repetitions that do not begin are not counted.
func TestStoppedRepetitions(t *testing.T) {
	for failFast, want := range map[bool]string{
		false: "no 3: 2 of 3 repetitions failed; the first: status: expected 2xx, got 418 I'm a teapot",
		true:  "no 1: status: expected 2xx, got 418 I'm a teapot",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		requests := 0
		e := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests == 3 {
				cancel()
				<-r.Context().Done()
			}
			w.WriteHeader(http.StatusTeapot)
		})
		o := to(t, e.URL)
		o.FailFast = failFast
		step := runner(t).Run(ctx, mustParse(t, "steps: [{send: ticket, repeat: 10, name: 'no {{ .n }}'}]"), o).Steps[0]
		if got := step.Step.Title + ": " + step.FailureText(); got != want {
			t.Errorf("fail fast: %t: got %s, want %s", failFast, got, want)
		}
		cancel()
	}
}

func TestSecretsAreMasked(t *testing.T) {
	e := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Token", "t0k3n-of-response")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "no %s, %s", r.Header.Get("Authorization"), r.Header.Get("X-Open"))
	})
	out := runScenario(t, e.URL, `
steps:
  - send: ticket update
    name: uses ${API_TOKEN}
    headers: {Authorization: Bearer abcdefgh, X-Open: "${API_TOKEN}"}
    expect: {status: 204, body: abcdefgh, header: {X-Token: other}}
`)
	text := fmt.Sprintf("%+v %+v", out, out.Steps[0].Failure)
	for _, secret := range []string{"abcdefgh", "s3cr3t-t0ken", "t0k3n-of-response"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is shown: %s", secret, text)
		}
	}
	if got, want := out.Steps[0].Failure.Response[1], "no ****, ****"; got != want {
		t.Errorf("got %q", got)
	}
}

// An error in an expectation is not lost, whether the header may be shown or not, and whether
// another one follows.
func TestErrorsInHeaderExpectations(t *testing.T) {
	e := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Open", "a")
		w.Header().Set("X-Token", "b")
	})
	const invalid = "'{{ uid | int }}'"
	for name, headers := range map[string]string{
		"secret":           "{X-Token: " + invalid + "}",
		"before a secret":  "{X-Open: " + invalid + ", X-Token: c}",
		"missing a secret": "{X-Secret: " + invalid + "}",
	} {
		out := runScenario(t, e.URL, "steps: [{send: ticket, expect: {header: "+headers+"}}]")
		if f := out.Steps[0].Failure; f == nil || !strings.HasSuffix(f.Message, `" is not a number`) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// A run that cannot set its variables must not look passed.
func TestInvalidVariableFailsTheRun(t *testing.T) {
	e := serve(t, nil)
	out := runScenario(t, e.URL, "vars: {number: '{{ uid | int }}'}\nsteps: [{send: ticket, repeat: 2}, {send: ticket}]")
	if diff := cmp.Diff(Counts{Failed: 1, Skipped: 1}, out.Counts()); diff != "" || len(e.received()) > 0 {
		t.Errorf("%s%q", diff, e.received())
	}
	if f := out.Steps[0].Failure; f == nil || !strings.HasPrefix(f.Message, `the variable "number" has no value: `) {
		t.Errorf("%+v", f)
	}
}

// The path of an endpoint may hold a secret too.
func TestTargetsAreMasked(t *testing.T) {
	e := serve(t, nil)
	r := runner(t)
	var targets []string
	r.Observe = func(event Event) {
		switch event := event.(type) {
		case Delivered:
			targets = append(targets, event.Target)
		case Probed:
			targets = append(targets, event.Target)
		}
	}
	s := mustParse(t, "target: {url: '"+e.URL+"/${API_TOKEN}'}\nsteps: [{send: ticket}, {probe: 'GET "+e.URL+"/${API_TOKEN}'}]")
	if out := r.Run(context.Background(), s, Options{}); !out.OK() {
		t.Fatalf("%+v", out.Steps)
	}
	if diff := cmp.Diff([]string{e.URL + "/****", e.URL + "/****"}, targets); diff != "" {
		t.Error(diff)
	}
}

func TestNoTarget(t *testing.T) {
	out := runner(t).Run(context.Background(), mustParse(t, "steps: [{send: ticket}]"), Options{})
	if f := out.Steps[0].Failure; f == nil || f.Message != errNoTarget.Error() {
		t.Errorf("%+v", f)
	}
}

func TestFaults(t *testing.T) {
	e := serve(t, nil)
	r := runner(t)
	var slept []time.Duration
	r.Sleep = func(_ context.Context, d time.Duration) error { slept = append(slept, d); return nil }
	r.Faulty = func(f fault.Fault, seed uint64) *deliver.Client {
		base := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
		return f.Client(base, time.Now, fault.Options{Seed: seed, Sleep: r.Sleep})
	}
	s := mustParse(t, `
steps:
  - {send: ticket, time: 1, props: {}, fault: duplicate}
  - {send: ticket, time: 2, props: {}, fault: delay}
  - {send: ticket, time: 3, props: {}, fault: oversize}
  - {together: [{send: ticket, time: 4, props: {}, fault: plain-type}]}
`)
	if out := r.Run(context.Background(), s, to(t, e.URL)); !out.OK() {
		t.Fatalf("%+v", out.Steps)
	}
	var got []string
	for _, body := range e.received() {
		got = append(got, fmt.Sprintf("%s/%t", gjson.Get(body, "time").Raw, len(body) > 1<<20))
	}
	if diff := cmp.Diff([]string{"1/false", "1/false", "2/false", "3/true", "4/false"}, got); diff != "" {
		t.Error(diff)
	}
	if len(slept) != 1 || slept[0] < time.Second {
		t.Error(slept)
	}
}

func TestCaptureOfUnreadableBody(t *testing.T) {
	long := `{"pad":"` + strings.Repeat("x", scenario.ReadBody) + `","job":1}`
	for body, want := range map[string]string{
		"":           "got an empty body",
		"<html>":     "got a body that is not JSON",
		`{"jobs":1}`: "got nothing",
		long:         "got a body larger than 4 MiB",
	} {
		e := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		out := runScenario(t, e.URL, "steps: [{send: ticket, capture: {job: job}}]")
		if f := out.Steps[0].Failure; f == nil || !strings.HasSuffix(f.Message, want) {
			t.Errorf("want %q, got %+v", want, f)
		}
	}
}

// Long responses are read where a step needs them, and shown and observed in part. Those to the parts
// of a together step are all in memory at once.
func TestLongResponses(t *testing.T) {
	e := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"pad":"`+strings.Repeat("x", scenario.ReadBody-100)+`","job":1}`)
	})
	r := runner(t)
	longest := 0
	r.Observe = func(event Event) {
		switch event := event.(type) {
		case Delivered:
			longest = max(longest, cap(event.Result.Body))
		case Probed:
			longest = max(longest, cap(event.Result.Body))
		}
	}
	for steps, want := range map[string]string{
		"{send: ticket, expect: {json: {job: 1}}}":                                      "",
		"{send: ticket, capture: {job: job}}":                                           "",
		"{send: ticket, expect: {body: {matches: '1}$'}}}":                              "",
		"{probe: 'GET " + e.URL + "', expect: {within: 1ms, json: {job: 1}}}":           "",
		"{together: [{send: ticket}, {send: ticket, expect: {json: {job: 1}}}]}":        "got a body larger than 64 KiB",
		"{together: [{send: ticket}, {send: ticket}], expect: {body: {matches: '^{'}}}": "",
	} {
		out := r.Run(t.Context(), mustParse(t, "steps: ["+steps+"]"), to(t, e.URL))
		if f := out.Steps[0].Failure; (f != nil) != (want != "") || f != nil && !strings.HasSuffix(f.Message, want) {
			t.Errorf("%s: want %q, got %+v", steps, want, f)
		}
	}
	if longest > 2*deliver.KeptBody {
		t.Errorf("%d bytes are observed", longest)
	}
}

// A compressed body without its end is no JSON, even if what was decompressed is.
func TestTruncatedGzipIsNotJSON(t *testing.T) {
	var compressed bytes.Buffer
	z := gzip.NewWriter(&compressed)
	io.WriteString(z, `{"job":1}`)
	z.Close()
	whole := compressed.Bytes()
	for want, body := range map[string][]byte{"": whole, "got a truncated body": whole[:len(whole)-8]} {
		e := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(body)
		})
		out := runScenario(t, e.URL, "steps: [{send: ticket, expect: {json: {job: 1}}}]")
		if f := out.Steps[0].Failure; (f != nil) != (want != "") || f != nil && !strings.HasSuffix(f.Message, want) {
			t.Errorf("want %q, got %+v", want, f)
		}
	}
}
