package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
)

func TestDeliverResponse(t *testing.T) {
	tests := map[string]struct {
		resp    string
		want    Result
		verdict Verdict
	}{
		"no content": {
			resp:    delivertest.NoContent,
			want:    Result{Status: 204, StatusText: "No Content", Proto: "HTTP/1.1", Headers: http.Header{"Connection": {"close"}}},
			verdict: VerdictAccepted,
		},
		"body": {
			resp: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
			want: Result{Status: 200, StatusText: "OK", Proto: "HTTP/1.1", Headers: http.Header{"Content-Length": {"2"}},
				Body: []byte("ok"), BodyBytes: 2},
			verdict: VerdictAccepted,
		},
		"framing": {
			resp: "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-B, X-A\r\n\r\n2\r\nok\r\n0\r\nX-A: 1\r\n\r\n",
			want: Result{Status: 200, StatusText: "OK", Proto: "HTTP/1.1",
				Headers: http.Header{"Connection": {"close"}, "Transfer-Encoding": {"chunked"}, "Trailer": {"X-A", "X-B"}}, Body: []byte("ok"), BodyBytes: 2},
			verdict: VerdictAccepted,
		},
		"own wording": {
			resp:    "HTTP/1.0 418 Short and stout\r\n\r\n",
			want:    Result{Status: 418, StatusText: "Short and stout", Proto: "HTTP/1.0", Headers: http.Header{}, Body: []byte{}},
			verdict: VerdictRejected,
		},
		"no wording": {
			resp:    "HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n",
			want:    Result{Status: 503, Proto: "HTTP/1.1", Headers: http.Header{"Content-Length": {"0"}}},
			verdict: VerdictRejected,
		},
		"other protocol": {
			resp: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nwhatever",
			want: Result{Status: 101, StatusText: "Switching Protocols", Proto: "HTTP/1.1",
				Headers: http.Header{"Upgrade": {"x"}, "Connection": {"upgrade"}}},
			verdict: VerdictRejected,
		},
		"not compressed, as it says": {
			resp: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
			want: Result{Status: 200, StatusText: "OK", Proto: "HTTP/1.1",
				Headers: http.Header{"Content-Encoding": {"gzip"}, "Content-Length": {"3"}}, Body: []byte("abc"), BodyBytes: 3,
				Undecoded: "it is not valid gzip, its Content-Encoding"},
			verdict: VerdictAccepted,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := send(t, newClient(t, Network{}), delivertest.Respond(t, test.resp), "{}")
			if got.Start.IsZero() || got.Timings.Connect <= 0 || got.Timings.FirstByte < got.Timings.Connect ||
				got.Timings.Total < got.Timings.FirstByte || got.Timings.TLS != 0 || got.Timings.Reused {
				t.Errorf("timings are not plausible: %+v", got.Timings)
			}
			got.Start, got.Timings = time.Time{}, Timings{}
			test.want.N, test.want.Attempt = 1, 1
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if got.Verdict() != test.verdict {
				t.Errorf("verdict is %s, want %s", got.Verdict(), test.verdict)
			}
		})
	}
}

func TestDeliverLongResponse(t *testing.T) {
	tests := map[string]struct {
		size      int
		read      int64
		truncated bool
		reused    bool
	}{
		"just kept":        {KeptBody, KeptBody, false, true},
		"one byte more":    {KeptBody + 1, KeptBody + 1, true, true},
		"just drained":     {DrainedBody, DrainedBody, true, true},
		"more than wanted": {DrainedBody * 4, DrainedBody, true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, strings.Repeat("x", test.size))
			}))
			t.Cleanup(server.Close)
			client := newClient(t, Network{})
			got := send(t, client, server.URL, "{}")
			if !got.Accepted() || len(got.Body) != min(test.size, KeptBody) || got.BodyBytes != test.read || got.Truncated != test.truncated {
				t.Errorf("kept %d, read %d, truncated %t, %+v", len(got.Body), got.BodyBytes, got.Truncated, got.Failure)
			}
			if again := send(t, client, server.URL, "{}"); again.Timings.Reused != test.reused {
				t.Errorf("connection reused: %t, want %t", again.Timings.Reused, test.reused)
			}
		})
	}
}

func TestDeliverTimingsOverTLS(t *testing.T) {
	config, _ := delivertest.SelfSigned(t)
	l := delivertest.Listen(t)
	delivertest.Serve(tls.NewListener(l, config), func(conn net.Conn) {
		for {
			if _, err := delivertest.ReadRequest(conn); err != nil {
				return
			}
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	client := newClient(t, Network{Insecure: true})
	first := send(t, client, "https://"+l.Addr().String(), "{}")
	if !first.Accepted() || first.Timings.TLS <= 0 || first.Timings.FirstByte < first.Timings.Connect+first.Timings.TLS {
		t.Errorf("timings are not plausible: %+v, %+v", first.Timings, first.Failure)
	}
	second := send(t, client, "https://"+l.Addr().String(), "{}")
	if !second.Timings.Reused || second.Timings.TLS != 0 || second.Timings.Connect != 0 {
		t.Errorf("timings are not plausible: %+v", second.Timings)
	}
}

func TestDeliverUsesTheClock(t *testing.T) {
	at := time.Unix(1575976413, 0)
	clock := func() time.Time {
		at = at.Add(time.Second)
		return at
	}
	transport := roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{Status: "204 No Content", StatusCode: 204, Body: http.NoBody}, nil
	})
	result := NewClient(transport, clock).Deliver(t.Context(), Request{Target: parseTarget(t, "h")}, 0)
	if !result.Start.Equal(time.Unix(1575976414, 0)) || result.Timings != (Timings{Total: time.Second}) {
		t.Errorf("started %v, took %+v", result.Start, result.Timings)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func BenchmarkDeliver(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
	b.Cleanup(server.Close)
	client := newClient(b, Network{})
	req := Request{Target: parseTarget(b, server.URL), Body: []byte(ticketEvent)}
	b.ReportAllocs()
	for b.Loop() {
		if result := client.Deliver(context.Background(), req, 10*time.Second); !result.Accepted() {
			b.Fatalf("%+v", result.Failure)
		}
	}
}

func pass(t *testing.T, url string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, url, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	return newClient(t, Network{}).Pass(t.Context(), req, 10*time.Second)
}

func TestPass(t *testing.T) {
	resp, err := pass(t, delivertest.Respond(t, "HTTP/1.1 302 Found\r\nContent-Length: 2\r\nLocation: /x\r\n\r\nok"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "ok" || resp.StatusCode != 302 {
		t.Errorf("%d, %q, %v", resp.StatusCode, body, err)
	}
}

func TestPassFails(t *testing.T) {
	l := delivertest.Listen(t)
	l.Close()
	_, err := pass(t, "http://"+l.Addr().String())
	checkPassFailure(t, err, KindRefused)

	resp, err := pass(t, delivertest.Respond(t, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	checkPassFailure(t, err, KindReset)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

func checkPassFailure(t *testing.T, err error, kind Kind) {
	t.Helper()
	var failure *Failure
	if !errors.As(err, &failure) || failure.Kind != kind || failure.Message != err.Error() {
		t.Errorf("got %v, want a failure of kind %s", err, kind)
	}
}
