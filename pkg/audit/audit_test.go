package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

const secretHeader = "X-Hook-Secret"

// correctEndpoint does what every rule expects.
func correctEndpoint(w http.ResponseWriter, r *http.Request) {
	if values := r.Header.Values(secretHeader); len(values) != 1 || values[0] != "s3cret" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodPost {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	var event struct {
		Event string          `json:"event"`
		Props json.RawMessage `json:"props"`
	}
	if err != nil || json.Unmarshal(body, &event) != nil || event.Event == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// peek returns the body of a request, which can still be read.
func peek(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

// run audits a handler, without the pauses of slow bodies.
func run(t *testing.T, handler http.HandlerFunc, change func(*Options)) Outcome {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	o := options(t, server.URL+"/hooks")
	if change != nil {
		change(&o)
	}
	outcome, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func options(t *testing.T, url string) Options {
	t.Helper()
	u, err := deliver.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := deliver.NewTransport(t.Context(), deliver.Network{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return Options{Catalog: apizee.Documented(),
		Target:    deliver.Target{URL: u, Headers: []deliver.Header{{Name: "X-Team", Value: "blue"}, {Name: secretHeader, Value: "s3cret"}}},
		Transport: transport, Timeout: 10 * time.Second, Now: time.Now,
		Sleep:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		Repeat: func(r Request) string { wantTargets(t, r); return "" },
	}
}

// wantTargets checks that a request can be repeated, and those that it refers to.
func wantTargets(t *testing.T, r Request) {
	t.Helper()
	if r.Target.URL == nil {
		t.Errorf("%q has no target", r.Label)
	}
	for _, other := range []*Request{r.Before, r.During} {
		if other != nil {
			wantTargets(t, *other)
		}
	}
	for _, earlier := range r.Earlier {
		wantTargets(t, earlier)
	}
}

// A rule need not name the endpoint in the requests that its evidence refers to.
func TestEvidenceHasTargets(t *testing.T) {
	s := newSession(t.Context(), options(t, "http://127.0.0.1:9"))
	probe := Request{Target: s.options.Target, Label: "probe", Earlier: []Request{
		{Label: "first"}, {Label: "second", Before: &Request{Label: "before"}, During: &Request{Label: "meanwhile"}},
	}}
	s.requests([]attempt{{request: probe}})
	if probe.Earlier[0].Target.URL != nil {
		t.Error("the evidence changes the request of the rule")
	}
}

// notPassed returns the rules that did not pass, with their status.
func notPassed(o Outcome) map[string]Status {
	found := map[string]Status{}
	for _, r := range o.Results {
		if r.Status != Passed && (r.Status != Skipped || r.needs == nil || r.Group == security) {
			found[r.Name] = r.Status
		}
	}
	return found
}

func TestCorrectEndpoint(t *testing.T) {
	t.Parallel()
	var seen []string
	outcome := run(t, correctEndpoint, func(o *Options) {
		o.OnResult = func(r Result) { seen = append(seen, r.Name) }
	})
	for _, r := range outcome.Results {
		if r.Status != Passed && r.Group != effects && r.Group != restarts {
			t.Errorf("%s %s: %s", r.Name, r.Status, r.Actual)
		}
	}
	if outcome.Score() != 100 || !outcome.OK() || !outcome.Complete || len(seen) != len(Rules(apizee.Documented())) {
		t.Errorf("%s, %d seen", outcome.Summary(), len(seen))
	}
}

// Each defect must be found by the rule that is about it.
func TestDefectsAreFound(t *testing.T) {
	t.Parallel()
	reject := func(status int, when func(r *http.Request, body string) bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body := peek(r)
			if when(r, string(body)) {
				w.WriteHeader(status)
				return
			}
			correctEndpoint(w, r)
		}
	}
	has := func(part string) func(*http.Request, string) bool {
		return func(_ *http.Request, body string) bool { return strings.Contains(body, part) }
	}
	tests := map[string]struct {
		handler http.HandlerFunc
		want    map[string]Status
	}{
		"rejects a state": {reject(400, has(`"state":"expired"`)), map[string]Status{"ticket-events": Failed}},
		"compares the content type as text": {
			reject(415, func(r *http.Request, _ string) bool { return r.Header.Get("Content-Type") == "application/json" }),
			map[string]Status{"content-type": Failed},
		},
		"rejects unknown states":     {reject(400, has("teleported")), map[string]Status{"unknown-state": Warned}},
		"crashes on unknown states":  {reject(500, has("teleported")), map[string]Status{"unknown-state": Failed}},
		"rejects unknown fields":     {reject(422, has("deliveryId")), map[string]Status{"extra-field": Warned}},
		"rejects unknown props":      {reject(422, has(`"priority"`)), map[string]Status{"extra-prop": Warned}},
		"rejects session events":     {reject(400, has(apizee.InvitationSent)), map[string]Status{"partly-documented": Warned}},
		"crashes on session events":  {reject(500, has(apizee.OCRDone)), map[string]Status{"partly-documented": Failed}},
		"crashes on dotted props":    {reject(500, has("geoloc.lat")), map[string]Status{"dotted-props": Failed}},
		"crashes on null":            {reject(500, has(`"geoloc":null`)), map[string]Status{"nulls": Failed}},
		"crashes on four-byte UTF-8": {reject(500, has("🚀")), map[string]Status{"unicode": Failed}},
		"body limit":                 {reject(413, func(_ *http.Request, b string) bool { return len(b) > 100<<10 }), map[string]Status{"long-name": Warned}},
		"crashes on long bodies":     {reject(500, func(_ *http.Request, b string) bool { return len(b) > 100<<10 }), map[string]Status{"long-name": Failed, "large-body": Failed}},
		"crashes on other JSON":      {reject(500, func(_ *http.Request, b string) bool { return b == "[]" }), map[string]Status{"not-an-event": Failed}},
		"redirects": {reject(302, has("conversation")), map[string]Status{"conversation-events": Failed, "media-events": Failed, "unicode": NotJudged, "long-name": NotJudged, "nulls": Failed, "partly-documented": Failed, "bad-utf8": Failed,
			"quotes": NotJudged, "nul": NotJudged}},
		"rejects duplicates": {reject(409, repeats()), map[string]Status{"duplicate": Warned}},
		"accepts everything": {
			func(w http.ResponseWriter, _ *http.Request) {},
			map[string]Status{"secret-missing": Failed, "secret-wrong": NotJudged, "secret-duplicated": NotJudged, "secret-case": NotJudged,
				"get": Warned, "empty-body": Warned, "not-an-event": Warned, "trailing-text": Warned, "not-json": Failed, "truncated-body": Failed},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := notPassed(run(t, test.handler, nil))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// repeats reports whether an event has the object, the name and the time of an earlier one.
func repeats() func(*http.Request, string) bool {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(_ *http.Request, body string) bool {
		if !json.Valid([]byte(body)) {
			return false
		}
		key := fmt.Sprint(gjson.GetMany(body, "object", "objectId", "event", "time"))
		mu.Lock()
		defer mu.Unlock()
		known := seen[key]
		seen[key] = true
		return known && gjson.Get(body, "objectId").Exists()
	}
}

// What the endpoint rejected is not there to be deleted.
func TestRejectedObjectsAreNotLeft(t *testing.T) {
	t.Parallel()
	outcome := run(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), `"object":"conversation"`) {
			w.WriteHeader(http.StatusNotFound)
		}
	}, nil)
	if outcome.Left != 0 || outcome.Deleted < 200 {
		t.Errorf("%d deleted, %d left", outcome.Deleted, outcome.Left)
	}
}

// An audit that is stopped deletes its objects, too.
func TestStoppedAuditCleansUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(correctEndpoint))
	t.Cleanup(server.Close)
	o := options(t, server.URL+"/hooks")
	o.OnResult = func(r Result) {
		if r.Name == "burst" {
			cancel()
		}
	}
	outcome, err := Run(ctx, o)
	if err != nil || outcome.Complete || outcome.Deleted < 50 || outcome.Left != 0 {
		t.Errorf("%v, %s, %d deleted, %d left", err, outcome.Summary(), outcome.Deleted, outcome.Left)
	}
}

func try(t *testing.T, name string, handler http.HandlerFunc, change func(*Options)) Result {
	t.Helper()
	rule, err := LookupRule(apizee.Documented(), name)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	o := options(t, server.URL+"/hooks")
	if change != nil {
		change(&o)
	}
	return newSession(t.Context(), o).run(rule)
}

// The server responds to none before it has received all.
func TestBurstIsConcurrent(t *testing.T) {
	var received atomic.Int32
	all := make(chan struct{})
	result := try(t, "burst", func(w http.ResponseWriter, r *http.Request) {
		if received.Add(1) == 50 {
			close(all)
		}
		<-all
		correctEndpoint(w, r)
	}, nil)
	if result.Status != Passed || result.Actual != "50 × 204 No Content" {
		t.Errorf("%s: %s", result.Status, result.Actual)
	}
}

// The slow sender continues only after the response to the other event.
func TestSlowBodyAndAnotherEvent(t *testing.T) {
	answered := make(chan struct{})
	var once sync.Once
	result := try(t, "slow-body", func(w http.ResponseWriter, r *http.Request) {
		correctEndpoint(w, r)
		once.Do(func() { close(answered) })
	}, func(o *Options) {
		o.Sleep = func(context.Context, time.Duration) error {
			<-answered
			return nil
		}
	})
	if result.Status != Passed || result.Actual != "2 × 204 No Content" {
		t.Errorf("%s: %s", result.Status, result.Actual)
	}
}

func TestSkipped(t *testing.T) {
	t.Parallel()
	outcome := run(t, func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set(secretHeader, "s3cret")
		correctEndpoint(w, r)
	}, func(o *Options) {
		o.Skip = []string{"burst", "get"}
		o.Target.Headers = []deliver.Header{{Name: "X-Team", Value: "blue"}}
	})
	for _, r := range outcome.Results {
		if skipped := r.Name == "burst" || r.Name == "get" || r.Group == security || r.Group == effects || r.Group == restarts; skipped != (r.Status == Skipped) {
			t.Errorf("%s is %s: %s", r.Name, r.Status, r.Actual)
		}
	}
	o := options(t, "http://127.0.0.1:9")
	o.Skip = []string{"burts"}
	if _, err := Run(t.Context(), o); err == nil || err.Error() != `unknown rule "burts"; did you mean "burst"?` {
		t.Errorf("got %v", err)
	}
}

func TestTimeout(t *testing.T) {
	for name, start := range map[string]func(http.ResponseWriter){
		"no response":      func(http.ResponseWriter) {},
		"endless response": func(w http.ResponseWriter) { http.NewResponseController(w).Flush() },
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				start(w)
				<-done
			}))
			defer server.Close()
			defer close(done)
			o := options(t, server.URL)
			o.Timeout = 10 * time.Millisecond
			o.OnResult = func(r Result) { t.Errorf("the audit continued with %s", r.Name) }
			var unreachable *UnreachableError
			if _, err := Run(t.Context(), o); !errors.As(err, &unreachable) || unreachable.Failure.Kind != deliver.KindTimeout {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An endpoint that closes every connection, or speaks another protocol, cannot be audited.
func TestNothingToAudit(t *testing.T) {
	for text, want := range map[string]deliver.Kind{"": deliver.KindReset, "hello\r\n\r\n": deliver.KindBadResponse} {
		var unreachable *UnreachableError
		_, err := Run(t.Context(), options(t, delivertest.Respond(t, text)))
		if !errors.As(err, &unreachable) || unreachable.Failure.Kind != want {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	var unreachable *UnreachableError
	if _, err := Run(t.Context(), options(t, server.URL)); !errors.As(err, &unreachable) || unreachable.Failure.Kind != deliver.KindRefused {
		t.Errorf("got %v", err)
	}
}

func TestStopped(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(correctEndpoint))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithCancel(t.Context())
	o := options(t, server.URL)
	seen := 0
	o.OnResult = func(r Result) {
		if seen++; r.Name == "ticket-events" {
			cancel()
		}
	}
	outcome, err := Run(ctx, o)
	if seen != 2 || !strings.HasPrefix(outcome.Summary(), "stopped early, no score: 2 passed, ") {
		t.Errorf("%d results; %s", seen, outcome.Summary())
	}
	var page strings.Builder
	if err := outcome.Page().Write(&page); err != nil || strings.Contains(page.String(), " / 100") {
		t.Errorf("the page of a stopped audit has a score, or %v", err)
	}
	if d := outcome.document(); d.Score != nil {
		t.Errorf("its JSON has the score %d", *d.Score)
	}
	for _, suite := range outcome.Report().Suites {
		if len(suite.Properties) != 1 {
			t.Errorf("its JUnit report has %+v", suite.Properties)
		}
	}
	if err != nil || outcome.Complete || len(outcome.Results) != len(Rules(apizee.Documented())) || outcome.Count(Passed) != 2 {
		t.Errorf("%s, %v", outcome.Summary(), err)
	}
}

func TestRules(t *testing.T) {
	names := map[string]bool{}
	var groups []string
	for _, r := range Rules(apizee.Documented()) {
		if names[r.Name] || r.Name == "" || r.Title == "" || r.Why == "" || r.Expected == "" || r.want == nil || r.try == nil {
			t.Errorf("%+v", r)
		}
		names[r.Name] = true
		groups = append(groups, r.Group)
		if got, err := LookupRule(apizee.Documented(), r.Name); err != nil || got.Name != r.Name {
			t.Errorf("%s: %v", r.Name, err)
		}
	}
	if groups = slices.Compact(groups); len(groups) != 8 {
		t.Errorf("the groups are not together: %v", groups)
	}
	if _, err := LookupRule(apizee.Documented(), "elephant"); err == nil || !strings.HasPrefix(err.Error(), `unknown rule "elephant"; the rules are ordinary-event, `) {
		t.Errorf("got %v", err)
	}
}

// An endpoint may reject events about objects that it does not know: one rule is about that.
func TestUnknownObjects(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	known := map[string]bool{}
	outcome := run(t, func(w http.ResponseWriter, r *http.Request) {
		body := peek(r)
		event := apizee.Documented().Validate(body).Event
		id := event.Object + event.ID
		mu.Lock()
		defer mu.Unlock()
		known[id] = known[id] || event.Name == apizee.Create
		if event.ID != "" && !known[id] {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		correctEndpoint(w, r)
	}, nil)
	if diff := cmp.Diff(map[string]Status{"update-first": Warned}, notPassed(outcome)); diff != "" {
		t.Error(diff)
	}
}

// The rules about documented events must send valid ones.
func TestDocumentedEventsAreValid(t *testing.T) {
	var mu sync.Mutex
	states := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if report := apizee.Documented().Validate(body); len(report.Findings) > 0 {
			t.Errorf("%s: %v", body, report.Findings)
		} else if v, ok := report.Event.Prop(apizee.PropState); ok && report.Event.Object == apizee.Ticket {
			states[v.Text()] = true
		}
	}))
	t.Cleanup(server.Close)
	p := newSession(t.Context(), options(t, server.URL))
	for _, o := range apizee.Documented().Objects {
		if !o.PartlyDocumented {
			documentedEvents(p, apizee.Documented().EventNamesOf(o), o)
		}
	}
	object, _ := apizee.Documented().LookupObject(apizee.Ticket)
	prop, _ := object.Prop(apizee.PropState)
	if len(states) != len(prop.Values) {
		t.Errorf("%d states were sent: %v", len(states), states)
	}
}

func TestSummarize(t *testing.T) {
	response := func(status int, text string) deliver.Result {
		return deliver.Result{Status: status, StatusText: text}
	}
	failure := func(k deliver.Kind) deliver.Result {
		return deliver.Result{Failure: &deliver.Failure{Kind: k, Message: "it " + string(k)}}
	}
	late := response(204, "No Content")
	late.Timings.Total = 3 * time.Second
	ok := attempt{label: "a", result: response(204, "No Content"), want: mustAccept()}
	tests := map[string]struct {
		attempts []attempt
		status   Status
		actual   string
	}{
		"none":         {nil, Skipped, "nothing was sent"},
		"one":          {[]attempt{ok}, Passed, "204 No Content"},
		"same":         {[]attempt{ok, ok}, Passed, "2 × 204 No Content"},
		"different":    {[]attempt{ok, {result: response(413, ""), want: acceptOrReject()}}, Passed, "1 × 204 No Content, 1 × 413"},
		"failed":       {[]attempt{ok, {label: "b", result: response(500, "Oops"), want: mustAccept()}}, Failed, "a: 204 No Content; b: 500 Oops"},
		"worst":        {[]attempt{{label: "w", result: response(400, ""), want: shouldAccept()}, {label: "f", result: response(302, "Found"), want: shouldAccept()}}, Failed, "w: 400; f: 302 Found"},
		"one of many":  {[]attempt{ok, ok, ok, {label: "b", result: response(500, "Oops"), want: mustAccept()}}, Failed, "1 of 4 requests: b: 500 Oops"},
		"some of many": {[]attempt{ok, ok, {label: "b", result: response(500, ""), want: mustAccept()}, {label: "c", result: response(500, ""), want: mustAccept()}}, Failed, "2 of 4 requests, such as b: 500"},
		"late":         {[]attempt{{result: late, want: mustAccept(), within: time.Second}}, Warned, "204 No Content after 3s"},
		"reset":        {[]attempt{{result: failure(deliver.KindReset), want: rejectOrReset()}}, Passed, "it reset"},
		"timeout":      {[]attempt{{result: failure(deliver.KindTimeout), want: rejectOrReset()}}, Failed, "it timeout"},
		"not HTTP":     {[]attempt{{result: failure(deliver.KindBadResponse), want: acceptOrReject()}}, Failed, "it bad-response"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if v := summarize(test.attempts); v.status != test.status || v.actual != test.actual {
				t.Errorf("got %s, %q", v.status, v.actual)
			}
		})
	}
}

func TestFirstLines(t *testing.T) {
	for body, want := range map[string]string{
		"":                             "",
		" a\nb \n":                     "a\nb",
		"1\n2\n3\n4":                   "1\n2\n3…",
		strings.Repeat("x", 301):       strings.Repeat("x", 300) + "…",
		"caf\xe9":                      "caf\ufffd",
		strings.Repeat("x", 299) + "é": strings.Repeat("x", 299) + "\ufffd…",
	} {
		if got := (attempt{}).firstLines([]byte(body)); got != want {
			t.Errorf("%q: %q", body, got)
		}
	}
}

func TestScore(t *testing.T) {
	outcome := Outcome{Results: []Result{{Status: Passed}, {Status: Passed}, {Status: Warned}, {Status: Skipped}}}
	if outcome.Score() != 83 || !outcome.OK() || (Outcome{}).Score() != 0 {
		t.Errorf("%s", outcome.Summary())
	}
}

func TestReports(t *testing.T) {
	outcome := Outcome{
		URL: "http://h/?<script>", Start: time.Unix(1575976413, 0), Took: 1500 * time.Millisecond, Complete: true,
		Results: []Result{
			{Rule: Rules(apizee.Documented())[0], Status: Failed, Actual: `<img src=x onerror=alert(1)> & "500"`, Took: 20 * time.Millisecond},
			{Rule: Rules(apizee.Documented())[1], Status: Passed, Actual: "204"},
		},
	}
	var text bytes.Buffer
	if err := outcome.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	var read Document
	if err := json.Unmarshal(text.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if read.Score == nil || *read.Score != 50 || len(read.Rules) != 2 || read.Rules[0].Status != Failed || read.Rules[0].Name != "ordinary-event" || read.Rules[0].DurationMS != 20 {
		t.Errorf("%s", text.String())
	}
	suites := outcome.Report().Suites
	if len(suites) != 1 || suites[0].Duration != 20*time.Millisecond || len(suites[0].Cases) != 2 ||
		suites[0].Cases[0].Status != report.Failed || suites[0].Cases[1].Status != report.Passed {
		t.Errorf("%+v", suites)
	}
	text.Reset()
	if err := outcome.Page().Write(&text); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"<h1>http://h/?&lt;script&gt;</h1>", "&lt;img src=x", "1 failed", "<details open>", "20ms"} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("%s is missing", part)
		}
	}
	for _, part := range []string{"<script", "<img", "<link", "@import", "url(", "ZgotmplZ"} {
		if strings.Contains(text.String(), part) {
			t.Errorf("%s is in the page", part)
		}
	}
}
