package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
)

func target(t testing.TB, rawURL string, headers ...string) deliver.Target {
	t.Helper()
	u, err := deliver.ParseURL(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	target := deliver.Target{URL: u}
	for _, line := range headers {
		h, err := deliver.ParseHeader(line)
		if err != nil {
			t.Fatal(err)
		}
		target.Headers = append(target.Headers, h)
	}
	return target
}

func rate(t testing.TB, s string) generate.Rate {
	t.Helper()
	r, err := generate.ParseRate(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func options(t testing.TB, to deliver.Target, pace Pace) Options {
	t.Helper()
	stream := generate.New(generate.Options{Seed: 1, Start: time.Unix(1575976413, 0)})
	transport, err := deliver.NewTransport(t.Context(), deliver.Network{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Target: to, Transport: transport, Next: stream.Next, Pace: pace, Timeout: 10 * time.Second,
		Now: time.Now, Sleep: deliver.Sleep,
	}
}

func TestLoad(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if seen[string(body)] || len(apizee.Documented().Validate(body).Findings) > 0 {
			w.WriteHeader(http.StatusTeapot)
		}
		seen[string(body)] = true
		io.WriteString(w, "ok")
	}))
	t.Cleanup(server.Close)
	o := options(t, target(t, server.URL), Constant(rate(t, "400/s"), 500*time.Millisecond))
	var last Progress
	o.OnProgress = func(p Progress) { last = p }
	got := Run(t.Context(), o)
	if got.Planned != 200 || got.Sent != 200 || got.Accepted != 200 || len(seen) != 200 || got.Canceled != 0 {
		t.Errorf("%+v, %d different ones", got.Summary, len(seen))
	}
	if last != (Progress{200, 200}) {
		t.Errorf("%+v", last)
	}
	if diff := cmp.Diff([]Count{{"200", 200}}, got.Statuses); diff != "" || len(got.Errors) != 0 {
		t.Error(diff, got.Errors)
	}
	if got.BytesIn != 400 || got.BytesOut < 200*90 || got.Min <= 0 || got.Mean < got.Min || got.P99 > got.Max {
		t.Errorf("%+v", got.Summary)
	}
	if got.Duration < 490*time.Millisecond {
		t.Errorf("the requests were sent within %v", got.Duration)
	}
}

// The requests of a load are byte for byte those of a single delivery.
func TestLoadOnTheWire(t *testing.T) {
	const body = `{"event":"update"}`
	requests := make(chan string, 8)
	l := serve(t, func(conn net.Conn) {
		got := make([]byte, 4096)
		n, _ := conn.Read(got)
		requests <- string(got[:n])
		io.WriteString(conn, "HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	})
	o := options(t, target(t, "http://"+l+"/hooks/?a=1&b=%20", "x-lower: 1", "X-Twice: a", "X-Twice: b"), Constant(rate(t, "100/s"), 20*time.Millisecond))
	o.Next = func() []byte { return []byte(body) }
	got := Run(t.Context(), o)
	want := "POST /hooks/?a=1&b=%20 HTTP/1.1\r\nHost: " + l + "\r\nUser-Agent: Cloud Apizee\r\nContent-Length: 18\r\n" +
		"Accept: */*\r\nContent-Type: application/JSON\r\nX-Twice: a\r\nX-Twice: b\r\nx-lower: 1\r\n\r\n" + body
	for range 2 {
		if diff := cmp.Diff(want, <-requests); diff != "" {
			t.Error(diff)
		}
	}
	if len(requests) > 0 {
		t.Error("a redirect was followed")
	}
	wantErrors := []Count{{"307 is a redirect, which is not followed", 2}}
	if diff := cmp.Diff(wantErrors, got.Errors); diff != "" || got.Success() != 0 {
		t.Error(diff, got.Success())
	}
}

// serve passes every connection to handle and returns the address.
func serve(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l := delivertest.Listen(t)
	delivertest.Serve(l, handle)
	return l.Addr().String()
}

func TestInterruptStopsAtOnce(t *testing.T) {
	tests := map[string]struct {
		rate       string
		maxWorkers int
		sent       uint64
		canceled   uint64
	}{
		"waiting for the next":   {"1/5m", 0, 0, 1},
		"waiting for responses":  {"1000/s", 3, 0, 3},
		"waiting for one worker": {"1000/s", 1, 0, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var arrived sync.WaitGroup
			arrived.Add(int(test.canceled))
			address := serve(t, func(conn net.Conn) {
				http.ReadRequest(bufio.NewReader(conn))
				arrived.Done()
				io.Copy(io.Discard, conn)
			})
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				arrived.Wait()
				cancel()
			}()
			o := options(t, target(t, "http://"+address), Constant(rate(t, test.rate), time.Hour))
			o.MaxWorkers, o.Timeout = test.maxWorkers, 0
			got := Run(ctx, o)
			if got.Sent != test.sent || got.Canceled != test.canceled || got.Unsent != 0 || !got.Interrupted {
				t.Errorf("%+v", got.Summary)
			}
		})
	}
}

func TestErrorsAreCounted(t *testing.T) {
	address := serve(t, func(conn net.Conn) { http.ReadRequest(bufio.NewReader(conn)) })
	got := Run(t.Context(), options(t, target(t, "http://u:hunter2@"+address), Constant(rate(t, "100/s"), 50*time.Millisecond)))
	want := []Count{{address + " closed the connection before the response", 5}}
	if diff := cmp.Diff(want, got.Errors); diff != "" || got.Sent != 5 || len(got.Statuses) != 0 {
		t.Error(diff, got.Summary)
	}
}

func TestErrorsAreBounded(t *testing.T) {
	o := newOutcome(Options{Target: target(t, "http://h"), Now: time.Now})
	for i := range 100 {
		o.add(deliver.Result{Failure: &deliver.Failure{Kind: deliver.KindOther, Message: strings.Repeat("x", i+1)}}, 0)
	}
	o.close(false)
	if len(o.Errors) != mostErrors+1 || o.Errors[0] != (Count{otherErrors, 100 - mostErrors}) || len(o.errors) != mostErrors+1 {
		t.Errorf("%v", o.Errors)
	}
}

func TestFaultyLoad(t *testing.T) {
	var mu sync.Mutex
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		bodies = append(bodies, r.Header.Get("Content-Type")+" "+string(body))
	}))
	t.Cleanup(server.Close)
	tests := map[string][]string{
		"duplicate":  {"application/JSON a", "application/JSON a", "application/JSON b", "application/JSON b"},
		"reorder":    {"application/JSON b", "application/JSON a", "application/JSON d", "application/JSON c"},
		"plain-type": {"application/json a", "application/json b", "application/json c", "application/json d"},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			bodies = nil
			// One worker keeps the order.
			o := options(t, target(t, server.URL), Constant(rate(t, "100/s"), 40*time.Millisecond))
			o.MaxWorkers = 1
			n := byte('a' - 1)
			o.Next = func() []byte { n++; return []byte{n} }
			var err error
			if o.Fault, err = fault.Parse(name); err != nil {
				t.Fatal(err)
			}
			Run(t.Context(), o)
			if diff := cmp.Diff(want, bodies); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReports(t *testing.T) {
	o := sample(t)
	if o.Accepted != 96 || o.Throughput < 9 {
		t.Errorf("%+v", o.Summary)
	}
	wantHistogram := []Bucket{
		{1 * time.Millisecond, 2 * time.Millisecond, 1}, {2 * time.Millisecond, 5 * time.Millisecond, 3},
		{5 * time.Millisecond, 10 * time.Millisecond, 5}, {10 * time.Millisecond, 20 * time.Millisecond, 10},
		{20 * time.Millisecond, 50 * time.Millisecond, 30}, {50 * time.Millisecond, 100 * time.Millisecond, 50},
		{100 * time.Millisecond, 200 * time.Millisecond, 1},
	}
	if diff := cmp.Diff(wantHistogram, o.Histogram); diff != "" {
		t.Error(diff)
	}
	wantErrors := []Count{{"503 Service <Unavailable>", 2}, {"301 is a redirect, which is not followed", 1}, {"connection refused by h:80", 1}}
	if diff := cmp.Diff(wantErrors, o.Errors); diff != "" {
		t.Error(diff)
	}
	tests := map[string]struct {
		write func(io.Writer) error
		want  []string
	}{
		"json": {o.WriteJSON, []string{`"sent": 100`, `"success": 96`, `"p99Ms": `, `"count": 2`}},
		"hdr":  {o.WriteHDR, []string{"Value(ms)", "\n50.003967   0.500000    50          2.000000\n", "  1.000000    100         10000000.000000\n"}},
	}
	for name, test := range tests {
		var out bytes.Buffer
		if err := test.write(&out); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, want := range test.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %q is missing in %.300s", name, want, out.String())
			}
		}
	}
}

func TestReportsWithoutRequests(t *testing.T) {
	o := empty(t)
	for _, write := range []func(io.Writer) error{o.WriteJSON, o.WriteHTML, o.WriteHDR} {
		if err := write(io.Discard); err != nil {
			t.Error(err)
		}
	}
	if len(o.Histogram) != 0 || o.Quantile(0.99) != 0 {
		t.Errorf("%+v", o.Summary)
	}
}

func TestWriteTargets(t *testing.T) {
	o := options(t, target(t, "http://127.0.0.1/hooks/?a=1&b=2", "X-Team: blue", "Host: example.com"), Constant(rate(t, "2/s"), time.Second))
	o.Next = func() []byte { return []byte(`{"event":"update"}`) }
	var out bytes.Buffer
	if err := WriteTargets(t.Context(), &out, o, false); err != nil {
		t.Fatal(err)
	}
	line := `{"method":"POST","url":"http://127.0.0.1/hooks/?a=1\u0026b=2","body":"eyJldmVudCI6InVwZGF0ZSJ9","header":{` +
		`"Accept":["*/*"],"Content-Type":["application/JSON"],"Host":["example.com"],"User-Agent":["Cloud Apizee"],"X-Team":["blue"]}}` + "\n"
	if diff := cmp.Diff(line+line, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestTargetsMaskSecrets(t *testing.T) {
	o := options(t, target(t, "http://u:hunter2@127.0.0.1/", "X-Api-Key: hunter2"), Constant(rate(t, "1/s"), time.Second))
	for _, shown := range []bool{false, true} {
		var out bytes.Buffer
		if err := WriteTargets(t.Context(), &out, o, shown); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "hunter2"); got != shown {
			t.Errorf("secrets shown: %t, want %t: %s", got, shown, out.String())
		}
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := WriteTargets(canceled, io.Discard, o, false); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkLoad(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
	b.Cleanup(server.Close)
	o := options(b, target(b, server.URL), Constant(rate(b, "1000000000/s"), time.Hour))
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	left := b.N
	o.OnProgress = func(Progress) {
		if left--; left == 0 {
			cancel()
		}
	}
	o.MaxWorkers = 64
	b.ReportAllocs()
	b.ResetTimer()
	Run(ctx, o)
}
