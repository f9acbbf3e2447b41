package audit

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// verdicts returns how many rules have each status, and the result of the rule that failed.
func verdicts(t *testing.T, o Outcome) (counts map[Status]int, failed Result) {
	t.Helper()
	counts = map[Status]int{}
	for _, r := range o.Results {
		if counts[r.Status]++; r.Status == Failed {
			failed = r
		}
	}
	return counts, failed
}

// wantOneCause checks that one rule failed, and that the rules after it were not judged.
func wantOneCause(t *testing.T, o Outcome, rule, actual, since string) Result {
	t.Helper()
	_, failed := verdicts(t, o)
	if o.Count(Failed) != 1 || failed.Name != rule || failed.Actual != actual {
		t.Errorf("%d failed, the last is %s: %s", o.Count(Failed), failed.Name, failed.Actual)
	}
	after := false
	for _, r := range o.Results {
		if after && (r.Status != NotJudged && r.Status != Skipped || r.Status == NotJudged && r.Actual != since) {
			t.Errorf("%s is %s: %s", r.Name, r.Status, r.Actual)
		}
		after = after || r.Name == rule
	}
	return failed
}

// respondAll is an endpoint with the same response for everything.
func respondAll(status int, header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if name, value, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// A wrong path, a wrong key, a sign-in page or a redirect is one cause, and gets one verdict.
func TestNothingIsAccepted(t *testing.T) {
	const page = "<!DOCTYPE html><title>Sign in</title><form><input type=password></form>"
	tests := map[string]struct {
		handler http.HandlerFunc
		actual  string
	}{
		"path":     {respondAll(404, "", "no such page"), "404 Not Found"},
		"key":      {respondAll(401, "", ""), "401 Unauthorized"},
		"redirect": {respondAll(301, "Location: /hooks/", ""), "301 Moved Permanently to /hooks/"},
		"page":     {respondAll(200, "", page), `200 OK with the HTML page "Sign in"`},
		"not ok":   {respondAll(200, "", `{"ok":false}`), `200 OK with the body {"ok": false}`},
		"error":    {respondAll(200, "", `{"error":"no such hook"}`), "200 OK with the error no such hook"},
		"limit":    {respondAll(429, "Retry-After: 60", ""), "429 Too Many Requests, Retry-After: 60"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			outcome := run(t, test.handler, nil)
			failed := wantOneCause(t, outcome, "ordinary-event", test.actual, "an ordinary event: "+test.actual+", since the start")
			if outcome.Score() != 0 || len(failed.Requests) != 1 {
				t.Errorf("%s, %+v", outcome.Summary(), failed.Requests)
			}
		})
	}
}

// An endpoint is broken by a rule, which is blamed, and not the rules after it.
func TestBrokenByRule(t *testing.T) {
	t.Parallel()
	trigger := []byte(`"level":3`) // only in extra-prop
	broken := func(response http.HandlerFunc) http.HandlerFunc {
		var down atomic.Bool
		return func(w http.ResponseWriter, r *http.Request) {
			body := peek(r)
			if down.Load() || bytes.Contains(body, trigger) {
				down.Store(true)
				response(w, r)
				return
			}
			correctEndpoint(w, r)
		}
	}
	t.Run("crash behind a proxy", func(t *testing.T) {
		wantOneCause(t, run(t, broken(respondAll(502, "", "")), nil), "extra-prop",
			"502 Bad Gateway; an ordinary event afterwards: 502 Bad Gateway", "an ordinary event: 502 Bad Gateway, since extra-prop")
	})
	t.Run("hang", func(t *testing.T) {
		outcome := run(t, broken(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), func(o *Options) {
			o.Timeout = 200 * time.Millisecond
			for i, rule := range Rules(apizee.Documented()) {
				if i > 0 && !strings.HasPrefix(rule.Name, "extra-") {
					o.Skip = append(o.Skip, rule.Name)
				}
			}
		})
		_, failed := verdicts(t, outcome)
		_, why, _ := strings.Cut(failed.Actual, "an ordinary event afterwards: ")
		if !strings.HasPrefix(why, "no response from ") || outcome.Count(NotJudged) != 1 {
			t.Errorf("%s: %s", outcome.Summary(), failed.Actual)
		}
		wantOneCause(t, outcome, "extra-prop", failed.Actual, "an ordinary event: "+why+", since extra-prop")
	})
	t.Run("hang in the middle of a rule", func(t *testing.T) {
		var n atomic.Int32
		result := try(t, "rate-limit", func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1) > 20 {
				_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice that the client is gone
				<-r.Context().Done()
			}
			correctEndpoint(w, r)
		}, func(o *Options) { o.Timeout = 50 * time.Millisecond })
		if !strings.HasPrefix(result.Actual, "80 of 100 requests, such as event 21: no response from ") || n.Load() != 20+mostSilent+1 {
			t.Errorf("%d requests; %s: %s", n.Load(), result.Status, result.Actual)
		}
	})
	t.Run("limit", func(t *testing.T) {
		var n atomic.Int32
		outcome := run(t, func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1) > 20 {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			correctEndpoint(w, r)
		}, nil)
		wantOneCause(t, outcome, "media-events", "9 of 10 requests, such as media update: 429 Too Many Requests; an ordinary event afterwards: 429 Too Many Requests",
			"an ordinary event: 429 Too Many Requests, since media-events")
	})
}

// The endpoint acknowledges an event first, and dies of it later.
func TestCrashAfterResponse(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	dying, dead := make(chan struct{}), make(chan struct{})
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := peek(r)
		correctEndpoint(w, r)
		if bytes.Contains(body, []byte(`"level":3`)) {
			close(dying)
			go func() {
				server.Listener.Close()
				close(dead)
			}()
		}
	})
	server.Start()
	t.Cleanup(server.Close)
	o := options(t, server.URL+"/hooks")
	o.Settle = time.Second
	o.Sleep = func(ctx context.Context, d time.Duration) error {
		select {
		case <-dying:
			<-dead // within the time
		default:
		}
		return ctx.Err()
	}
	outcome, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	_, failed := verdicts(t, outcome)
	if outcome.Count(Failed) != 1 || failed.Name != "extra-prop" || !strings.HasPrefix(failed.Actual, "204 No Content; an ordinary event afterwards: connection refused by ") ||
		len(failed.Suspects) == 0 || failed.Suspects[len(failed.Suspects)-1] != "unknown-object" || !strings.HasSuffix(failed.Actual, ", unknown-object") {
		t.Errorf("%s: %s", failed.Name, failed.Actual)
	}
}

// The rules are judged again when the endpoint works again.
func TestEndpointRestarts(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(correctEndpoint))
	address := server.Listener.Addr().String()
	o := options(t, server.URL+"/hooks")
	o.OnResult = func(r Result) {
		switch r.Name {
		case "duplicate":
			server.CloseClientConnections()
			server.Close()
		case "burst":
			again, err := net.Listen("tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			server = &httptest.Server{Listener: again, Config: &http.Server{Handler: http.HandlerFunc(correctEndpoint)}}
			server.Start()
		}
	}
	outcome, err := Run(t.Context(), o)
	server.Close()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Status{"out-of-order": Failed, "burst": NotJudged}
	if diff := cmp.Diff(want, notPassed(outcome)); diff != "" {
		t.Error(diff)
	}
	// The first request of the rule had no connection, so an earlier rule may be the cause.
	if _, failed := verdicts(t, outcome); len(failed.Suspects) == 0 || failed.Suspects[len(failed.Suspects)-1] != "duplicate" {
		t.Errorf("the suspects are %v", failed.Suspects)
	}
}

// A Retry-After of a few seconds is obeyed, so that a limit is blamed once.
func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	var limited atomic.Bool
	outcome := run(t, func(w http.ResponseWriter, r *http.Request) {
		body := peek(r)
		if limited.Load() || bytes.Contains(body, []byte(`"level":3`)) {
			limited.Store(true)
			w.Header().Set("Retry-After", "3")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		correctEndpoint(w, r)
	}, func(o *Options) {
		o.Sleep = func(ctx context.Context, d time.Duration) error {
			if d == 3*time.Second {
				limited.Store(false)
			}
			return ctx.Err()
		}
	})
	if diff := cmp.Diff(map[string]Status{"extra-prop": Failed}, notPassed(outcome)); diff != "" {
		t.Error(diff)
	}
}

// An endpoint that is down, and names a time in each response, does not delay the audit again and again.
func TestRetryAfterIsNotObeyedForLong(t *testing.T) {
	t.Parallel()
	var slept atomic.Int64
	outcome := run(t, respondAll(503, "Retry-After: 4", ""), func(o *Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(slept.Load())) }
		o.Sleep = func(ctx context.Context, d time.Duration) error {
			slept.Add(int64(d))
			return ctx.Err()
		}
	})
	if got := time.Duration(slept.Load()); got < 8*time.Second || got > 12*time.Second || outcome.Count(Failed) != 1 {
		t.Errorf("waited %s: %s", got, outcome.Summary())
	}
}

// A server that reads the bodies of rejected requests as requests loses what comes after.
func TestUnreadBody(t *testing.T) {
	result := try(t, "unread-body", rawEndpoint(false, "HTTP/1.1 204 No Content\r\n\r\n"), nil)
	if result.Status != Failed || !strings.Contains(result.Actual, "after another path (404 Not Found): 400 Bad Request") {
		t.Errorf("%s: %s", result.Status, result.Actual)
	}
	if result := try(t, "unread-body", rawEndpoint(true, "HTTP/1.1 204 No Content\r\n\r\n"), nil); result.Status != Passed {
		t.Errorf("%s: %s", result.Status, result.Actual)
	}
}

// A response's headers have a limit on a kept connection, too.
func TestEndlessHeader(t *testing.T) {
	t.Parallel()
	endless := make(chan bool, 2)
	result := try(t, "unread-body", func(w http.ResponseWriter, r *http.Request) {
		if strings.TrimSuffix(r.URL.Path, "/") == "/hooks" {
			correctEndpoint(w, r)
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, err = io.WriteString(conn, "HTTP/1.1 404 Not Found\r\nX: ")
		for block := strings.Repeat("x", 64<<10); err == nil && len(block) < 64<<20; block += block {
			_, err = io.WriteString(conn, block)
		}
		endless <- err == nil
	}, nil)
	if <-endless || result.Status != Passed {
		t.Errorf("%s: %s", result.Status, result.Actual)
	}
}

func TestConnections(t *testing.T) {
	t.Parallel()
	settle := func(o *Options) {
		o.Settle = 50 * time.Millisecond
		o.Sleep = func(ctx context.Context, d time.Duration) error {
			select {
			case <-ctx.Done():
			case <-time.After(d):
			}
			return ctx.Err()
		}
	}
	tests := map[string]struct {
		rule, response string
		want           Status
	}{
		"closed":        {"unannounced-close", "HTTP/1.1 204 No Content\r\nX-Close: \r\n\r\n", Warned},
		"announced":     {"unannounced-close", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", Passed},
		"HTTP/1.0":      {"unannounced-close", "HTTP/1.0 204 No Content\r\nX-Close: \r\n\r\n", Passed},
		"kept":          {"unannounced-close", "HTTP/1.1 204 No Content\r\n\r\n", Passed},
		"body":          {"body-after-204", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", Warned},
		"no body":       {"body-after-204", "HTTP/1.1 204 No Content\r\n\r\n", Passed},
		"body of a 200": {"body-after-204", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Passed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if result := try(t, test.rule, rawEndpoint(true, test.response), settle); result.Status != test.want {
				t.Errorf("%s: %s", result.Status, result.Actual)
			}
		})
	}
}

// rawEndpoint responds to requests for /hooks with the bytes of a response, and closes the connection
// if it has the header X-Close or Connection. It rejects any other path, after it has read the body or
// not.
func rawEndpoint(reads bool, response string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		length := r.ContentLength
		if reads || r.URL.Path == "/hooks" {
			io.Copy(io.Discard, r.Body)
			length = 0
		}
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		path := r.URL.Path
		for {
			if path != "/hooks" {
				io.WriteString(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
			} else if io.WriteString(conn, response); strings.Contains(response, "X-Close") || strings.Contains(response, "Connection") {
				return
			}
			next, err := http.ReadRequest(buffered.Reader)
			if err != nil && length > 0 {
				io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
			}
			if err != nil {
				return
			}
			if path = next.URL.Path; reads || path == "/hooks" {
				io.Copy(io.Discard, next.Body)
			} else {
				length = next.ContentLength
			}
		}
	}
}

// A parser that accepts control characters in strings is found.
func TestLenientParser(t *testing.T) {
	result := try(t, "not-json", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if at := bytes.IndexByte(body, 0x01); at > 0 && bytes.Count(body[:at], []byte(`"`))%2 == 1 {
			body[at] = 'x' // accepts control characters in strings
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		correctEndpoint(w, r)
	}, nil)
	if result.Status != Failed || result.Actual != "1 of 4 requests: in a string: 204 No Content" {
		t.Errorf("%s: %s", result.Status, result.Actual)
	}
}

// Rules about the bytes on a connection are skipped where a proxy would change them, and work with TLS.
func TestProxyAndTLS(t *testing.T) {
	t.Parallel()
	proxy, err := url.Parse("http://127.0.0.1:9")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Status{"unread-body": Skipped, "truncated-body": Skipped, "get": Failed} {
		result := try(t, name, correctEndpoint, func(o *Options) { o.Transport.Proxy = http.ProxyURL(proxy) })
		if result.Status != want {
			t.Errorf("%s: %s, %s", name, result.Status, result.Actual)
		}
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(correctEndpoint))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // connections that are opened for nothing in a burst
	server.StartTLS()
	t.Cleanup(server.Close)
	o := options(t, server.URL+"/hooks")
	o.Transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	outcome, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]Status{}, notPassed(outcome)); diff != "" {
		t.Error(diff)
	}
}
