package receive

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

func TestResponse(t *testing.T) {
	tests := map[string]struct {
		resp        Response
		status      int
		contentType string
		team        []string
	}{
		"nothing said": {Response{}, 204, "", nil},
		"body":         {Response{Body: []byte("hi")}, 200, "text/plain; charset=utf-8", nil},
		"JSON body":    {Response{Status: 202, Body: []byte(`{"accepted":true}`)}, 202, "application/json", nil},
		"headers": {Response{Status: 503, Body: []byte("{}"), Headers: []deliver.Header{
			{Name: "X-Team", Value: "a"}, {Name: "X-Team", Value: "b"}, {Name: "content-type", Value: "x/y"}}}, 503, "x/y", []string{"a", "b"}},
		"no content type": {Response{Body: []byte("{}"), Headers: []deliver.Header{{Name: "Content-Type", Remove: true}}}, 200, "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := start(t, Options{Response: test.resp})
			resp := post(t, r.url("/"), ticketEvent)
			if resp.StatusCode != test.status || readAll(t, resp.Body) != string(test.resp.Body) ||
				resp.Header.Get("Content-Type") != test.contentType || resp.ContentLength != int64(len(test.resp.Body)) {
				t.Errorf("%d, %v", resp.StatusCode, resp.Header)
			}
			if diff := cmp.Diff(test.team, resp.Header["X-Team"]); diff != "" {
				t.Error(diff)
			}
			head, err := http.Head(r.url("/"))
			if err != nil || head.StatusCode != test.status {
				t.Errorf("%+v, %v", head, err)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tests := map[string]struct {
		options Options
		want    string
	}{
		"status 99":       {Options{Response: Response{Status: 99}}, "status 99 is not from 200 to 599"},
		"body with 204":   {Options{Response: Response{Status: 204, Body: []byte("x")}}, "a response with status 204 cannot have a body"},
		"relative path":   {Options{Path: "hooks"}, `path: "hooks" must start with a slash`},
		"path with query": {Options{Path: "/a?b"}, "must not have a query"},
		"path unescaped":  {Options{Path: "/100%"}, `path: "/100%" must be escaped as in a URL; % is %25`},
		"header":          {Options{RequireHeader: deliver.Header{Name: "X-Key"}}, `required header "X-Key" has no value`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := New(test.options); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	const secret = "s3cr3t-value"
	r := start(t, Options{
		Path: "/hooks/", RequireHeader: deliver.Header{Name: "x-api-key", Value: secret}, Limits: Limits{Body: 200},
		Record: func(recording.Entry) (recording.Place, error) { t.Error("recorded"); return recording.Place{}, nil },
	})
	tests := map[string]struct {
		path, key, body string
		status          int
		outcome         Outcome
		problem         string
	}{
		"wrong path":   {"/hooks", secret, ticketEvent, 404, WrongPath, "only /hooks/ is served"},
		"no key":       {"/hooks/", "", ticketEvent, 401, Unauthorized, "the header x-api-key is missing"},
		"wrong key":    {"/hooks/", "s3cr3t-valuf", ticketEvent, 401, Unauthorized, "the header x-api-key does not have the required value"},
		"too large":    {"/hooks/", secret, strings.Repeat("x", 201), 413, TooLarge, "the body is longer than 200 bytes"},
		"not an event": {"/elsewhere", secret, "nonsense", 404, WrongPath, "only /hooks/ is served"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			// Without a length, so that the limit is met while reading.
			req, _ := http.NewRequest("POST", r.url(test.path), io.MultiReader(strings.NewReader(test.body)))
			if test.key != "" {
				req.Header.Set("X-Api-Key", test.key)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			x := <-r.receptions
			if resp.ContentLength != 0 {
				t.Errorf("Content-Length %d, Transfer-Encoding %v", resp.ContentLength, resp.TransferEncoding)
			}
			if resp.StatusCode != test.status || x.Status != test.status || x.Outcome != test.outcome || x.Problem != test.problem {
				t.Errorf("got %d, %+v", resp.StatusCode, x)
			}
			if x.Outcome.IsEvent() || len(x.Report.Findings) > 0 {
				t.Errorf("it was checked: %+v", x.Report)
			}
			if strings.Contains(x.Problem+readAll(t, resp.Body), secret) {
				t.Error("the secret is shown")
			}
		})
	}
}

func TestPathIsComparedWithoutItsEscapes(t *testing.T) {
	for _, served := range []string{"/a%20b", "/a b", "/%61%20b"} {
		r := start(t, Options{Path: served})
		for path, want := range map[string]int{"/a%20b": 204, "/%61%20b?q": 204, "/a%2520b": 404} {
			if got := post(t, r.url(path), ticketEvent).StatusCode; got != want {
				t.Errorf("%s is served, %s: got %d, want %d", served, path, got, want)
			}
		}
	}
}

func TestTooLargeAsAnnounced(t *testing.T) {
	r := start(t, Options{Limits: Limits{Body: 100}})
	c := r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || resp.StatusCode != 413 || !resp.Close {
		t.Errorf("got %+v, %v", resp, err)
	}
	c.Close()
	if post(t, r.url("/"), strings.Repeat("x", 100)).StatusCode != 204 {
		t.Error("a body at the limit was refused")
	}
}

// A body that is too long gets a response although its sender stalls.
func TestTooLargeAndStalled(t *testing.T) {
	r := start(t, Options{Limits: Limits{Body: 100, Request: time.Hour}})
	for name, request := range map[string]string{
		"announced": "Content-Length: 1000\r\n\r\nxx",
		"chunked":   "Transfer-Encoding: chunked\r\n\r\n65\r\n" + strings.Repeat("x", 0x65) + "\r\n",
	} {
		c := r.dial(t)
		io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\n"+request)
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || resp.StatusCode != 413 || !resp.Close {
			t.Errorf("%s: got %+v, %v", name, resp, err)
		}
	}
}

func TestReception(t *testing.T) {
	at := time.Unix(1575976413, 0)
	var mu sync.Mutex
	now := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(time.Millisecond)
		return at
	}
	r := start(t, Options{Now: now})
	post(t, r.url("/a?b"), strings.Replace(ticketEvent, "invited", "invitd", 1))
	x := <-r.receptions
	if x.At.Unix() != 1575976413 || x.Took != time.Millisecond || x.Proto != "HTTP/1.1" || x.Remote == "" {
		t.Errorf("%+v", x)
	}
	if x.Headers.Get("Host") != r.addr || x.Headers.Get("Content-Type") != "application/JSON" {
		t.Errorf("%v", x.Headers)
	}
	if x.Report.Event.Object != "ticket" || x.Report.OK() || !x.Outcome.IsEvent() {
		t.Errorf("%+v", x.Report)
	}
}

func TestHeadersAreComplete(t *testing.T) {
	r := start(t, Options{})
	r.raw(t, "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: Chunked\r\nTrailer: x-b, X-A\r\nX-Twice: 1\r\nx-twice: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
	want := http.Header{"Host": {"h"}, "Connection": {"close"}, "Transfer-Encoding": {"chunked"}, "Trailer": {"X-A", "X-B"}, "X-Twice": {"1", "2"}}
	if diff := cmp.Diff(want, (<-r.receptions).Headers); diff != "" {
		t.Error(diff)
	}
}

func TestRecordedBeforeResponse(t *testing.T) {
	recorded := make(chan recording.Entry)
	r := start(t, Options{Response: Response{Status: 202}, Record: func(e recording.Entry) (recording.Place, error) { recorded <- e; return recording.Place{}, nil }})
	c := r.dial(t)
	io.WriteString(c, "POST /p?q HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n\r\n\xff\x00\n")
	responded := make(chan string)
	go func() {
		resp, _ := io.ReadAll(c)
		responded <- string(resp)
	}()
	select {
	case resp := <-responded:
		t.Fatalf("got %q first", resp)
	case e := <-recorded:
		if e.Method != "POST" || e.Path != "/p?q" || string(e.Body) != "\xff\x00\n" || e.Status != 202 || len(e.Findings) == 0 || e.ReceivedAt.IsZero() || e.Headers["Host"][0] != "h" {
			t.Errorf("%+v", e)
		}
	}
	if resp := <-responded; !strings.HasPrefix(resp, "HTTP/1.1 202 ") {
		t.Errorf("got %q", resp)
	}
}

func TestNotRecorded(t *testing.T) {
	fail := errors.New("disk full")
	r := start(t, Options{Record: func(recording.Entry) (recording.Place, error) { return recording.Place{}, fail }})
	for _, want := range []int{507, 204} {
		if got := post(t, r.url("/"), ticketEvent).StatusCode; got != want {
			t.Errorf("got %d, want %d", got, want)
		}
		x := <-r.receptions
		if want == 507 && (x.Outcome != NotRecorded || x.Problem != "disk full" || x.Status != 507) {
			t.Errorf("%+v", x)
		}
		fail = nil
	}
}

func TestDelay(t *testing.T) {
	var slept []time.Duration
	r := start(t, Options{Delay: time.Minute, Path: "/", Fault: func(n int64) Fault { return Fault{Reset: n == 2} },
		Sleep: func(_ context.Context, d time.Duration) error {
			slept = append(slept, d)
			return nil
		}})
	post(t, r.url("/"), ticketEvent)
	post(t, r.url("/elsewhere"), ticketEvent)
	if resp, err := http.Post(r.url("/"), "application/JSON", strings.NewReader(ticketEvent)); err == nil {
		t.Errorf("got %d instead of a reset connection", resp.StatusCode)
	}
	for range 3 {
		<-r.receptions
	}
	if diff := cmp.Diff([]time.Duration{time.Minute, time.Minute}, slept); diff != "" {
		t.Error(diff)
	}
}

func TestSenderDisconnects(t *testing.T) {
	const limit = 500 * time.Millisecond // for the arrival of a request, which must not end the wait for its response
	delaying := make(chan struct{})
	r := start(t, Options{Delay: time.Hour, Limits: Limits{Request: limit}, Sleep: func(ctx context.Context, _ time.Duration) error {
		select {
		case <-ctx.Done():
		case <-time.After(limit + limit/5):
			close(delaying)
		}
		<-ctx.Done()
		return ctx.Err()
	}})
	c := r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
	select {
	case <-delaying:
	case x := <-r.receptions:
		t.Fatalf("ended before the sender disconnected: %+v", x)
	}
	c.Close()
	if x := <-r.receptions; x.Outcome != NoResponse || x.Status != 0 {
		t.Errorf("%+v", x)
	}
}

func TestHandlerInAnotherServer(t *testing.T) {
	server, err := New(Options{Response: Response{Status: 201}})
	if err != nil {
		t.Fatal(err)
	}
	other := httptest.NewServer(server)
	defer other.Close()
	if got := post(t, other.URL, ticketEvent).StatusCode; got != 201 {
		t.Errorf("got %d", got)
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader(ticketEvent)))
	if w.Code != 201 {
		t.Errorf("got %d", w.Code)
	}
}

func TestNoResponse(t *testing.T) {
	for name, test := range map[string]struct {
		err      error
		hasBegun bool
		outcome  Outcome
		stopped  bool
		status   int
		want     string
	}{
		"left":          {nil, false, Accepted, false, 0, "the sender disconnected before the response"},
		"left within":   {nil, true, Accepted, false, 201, "the sender disconnected during the response"},
		"not taken":     {os.ErrDeadlineExceeded, false, Accepted, false, 0, "the sender did not read the response in time"},
		"stopped":       {nil, false, Accepted, true, 0, "the listener stopped before the response"},
		"failed":        {os.ErrDeadlineExceeded, false, Failed, false, 0, "an earlier problem"},
		"failed within": {os.ErrDeadlineExceeded, true, Failed, false, 201, "an earlier problem"},
	} {
		s, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		if test.stopped {
			s.abort()
		}
		x := &exchange{s: s, Reception: Reception{Status: 201, Outcome: test.outcome, Problem: "an earlier problem"}}
		if x.noResponse(test.err, test.hasBegun); x.Problem != test.want || x.Status != test.status || !x.cut {
			t.Errorf("%s: %d, %q", name, x.Status, x.Problem)
		}
	}
}
