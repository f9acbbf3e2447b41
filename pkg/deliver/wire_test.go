package deliver

import (
	"crypto/tls"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
)

const ticketEvent = `{"event":"update","objectId":100}`

// The Go library writes the length right after the User-Agent and sorts the names after it.
func TestRequestBytes(t *testing.T) {
	tests := map[string]struct {
		path    string
		headers []string
		body    string
		want    []string
	}{
		"as documented": {
			path: "/apizeehooks/", body: ticketEvent,
			want: []string{"POST /apizeehooks/ HTTP/1.1", "Host: ADDR", "User-Agent: Cloud Apizee", "Content-Length: 33",
				"Accept: */*", "Content-Type: application/JSON", "", ticketEvent},
		},
		"query and dots": {
			path: "/a/../b//c%2Fd?z=1&a=%7E+[x]&&q=http://h/#part", body: "{}",
			want: []string{"POST /a/../b//c%2Fd?z=1&a=%7E+[x]&&q=http://h/ HTTP/1.1", "Host: ADDR", "User-Agent: Cloud Apizee",
				"Content-Length: 2", "Accept: */*", "Content-Type: application/JSON", "", "{}"},
		},
		"no path": {
			body: "{}",
			want: []string{"POST / HTTP/1.1", "Host: ADDR", "User-Agent: Cloud Apizee", "Content-Length: 2",
				"Accept: */*", "Content-Type: application/JSON", "", "{}"},
		},
		"custom headers": {
			path: "/", body: "{}", headers: []string{"x-lower: 1", "X-TWICE: a", "X-TWICE: b"},
			want: []string{"POST / HTTP/1.1", "Host: ADDR", "User-Agent: Cloud Apizee", "Content-Length: 2",
				"Accept: */*", "Content-Type: application/JSON", "X-TWICE: a", "X-TWICE: b", "x-lower: 1", "", "{}"},
		},
		"defaults replaced": {
			path: "/", body: "{}",
			headers: []string{"user-agent: other", "user-agent: mine", "CONTENT-type: text/plain", "host: example.com", "Accept: a/b", "accept: c/d"},
			want: []string{"POST / HTTP/1.1", "Host: example.com", "User-Agent: mine", "Content-Length: 2",
				"Accept: a/b", "Accept: c/d", "Content-Type: text/plain", "", "{}"},
		},
		"defaults removed": {
			path: "/", body: "{}", headers: []string{"User-Agent:", "content-type:", "Accept:", "X-None:"},
			want: []string{"POST / HTTP/1.1", "Host: ADDR", "Content-Length: 2", "", "{}"},
		},
		"removal beside a value": {
			path: "/", body: "{}", headers: []string{"User-Agent:", "User-Agent: mine", "Accept: a/b", "Accept:"},
			want: []string{"POST / HTTP/1.1", "Host: ADDR", "User-Agent: mine", "Content-Length: 2",
				"Accept: a/b", "Content-Type: application/JSON", "", "{}"},
		},
		"empty body": {
			path: "/",
			want: []string{"POST / HTTP/1.1", "Host: ADDR", "User-Agent: Cloud Apizee", "Content-Length: 0",
				"Accept: */*", "Content-Type: application/JSON", "", ""},
		},
	}
	config, caFile := delivertest.SelfSigned(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := delivertest.Listen(t)
			target := parseTarget(t, "http://"+l.Addr().String()+test.path, test.headers...)
			checkBytes(t, newClient(t, Network{}), capture(l), Request{Target: target, Body: []byte(test.body)}, test.want)
		})
		t.Run(name+" over TLS", func(t *testing.T) {
			l := delivertest.Listen(t)
			target := parseTarget(t, "https://"+l.Addr().String()+test.path, test.headers...)
			// The server offers HTTP/2, which the client must not use.
			offered := config.Clone()
			offered.NextProtos = []string{"h2", "http/1.1"}
			requests := capture(tls.NewListener(l, offered))
			checkBytes(t, newClient(t, Network{CAFile: caFile}), requests, Request{Target: target, Body: []byte(test.body)}, test.want)
		})
	}
}

func checkBytes(t *testing.T, client *Client, requests <-chan []byte, req Request, want []string) {
	t.Helper()
	result := client.Deliver(t.Context(), req, 0)
	if !result.Accepted() {
		t.Fatalf("%+v", result.Failure)
	}
	lines := strings.ReplaceAll(strings.Join(want, "\r\n"), "ADDR", req.URL.Host)
	got := string(<-requests)
	if diff := cmp.Diff(lines, got); diff != "" {
		t.Error(diff)
	}
	checkWireHeaders(t, req, got)
}

// checkWireHeaders compares WireHeaders with the headers that were sent.
func checkWireHeaders(t *testing.T, req Request, sent string) {
	t.Helper()
	var announced []string
	for _, h := range WireHeaders(req.Target, len(req.Body)) {
		announced = append(announced, h.String())
	}
	head, _, _ := strings.Cut(sent, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")[1:]
	slices.Sort(announced)
	slices.Sort(lines)
	if diff := cmp.Diff(lines, announced); diff != "" {
		t.Error(diff)
	}
}

func TestWireHeadersOrder(t *testing.T) {
	target := parseTarget(t, "https://me:p%40ss@example.com:443/", "X-Team: blue", "user-agent: mine", "X-A: 1")
	want := []Header{
		{Name: "Host", Value: "example.com"},
		{Name: "Authorization", Value: "Basic bWU6cEBzcw=="},
		{Name: "User-Agent", Value: "mine"},
		{Name: "Accept", Value: "*/*"},
		{Name: "Content-Type", Value: "application/JSON"},
		{Name: "Content-Length", Value: "7"},
		{Name: "X-Team", Value: "blue"},
		{Name: "X-A", Value: "1"},
	}
	if diff := cmp.Diff(want, WireHeaders(target, 7)); diff != "" {
		t.Error(diff)
	}
}

func TestWireHeadersOfUnsoundHeaders(t *testing.T) {
	target := parseTarget(t, "http://h:8080/")
	target.Headers = []Header{
		{Name: "Host", Remove: true}, {Name: "host"}, {Name: "User-Agent"}, {Name: "X-Empty"},
		{Name: "content-length", Value: "99"}, {Name: "Transfer-Encoding", Value: "chunked"},
	}
	want := []Header{
		{Name: "Host", Value: "h:8080"},
		{Name: "User-Agent"},
		{Name: "Accept", Value: "*/*"},
		{Name: "Content-Type", Value: "application/JSON"},
		{Name: "Content-Length", Value: "2"},
		{Name: "X-Empty"},
	}
	if diff := cmp.Diff(want, WireHeaders(target, 2)); diff != "" {
		t.Error(diff)
	}
}

func TestRedirectIsTheResponse(t *testing.T) {
	url := delivertest.Respond(t, "HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	result := send(t, newClient(t, Network{}), url, "{}")
	if result.Status != http.StatusTemporaryRedirect || result.Headers.Get("Location") != "/elsewhere" || result.Verdict() != VerdictRejected {
		t.Errorf("%+v", result)
	}
}
