package inspect

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

const testToken = "test-token"

// served is a page that is served on 127.0.0.1.
type served struct {
	t     *testing.T
	store *Store
	url   string
	addr  net.Addr
}

// serve serves a store until the test ends.
func serve(t *testing.T, s *Store, c Config) *served {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	c.Token, c.Addr = testToken, server.Listener.Addr()
	c.Now = func() time.Time { return start().Add(time.Hour) }
	c.NetworkArguments = func(deliver.Network) []string { return nil }
	if c.Transport == nil {
		c.Transport = deliver.NewTransport
	}
	server.Config.Handler = NewHandler(s, c)
	server.Start()
	t.Cleanup(server.Close)
	return &served{t, s, server.URL, c.Addr}
}

// do sends a request with headers, as "Name: value", and returns the response and its body. It follows
// no redirect.
func (s *served) do(method, path, body string, headers ...string) (*http.Response, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Add(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response, string(text)
}

const bearer = "Authorization: Bearer " + testToken

// get returns the response of the API as a program gets it.
func (s *served) get(path string) (status int, body string) {
	s.t.Helper()
	response, text := s.do("GET", path, "", bearer)
	return response.StatusCode, text
}

// post sends a value to the API.
func (s *served) post(path string, value any) (status int, body string) {
	s.t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		s.t.Fatal(err)
	}
	response, body := s.do("POST", path, string(text), bearer, "Content-Type: application/json")
	return response.StatusCode, body
}

// read decodes the response of the API into a value.
func (s *served) read(path string, value any) {
	s.t.Helper()
	status, body := s.get(path)
	if err := json.Unmarshal([]byte(body), value); err != nil || status != http.StatusOK {
		s.t.Fatalf("%s: %d %s: %v", path, status, body, err)
	}
}

// cookie returns the cookie of a browser that has opened the page.
func (s *served) cookie() string {
	s.t.Helper()
	response, _ := s.do("GET", "/?token="+testToken, "")
	return response.Header.Get("Set-Cookie")
}

func TestEnter(t *testing.T) {
	s := serve(t, newStore(t, Options{}), Config{})
	response, body := s.do("GET", "/?token="+testToken+"&filter=is:invalid", "")
	if response.StatusCode != http.StatusSeeOther || response.Header.Get("Location") != "/?filter=is%3Ainvalid" || strings.Contains(body, testToken) {
		t.Errorf("%d %s %s", response.StatusCode, response.Header, body)
	}
	cookie := response.Header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the cookie %q is not %s", cookie, part)
		}
	}
	if strings.Contains(cookie, testToken) {
		t.Errorf("other programs on this host get the token: %s", cookie)
	}
	name, _, _ := strings.Cut(cookie, ";")
	for path, contentType := range map[string]string{
		"/": "text/html; charset=utf-8", "/page/api.js": "text/javascript; charset=utf-8", "/page/page.css": "text/css; charset=utf-8",
		"/page/icon.svg": "image/svg+xml", "/api/status": "application/json",
	} {
		if response, _ := s.do("GET", path, "", "Cookie: "+name); response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != contentType {
			t.Errorf("%s: %d %s", path, response.StatusCode, response.Header.Get("Content-Type"))
		}
	}
}

// The token that the arguments of a browser have lets one browser in, and no program.
func TestCode(t *testing.T) {
	const code = "test-code"
	s := serve(t, newStore(t, Options{}), Config{Code: code})
	for i, want := range []int{http.StatusSeeOther, http.StatusUnauthorized} {
		response, body := s.do("GET", "/?token="+code, "", "Accept: text/html,*/*")
		if response.StatusCode != want || response.Header.Get("Set-Cookie") == "" && i == 0 {
			t.Errorf("use %d: %d %s", i+1, response.StatusCode, body)
		}
		if want >= 400 && body != "error: the token is wrong, or was for one use\nhint: open the URL that the command has printed last.\n" {
			t.Errorf("the browser shows %q", body)
		}
		checkHeaders(t, response.Header)
	}
	if response, _ := s.do("GET", "/api/status", "", "Authorization: Bearer "+code); response.StatusCode != http.StatusUnauthorized {
		t.Errorf("as bearer: %d", response.StatusCode)
	}
	now := start()
	h := &handler{Config: Config{Code: code, Now: func() time.Time { return now }}, started: now}
	if now = now.Add(codeLife); h.useCode(code) {
		t.Error("it can still be used")
	}
	if (&handler{Config: Config{Now: start}, started: start()}).useCode("") {
		t.Error("without one, an empty one is accepted")
	}
}

func TestAttacks(t *testing.T) {
	s := serve(t, newStore(t, Options{}, ticket(100, "invited", 1)), Config{})
	cookie, _, _ := strings.Cut("Cookie: "+s.cookie(), ";")
	const jsonType = "Content-Type: application/json"
	_, port, _ := net.SplitHostPort(s.addr.String())
	changes := []string{"/api/clear", "/api/undo", "/api/pin", "/api/send", "/api/check"}
	tests := map[string]struct {
		method, path, body string
		headers            []string
		status             int
	}{
		"no token":                     {"GET", "/api/exchanges", "", nil, 401},
		"no token, the page":           {"GET", "/", "", nil, 401},
		"no token, an asset":           {"GET", "/page/api.js", "", nil, 401},
		"no token, what is not there":  {"GET", "/nothing", "", nil, 401},
		"wrong token":                  {"GET", "/?token=wrong", "", nil, 401},
		"empty token":                  {"GET", "/?token=", "", nil, 401},
		"wrong bearer":                 {"GET", "/api/exchanges", "", []string{"Authorization: Bearer wrong"}, 401},
		"empty bearer":                 {"GET", "/api/exchanges", "", []string{"Authorization: Bearer "}, 401},
		"the token as cookie":          {"GET", "/api/exchanges", "", []string{"Cookie: apizee-hooks-" + port + "=" + testToken}, 401},
		"wrong cookie":                 {"GET", "/api/exchanges", "", []string{cookie + "0"}, 401},
		"wrong bearer, right cookie":   {"GET", "/api/exchanges", "", []string{cookie, "Authorization: Bearer x"}, 401},
		"token in another query":       {"GET", "/api/exchanges?token=" + testToken, "", nil, 401},
		"rebound host":                 {"GET", "/api/exchanges", "", []string{cookie, "Host: evil.example"}, 403},
		"rebound host with the port":   {"GET", "/api/exchanges", "", []string{cookie, "Host: evil.example:" + port}, 403},
		"rebound host, the token":      {"GET", "/?token=" + testToken, "", []string{"Host: evil.example"}, 403},
		"host like localhost":          {"GET", "/api/exchanges", "", []string{cookie, "Host: localhost.evil.example"}, 403},
		"another address":              {"GET", "/api/exchanges", "", []string{cookie, "Host: 192.0.2.1:" + port}, 403},
		"foreign origin":               {"POST", "/api/clear", "{}", []string{cookie, jsonType, "Origin: https://evil.example"}, 403},
		"origin null":                  {"POST", "/api/clear", "{}", []string{cookie, jsonType, "Origin: null"}, 403},
		"another port":                 {"POST", "/api/clear", "{}", []string{cookie, jsonType, "Origin: http://127.0.0.1:1"}, 403},
		"another site":                 {"POST", "/api/clear", "{}", []string{cookie, jsonType, "Sec-Fetch-Site: cross-site"}, 403},
		"same site, another origin":    {"POST", "/api/clear", "{}", []string{cookie, jsonType, "Sec-Fetch-Site: same-site"}, 403},
		"form":                         {"POST", "/api/clear", "a=b", []string{cookie, "Content-Type: application/x-www-form-urlencoded"}, 415},
		"form as text":                 {"POST", "/api/clear", `{"a":"="}`, []string{cookie, "Content-Type: text/plain"}, 415},
		"no content type":              {"POST", "/api/clear", "{}", []string{cookie}, 415},
		"unknown member":               {"POST", "/api/clear", `{"a":1}`, []string{cookie, jsonType}, 400},
		"two values":                   {"POST", "/api/clear", `{}{}`, []string{cookie, jsonType}, 400},
		"EventSource from elsewhere":   {"GET", "/api/live", "", []string{cookie, "Sec-Fetch-Site: cross-site", "Accept: text/event-stream"}, 403},
		"EventSource of another port":  {"GET", "/api/live", "", []string{cookie, "Sec-Fetch-Site: same-site", "Accept: text/event-stream"}, 403},
		"script from elsewhere":        {"GET", "/api/exchanges", "", []string{cookie, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"}, 403},
		"framed":                       {"GET", "/", "", []string{cookie, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"}, 403},
		"websocket":                    {"GET", "/api/live", "", []string{cookie, "Connection: Upgrade", "Upgrade: websocket"}, 403},
		"preflight":                    {"OPTIONS", "/api/clear", "", []string{cookie, "Origin: https://evil.example", "Access-Control-Request-Method: POST"}, 405},
		"a link from elsewhere":        {"GET", "/", "", []string{cookie, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"}, 200},
		"out of the page's directory":  {"GET", "/page/..%2f..%2fguard.go", "", []string{cookie}, 404},
		"an unknown path":              {"GET", "/api/nothing", "", []string{cookie}, 404},
		"an unknown page":              {"GET", "/index.html", "", []string{cookie}, 404},
		"no id":                        {"GET", "/api/exchanges/x", "", []string{cookie}, 404},
		"a negative id":                {"GET", "/api/exchanges/-1", "", []string{cookie}, 404},
		"an id that is far too large":  {"GET", "/api/exchanges/99999999999999999999", "", []string{cookie}, 404},
		"rows before the first":        {"GET", "/api/exchanges?offset=-5&limit=-5", "", []string{cookie}, 200},
		"localhost":                    {"GET", "/api/exchanges", "", []string{cookie, "Host: localhost:" + port}, 200},
		"loopback IPv6":                {"GET", "/api/exchanges", "", []string{cookie, "Host: [::1]:" + port}, 200},
		"own origin":                   {"POST", "/api/clear", "{}", []string{cookie, jsonType, "Origin: http://" + s.addr.String()}, 200},
		"a program with the token":     {"POST", "/api/clear", "{}", []string{bearer, jsonType}, 200},
		"a scheme in lowercase":        {"POST", "/api/clear", "{}", []string{"Authorization: bearer " + testToken, jsonType}, 200},
		"a browser that says the same": {"POST", "/api/clear", "{}", []string{cookie, jsonType, "Sec-Fetch-Site: same-origin"}, 200},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before, _ := s.store.Status()
			response, body := s.do(test.method, test.path, test.body, test.headers...)
			if response.StatusCode != test.status {
				t.Errorf("status %d, want %d: %s", response.StatusCode, test.status, body)
			}
			if after, _ := s.store.Status(); test.status != 200 && after.Version != before.Version {
				t.Error("it has changed something")
			}
			if test.status >= 400 && !json.Valid([]byte(body)) {
				t.Errorf("not JSON: %s", body)
			}
			if test.status >= 400 && strings.Contains(body, "invited") {
				t.Errorf("it says too much: %s", body)
			}
			checkHeaders(t, response.Header)
		})
	}
	for _, path := range changes {
		for _, method := range []string{"GET", "HEAD", "PUT", "DELETE"} {
			before, _ := s.store.Status()
			response, body := s.do(method, path, "", bearer, jsonType)
			want := `{"error":"` + method + ` is not allowed here","hint":"use POST."}` + "\n"
			if method == http.MethodHead {
				want = ""
			}
			if after, _ := s.store.Status(); response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") != "POST" || body != want || after.Version != before.Version {
				t.Errorf("%s %s: %d %s", method, path, response.StatusCode, body)
			}
		}
	}
}

// checkHeaders checks what every response says to a browser.
func checkHeaders(t *testing.T, header http.Header) {
	t.Helper()
	for name, part := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self';", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if !strings.Contains(header.Get(name), part) {
			t.Errorf("%s: %q", name, header.Get(name))
		}
	}
	if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy %q", policy)
	}
	for name := range header {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("%s lets others read the response", name)
		}
	}
}

// An address that other machines reach may be called by any address, but still by no name.
func TestHostOfOpenAddress(t *testing.T) {
	h := &handler{Config: Config{Addr: &net.TCPAddr{IP: net.IPv6unspecified, Port: 8280}}}
	for host, own := range map[string]bool{"192.0.2.1:8280": true, "[2001:db8::1]:8280": true, "192.0.2.1": true, "evil.example": false, "": false, "localhost": true} {
		if h.isOwnHost(host) != own {
			t.Errorf("%q: %t", host, !own)
		}
	}
}

// A token cannot be found out by measuring how long its comparison takes, and none fits an empty one.
func TestIsSame(t *testing.T) {
	if !isSame("abc", "abc") || isSame("abd", "abc") || isSame("ab", "abc") || isSame("", "abc") || isSame("", "") {
		t.Error("wrong comparison")
	}
	if a, b := NewToken(), NewToken(); a == b || len(a) < 26 {
		t.Errorf("the tokens %s and %s", a, b)
	}
}

// A body of a sender is never served as what it claims to be.
func TestBodyIsNoPage(t *testing.T) {
	x := received(0, "<html><script>alert(1)</script>")
	x.Headers["Content-Type"] = []string{"text/html"}
	binary := received(1, "\xff\x00")
	store := newStore(t, Options{})
	store.Add(x)
	store.Add(binary)
	s := serve(t, store, Config{})
	for path, contentType := range map[string]string{"/api/exchanges/1/body": "text/plain; charset=utf-8", "/api/exchanges/2/body": "application/octet-stream", "/api/exchanges/1/copy?as=body": "text/plain; charset=utf-8"} {
		response, _ := s.do("GET", path, "", bearer)
		if response.Header.Get("Content-Type") != contentType || strings.HasSuffix(path, "/body") && !strings.HasPrefix(response.Header.Get("Content-Disposition"), "attachment;") {
			t.Errorf("%s: %v", path, response.Header)
		}
		checkHeaders(t, response.Header)
	}
	if _, body := s.do("GET", "/api/exchanges/2/body?part=request", "", bearer); !bytes.Equal([]byte(body), []byte("\xff\x00")) {
		t.Errorf("%q", body)
	}
}
