package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// tickets is an endpoint that acts on events, and shows objects at /tickets/ID and /media/ID.
type tickets struct {
	mu      sync.Mutex
	objects map[string]ticket
	seen    map[string]bool
	fault   string
}

type ticket struct {
	State   string `json:"state"`
	Count   int    `json:"count"`
	time    int64
	deleted bool
}

func (e *tickets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && strings.Count(r.URL.Path, "/") == 2 {
		e.show(w, r.URL.Path)
		return
	}
	body := peek(r)
	recorder := httptest.NewRecorder()
	correctEndpoint(recorder, r)
	status := recorder.Code
	event := struct {
		Event, Object string
		ObjectID      json.RawMessage
		Time          int64
		Props         struct{ State string }
	}{}
	if err := json.Unmarshal(body, &event); err != nil && e.fault == "partial" {
		_ = json.Unmarshal(append(body, '}'), &event)
		status = http.StatusNoContent
	}
	if status == http.StatusNoContent && event.Object != "" && e.fault != "forgets" {
		key := "/" + event.Object + "/" + strings.Trim(string(event.ObjectID), `"`)
		if strings.HasPrefix(e.fault, "rounds") {
			key = rounded(key)
		}
		e.apply(key, string(body), ticket{State: event.Props.State, time: event.Time, deleted: event.Event == apizee.Delete})
	}
	w.WriteHeader(status)
}

// rounded returns the path of an object with its ID as JavaScript reads it.
func rounded(path string) string {
	at := strings.LastIndexByte(path, '/') + 1
	n, err := strconv.ParseFloat(path[at:], 64)
	if err != nil {
		return path
	}
	return path[:at] + strconv.FormatInt(int64(n), 10)
}

func (e *tickets) apply(key, body string, t ticket) {
	e.mu.Lock()
	defer e.mu.Unlock()
	old, known := e.objects[key]
	isLate := known && (t.time < old.time || old.deleted && t.time == old.time)
	switch e.fault {
	case "overwrites":
		isLate = false
	case "ignores the same second":
		isLate = known && t.time <= old.time
	case "resurrects":
		if t.deleted {
			delete(e.objects, key)
			return
		}
	case "keeps deleted":
		t.deleted = false
	}
	if e.seen[body] && e.fault != "twice" || isLate {
		return
	}
	e.seen[body] = true
	if t.State == "" {
		t.State = old.State
	}
	t.Count = old.Count + 1
	e.objects[key] = t
	if e.fault == "flips" && t.Count == 2 {
		time.AfterFunc(100*time.Millisecond, func() {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.objects[key] = t
		})
	}
}

func (e *tickets) show(w http.ResponseWriter, path string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fault == "rounds and finds" {
		path = rounded(path)
	}
	t, ok := e.objects[path]
	if t.deleted && e.fault == "hides" {
		panic(http.ErrAbortHandler)
	}
	if !ok || t.deleted {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(t)
}

// auditTickets tries the rules that look at effects, with a probe.
func auditTickets(t *testing.T, fault string, spec ProbeSpec) map[string]Status {
	t.Helper()
	endpoint := &tickets{objects: map[string]ticket{}, seen: map[string]bool{}, fault: fault}
	server := httptest.NewServer(endpoint)
	t.Cleanup(server.Close)
	o := options(t, server.URL)
	o.Sleep = func(_ context.Context, d time.Duration) error { time.Sleep(min(d, 200*time.Millisecond)); return nil }
	spec.Request = strings.Replace(spec.Request, "URL", server.URL, 1)
	var err error
	if o.Probe, err = ParseProbe(o.Catalog, spec, new(redact.Secrets)); err != nil {
		t.Fatal(err)
	}
	for _, r := range Rules(o.Catalog) {
		if r.Group != effects && !r.effect {
			o.Skip = append(o.Skip, r.Name)
		}
	}
	outcome, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if outcome.Left != 0 {
		t.Errorf("%d objects are left", outcome.Left)
	}
	found := map[string]Status{}
	for _, r := range outcome.Results {
		if r.Status != Passed && r.Status != Skipped {
			found[r.Name] = r.Status
			t.Logf("%s %s: %s", r.Status, r.Name, r.Actual)
		}
		if r.EffectUnseen && fault == "" {
			t.Errorf("the effect of %s was not looked at", r.Name)
		}
	}
	return found
}

func TestEffects(t *testing.T) {
	t.Parallel()
	tests := map[string]map[string]Status{
		"": {},
		"forgets": {
			"effect": Failed, "same-second": NotJudged, "late-update": NotJudged, "two-senders": NotJudged, "partial-body": NotJudged,
		},
		"twice":                   {"duplicate": Failed, "same-second": Warned},
		"overwrites":              {"out-of-order": Failed, "late-update": Failed},
		"ignores the same second": {"same-second": Failed},
		"resurrects":              {"late-update": Failed},
		"keeps deleted":           {"late-update": Failed},
		"hides":                   {"late-update": Failed}, // no response is no proof
		"flips":                   {"two-senders": Failed},
		"rounds":                  {"large-id": Failed},
		"rounds and finds":        {"large-id": Failed},
		"partial":                 {"partial-body": Failed},
	}
	for fault, want := range tests {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			got := auditTickets(t, fault, ProbeSpec{Request: "GET URL/{{ .object }}/{{ .id }}", Count: "count", Within: 300 * time.Millisecond})
			if fault == "flips" && got["same-second"] == Warned {
				delete(got, "same-second") // there are two updates in this rule, too, if it is slow
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProbeWithoutCount(t *testing.T) {
	t.Parallel()
	got := auditTickets(t, "twice", ProbeSpec{Request: "GET URL/ticket/{{ .id }}", Expect: "status: 200\njson: {state: '{{ .state }}', count: {gt: 0}}", Within: 300 * time.Millisecond})
	if diff := cmp.Diff(map[string]Status{"duplicate": Warned, "same-second": Warned}, got); diff != "" {
		t.Error(diff)
	}
	got = auditTickets(t, "", ProbeSpec{Request: "GET URL/ticket/{{ .id }}", Count: "version", Within: 300 * time.Millisecond})
	if diff := cmp.Diff(map[string]Status{"duplicate": Failed}, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseProbe(t *testing.T) {
	parse := func(request, expect string) (*Probe, error) {
		return ParseProbe(apizee.Documented(), ProbeSpec{Request: request, Expect: expect}, new(redact.Secrets))
	}
	for request, want := range map[string][]string{
		"GET http://localhost/tickets/{{ .id }}":           {"ticket"},
		"POST http://localhost/{{ .object }}?id={{ .id }}": {"ticket", "media"},
	} {
		p, err := parse(request, "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, p.objects); diff != "" {
			t.Errorf("%s: %s", request, diff)
		}
	}
	p, err := parse("GET http://localhost/${A}/{{ .id }}", `json: {"${K}": "${Q}", state: "$${Q:?}"}`)
	if err != nil {
		t.Fatal("${ has no meaning, but:", err)
	}
	if url, err := p.URL(); url != "http://localhost/${A}/1" || err != nil {
		t.Errorf("${ in a URL: %s, %v", url, err)
	}
	for _, lineBreak := range []string{"\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029"} {
		_, err := parse("GET http://localhost/{{ .id }}", "status: 200"+lineBreak+"  - template: ticket-geolocated")
		if err == nil || !strings.HasPrefix(err.Error(), "probe-expect: ") {
			t.Errorf("a second step after %q: %v", lineBreak, err)
		}
	}
	for _, test := range []struct{ request, expect, want string }{
		{"http://localhost/{{ .id }}", "", "probe: probe must be a method and a URL"},
		{"GET http://localhost/tickets/1", "", "probe: the URL is the same for all objects"},
		{"GET http://localhost/{{ .ID }}", "", `probe: unknown variable "ID"; did you mean "id"?`},
		{"GET http://localhost/{{ .id }}", "jsn: {}", `probe-expect: unknown key "jsn" in expect; did you mean "json"?`},
		{"GET http://localhost/{{ .id }}", "json: {state: {is: open}}", `probe-expect: unknown matcher "is"`},
		{"GET http://localhost/{{ .id }}", `json: {state: "{{ .stat }}"}`, `probe-expect: unknown variable "stat"`},
		{"GET http://localhost/{{ .id }}", "json: {state", "probe-expect: "},
		{"GET http://localhost/{{ .id }}", "status: ${Q}", `probe-expect: a status must be a code`},
		{"GET http://${A}/{{ .id }}", "", "probe: "},
		{"GET http://localhost/{{ .id }}", "5", "probe-expect: expect must be a mapping"},
		{"GET http://localhost/{{ .ID }}", "5", `probe: unknown variable "ID"; did you mean "id"?; probe-expect: expect must be a mapping`},
	} {
		if _, err := parse(test.request, test.expect); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s, %s: got %v, want %s", test.request, test.expect, err, test.want)
		}
	}
}

// The plan holds what the audit of a good endpoint sends, and more.
func TestPlan(t *testing.T) {
	t.Parallel()
	o := options(t, "http://127.0.0.1:9")
	o.IDBase = 5000
	plan := NewPlan(o)
	if plan != NewPlan(o) {
		t.Error("another plan")
	}
	if plan.First != 5001 || plan.Created < 200 || plan.Updated < 5 || plan.Deleted < 3 || plan.Last < plan.First+plan.Created-1 {
		t.Errorf("%+v", plan)
	}
	var events int
	var mu sync.Mutex
	outside := ""
	run(t, func(w http.ResponseWriter, r *http.Request) {
		body := peek(r)
		var e struct{ ObjectID int64 }
		mu.Lock()
		if events++; json.Unmarshal(body, &e) == nil && e.ObjectID != 0 && e.ObjectID < 1<<50 && (e.ObjectID <= 5000 || e.ObjectID > 5000+int64(plan.Last-plan.First+1)) {
			outside = string(body)
		}
		mu.Unlock()
		correctEndpoint(w, r)
	}, func(o *Options) { o.IDBase = 5000 })
	if outside != "" {
		t.Errorf("an ID outside of the plan: %s", outside)
	}
	if events < plan.Events {
		t.Errorf("%d events planned, %d sent before the deletes", plan.Events, events)
	}
}

// What a probe finds is repeated by all events about the object, and the probe with its headers.
func TestProbeIsRepeated(t *testing.T) {
	t.Parallel()
	endpoint := &tickets{objects: map[string]ticket{}, seen: map[string]bool{}, fault: "overwrites"}
	var needed atomic.Bool
	result := try(t, "out-of-order", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.Header.Get("Authorization") != "Bearer hunter2" {
			needed.Store(true)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		endpoint.ServeHTTP(w, r)
	}, func(o *Options) {
		var err error
		o.Probe, err = ParseProbe(o.Catalog, ProbeSpec{
			Request: "GET http://" + o.Target.URL.Host + "/ticket/{{ .id }}", Within: 300 * time.Millisecond,
			Headers: []deliver.Header{{Name: "Authorization", Value: "Bearer hunter2"}},
		}, new(redact.Secrets))
		if err != nil {
			t.Fatal(err)
		}
		o.Repeat = func(r Request) string {
			text := r.Method + " " + r.Target.URL.Path + " " + fmt.Sprint(r.Target.Headers)
			for _, e := range r.Earlier {
				text += "; " + gjson.GetBytes(e.Body, "event").String() + " " + gjson.GetBytes(e.Body, "props.state").String()
			}
			return text
		}
	})
	if result.Status != Failed || needed.Load() {
		t.Fatalf("%s: %s", result.Status, result.Actual)
	}
	if got := result.Requests[0].Repeat; !regexp.MustCompile(`^GET /ticket/\d+ .*hunter2.*; create new; update closed; update inprogress$`).MatchString(got) {
		t.Errorf("got %s", got)
	}
}

// An endpoint that keeps in mind what was deleted ignores the events of an audit with the same IDs.
func TestEachAuditHasOtherIDs(t *testing.T) {
	start := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	ids := map[string]bool{}
	for _, at := range []time.Duration{0, 2 * time.Second, time.Hour, 100_000 * time.Second} {
		o := options(t, "http://127.0.0.1:9")
		o.IDBase = NewIDBase(start.Add(at))
		s := newSession(t.Context(), o)
		for range 1000 {
			ids[s.id()], ids[s.uid()] = true, true
		}
		if plan := NewPlan(o); plan.First < 1_000_000_000 || plan.Last > math.MaxInt32 {
			t.Errorf("%s: IDs from %d to %d", at, plan.First, plan.Last)
		}
	}
	if len(ids) != 4*2*1000 {
		t.Errorf("%d different IDs", len(ids))
	}
	const span = 1_100_000_000 * time.Millisecond
	if last := NewIDBase(time.UnixMilli(0).Add(span - time.Millisecond)); last > math.MaxInt32-20_000 {
		t.Errorf("the IDs of an audit may not fit in 32 bits after %d", last)
	}
}
