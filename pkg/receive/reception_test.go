package receive

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// TestResponseIsKept checks that a recording and a report have the response that the sender got.
func TestResponseIsKept(t *testing.T) {
	long := strings.Repeat("x", deliver.KeptBody+1)
	text := func(length string) map[string][]string {
		return map[string][]string{"Content-Type": {"text/plain; charset=utf-8"}, "Content-Length": {length}}
	}
	for name, test := range map[string]struct {
		options Options
		method  string
		want    recording.Response
	}{
		"none":    {Options{}, "POST", recording.Response{Headers: map[string][]string{}}},
		"body":    {Options{Response: Response{Body: []byte("ok")}}, "POST", recording.Response{Headers: text("2"), Body: []byte("ok")}},
		"long":    {Options{Response: Response{Body: []byte(long)}}, "POST", recording.Response{Headers: text("65537"), Body: []byte(long[:deliver.KeptBody]), Truncated: true}},
		"no body": {Options{Response: Response{Body: []byte("ok")}}, "HEAD", recording.Response{Headers: text("2")}},
		"without Content-Type": {Options{Response: Response{Body: []byte("ok"), Headers: []deliver.Header{{Name: "Content-Type", Remove: true}}}}, "POST",
			recording.Response{Headers: map[string][]string{"Content-Length": {"2"}}, Body: []byte("ok")}},
		"fault": {Options{Response: Response{Body: []byte("ok")}, Fault: func(int64) Fault { return Fault{Status: 503} }}, "POST", recording.Response{}},
		"reset": {Options{Response: Response{Body: []byte("ok")}, Fault: func(int64) Fault { return Fault{Reset: true} }}, "POST", recording.Response{}},
	} {
		t.Run(name, func(t *testing.T) {
			recorded := make(chan recording.Entry, 1)
			test.options.Record = func(e recording.Entry) (recording.Place, error) { recorded <- e; return recording.Place{}, nil }
			r := start(t, test.options)
			req, err := http.NewRequest(test.method, r.url("/"), strings.NewReader(ticketEvent))
			if err != nil {
				t.Fatal(err)
			}
			if resp, err := http.DefaultClient.Do(req); err == nil {
				resp.Body.Close()
			}
			x, e := <-r.receptions, <-recorded
			for _, got := range []recording.Response{x.Response, x.Entry().Response, e.Response} {
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
			}
			if e.Took <= 0 || e.Took > x.Took || e.Remote != x.Remote {
				t.Errorf("%+v, %+v", e, x)
			}
		})
	}
}

func TestForwardedResponseIsKept(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprint(w, "unpacked")
	w.Close()
	for name, test := range map[string]struct {
		body, encoding string
		want           string
		truncated      bool
	}{
		"short":      {"no such ticket", "", "no such ticket", false},
		"full":       {strings.Repeat("x", deliver.KeptBody), "", strings.Repeat("x", deliver.KeptBody), false},
		"long":       {strings.Repeat("x", 3*deliver.KeptBody), "", strings.Repeat("x", deliver.KeptBody), true},
		"compressed": {packed.String(), "gzip", "unpacked", false},
	} {
		t.Run(name, func(t *testing.T) {
			target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Encoding"] = []string{test.encoding}[:min(len(test.encoding), 1)]
				w.WriteHeader(422)
				fmt.Fprint(w, test.body)
			}))
			defer target.Close()
			recorded := make(chan recording.Entry, 1)
			r := start(t, Options{Forward: forwarder(t, target.Listener.Addr().String()), Record: func(e recording.Entry) (recording.Place, error) { recorded <- e; return recording.Place{}, nil }})
			if got := readAll(t, post(t, r.url("/in?a=1"), ticketEvent).Body); got != test.body && test.encoding == "" {
				t.Errorf("got %d bytes, want %d", len(got), len(test.body))
			}
			x := <-r.receptions
			for _, e := range []recording.Entry{<-recorded, x.Entry()} {
				f := e.Forwarded
				if f.URL != target.URL+"/in?a=1" || f.Status != 422 || f.Took <= 0 || f.Failure != nil || f.Headers["Date"] == nil {
					t.Errorf("%+v", f)
				}
				for _, got := range []recording.Response{f.Response, e.Response} {
					if string(got.Body) != test.want || got.Truncated != test.truncated {
						t.Errorf("got %d bytes, %v, want %d, %v", len(got.Body), got.Truncated, len(test.want), test.truncated)
					}
				}
			}
		})
	}
}

func TestEntryOfFailure(t *testing.T) {
	r := start(t, Options{Forward: forwarder(t, "127.0.0.1:1")})
	post(t, r.url("/"), ticketEvent)
	x := <-r.receptions
	want := recording.Entry{
		ReceivedAt: x.At, Method: "POST", Path: "/", Headers: x.Headers, Body: []byte(ticketEvent), Status: 502, Findings: x.Report.Findings,
		Took: x.Took, Remote: x.Remote, Outcome: "not-forwarded", Problem: x.Problem,
		Forwarded: &recording.Forwarded{URL: "http://127.0.0.1:1/", Took: x.Forwarded.Took,
			Failure: &recording.Failure{Kind: "refused", Message: "connection refused by 127.0.0.1:1"}},
	}
	if diff := cmp.Diff(want, x.Entry()); diff != "" || x.Took < time.Microsecond {
		t.Error(diff)
	}
}
