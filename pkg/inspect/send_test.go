package inspect

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// endpoint keeps the requests that it gets, and rejects them.
func endpoint(t *testing.T) (url string, got *[]string) {
	t.Helper()
	got = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		line := r.Method + " " + r.RequestURI
		for _, name := range []string{"User-Agent", "Content-Type", "Accept", "X-Api-Key", "X-Team", "Authorization"} {
			if value := r.Header.Get(name); value != "" {
				line += " " + name + "=" + value
			}
		}
		*got = append(*got, line+" "+string(body))
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte("no coffee for hunter2"))
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

func target(t *testing.T, name, text string, headers ...deliver.Header) Target {
	t.Helper()
	u, err := deliver.ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return Target{Name: name, Target: deliver.Target{URL: u, Headers: headers}}
}

func TestSend(t *testing.T) {
	url, got := endpoint(t)
	body := ticket(100, "invited", 1)
	other := received(0, body)
	other.Method, other.Headers["User-Agent"], other.Headers["X-Team"] = "PUT", []string{"curl/8"}, []string{"blue"}
	other.Path = "/in?a=1&token=hunter2"
	other.Headers["Host"], other.Headers["Content-Length"] = []string{"localhost:8279"}, []string{"5"}
	store := newStore(t, Options{}, body)
	store.Add(other)
	store.Add(received(0, `{"a": 1}`))
	to := target(t, "to", url+"/app/?k=v", deliver.Header{Name: "Authorization", Value: "Bearer hunter2"})
	forwardTo := target(t, "--forward-to", url+"/app/?k=v")
	forwardTo.Forward = func(request *neturl.URL) *neturl.URL { return deliver.Join(forwardTo.URL, request) }
	s := serve(t, store, Config{Targets: []Target{to, target(t, "other", url), forwardTo}})
	const usual = "User-Agent=Cloud Apizee Content-Type=application/JSON"
	type object = map[string]any
	tests := []struct {
		request object
		want    string
	}{
		{object{"origin": 1}, "POST /app/?k=v " + usual + " Authorization=Bearer hunter2 " + body},
		{object{"origin": 1, "target": "--forward-to"}, "POST /app/hooks/?k=v&n=1 " + usual + " " + body},
		{object{"origin": 1, "target": 1}, "POST /hooks/?n=1 " + usual + " " + body},
		{object{"origin": 1, "target": "1"}, "POST /hooks/?n=1 " + usual + " " + body},
		{object{"origin": 2, "target": "other"}, "PUT /in?a=1 User-Agent=curl/8 Content-Type=application/JSON X-Team=blue " + body},
		{object{"origin": 1, "target": url + "/x"}, "POST /x " + usual + " " + body},
		{object{"origin": 1, "target": "other", "path": "/", "method": "patch", "body": "{}"}, "PATCH / " + usual + " {}"},
		{object{"origin": 1, "target": "other", "path": "/", "headers": []Header{{"x-team", "red"}, {"X-Api-Key", "****"}}, "body": "not JSON"}, "POST / X-Team=red not JSON"},
		{object{"origin": 1, "target": "other", "now": true}, "POST /hooks/?n=1 " + usual + " " + ticket(100, "invited", start().Unix()+3600)},
		{object{"origin": 1, "target": "other", "path": "/", "body": "{\n \"b\": 1.50, \"a\": 1e400,\n \"b\": \"\\u0041\"}\n", "indented": true}, "POST / " + usual + ` {"b":1.50,"a":1e400,"b":"\u0041"}`},
		{object{"origin": 1, "target": "other", "path": "/", "body": "{ \"b\": 1", "indented": true}, "POST / " + usual + ` { "b": 1`},
		{object{"origin": 3, "target": "other", "path": "/", "body": "{ }", "indented": true}, "POST / " + usual + ` { }`},
		{object{"origin": 1, "target": "other", "now": true, "body": "not JSON"}, "POST /hooks/?n=1 " + usual + " not JSON"},
		{object{"origin": 1, "target": "other", "now": true, "body": "[1]"}, "POST /hooks/?n=1 " + usual + " [1]"},
		{object{"origin": 1, "target": "other", "now": true, "body": ""}, "POST /hooks/?n=1 " + usual + " "},
		{object{"origin": 1, "target": "other", "now": true, "body": `{"a":1,"a":2}`}, "POST /hooks/?n=1 " + usual + ` {"a":1,"a":2}`},
		{object{"target": "other", "body": "{}"}, "POST / " + usual + " Accept=*/* {}"},
	}
	for i, test := range tests {
		status, text := s.post("/api/send", test.request)
		if len(*got) != i+1 || status != http.StatusOK {
			t.Fatalf("%v: %d %s", test.request, status, text)
		}
		if diff := cmp.Diff(test.want, (*got)[i]); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.request, diff)
		}
	}
	var d Detail
	s.read("/api/exchanges/8", &d)
	if d.Path != "/in?a=1" {
		t.Errorf("the path has what was not sent: %s", d.Path)
	}
	s.read("/api/exchanges/4", &d)
	if !d.Sent || d.Origin != 1 || d.Status != http.StatusTeapot || d.Forwarded == nil || d.Forwarded.Status != http.StatusTeapot || d.Path != "/hooks/?n=1" || d.Forwarded.URL != url+"/app/?k=v" || d.DuplicateOf != 0 {
		t.Errorf("%+v", d)
	}
	if got := *d.Forwarded.Body.Text; got != "no coffee for ****" {
		t.Errorf("the response shows the secret of the target: %s", got)
	}
	if got := selectIDs(t, store, "is:sent status:418"); len(got) != len(tests) {
		t.Errorf("%v were sent", got)
	}
}

// The response names what was left out because it is masked, unless the target has its own.
func TestSendWithoutMasked(t *testing.T) {
	url, _ := endpoint(t)
	x := received(0, ticket(100, "invited", 1))
	x.Path, x.Headers["X-Api-Key"], x.Headers["Referer"] = "/?a=1&token=hunter2", []string{"hunter2"}, []string{"http://h/?key=hunter2"}
	for i, test := range []struct {
		show    bool
		target  Target
		request map[string]any
		want    string
	}{
		{false, target(t, "to", url), map[string]any{"origin": 1}, `,"masked":["Referer","X-Api-Key","token"]`},
		{false, target(t, "to", url, deliver.Header{Name: "x-api-key", Value: "b"}), map[string]any{"origin": 1, "path": "/"}, `,"masked":["Referer"]`},
		{false, target(t, "to", url), map[string]any{"origin": 1, "path": "/", "headers": []Header{{"X-Api-Key", "typed"}}}, ``},
		{false, target(t, "to", url+"/own"), map[string]any{"origin": 1}, `,"masked":["Referer","X-Api-Key"]`},
		{true, target(t, "to", url), map[string]any{"origin": 1}, ``},
	} {
		store := newStore(t, Options{ShowSecrets: test.show})
		store.Add(x)
		if _, body := serve(t, store, Config{Targets: []Target{test.target}}).post("/api/send", test.request); body != `{"id":2`+test.want+"}\n" {
			t.Errorf("%d: %s", i, body)
		}
	}
}

// What cannot be delivered is an exchange that says so.
func TestSendFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	store := newStore(t, Options{}, ticket(100, "invited", 1))
	s := serve(t, store, Config{})
	status, text := s.post("/api/send", map[string]any{"origin": 1, "target": "http://" + l.Addr().String()})
	if status != http.StatusOK || text != `{"id":2,"failure":"connection refused by `+l.Addr().String()+`","masked":["X-Api-Key"]}`+"\n" {
		t.Fatalf("%d %s", status, text)
	}
	var d Detail
	s.read("/api/exchanges/2", &d)
	if d.Forwarded.Failure == nil || d.Forwarded.Failure.Kind != "refused" || d.Outcome != "failed" || !strings.Contains(d.Problem, "refused") {
		t.Errorf("%+v", d)
	}
}

func TestSendIsRefused(t *testing.T) {
	var received []string
	count := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { received = append(received, r.URL.String()) })
	receiver := httptest.NewServer(count) // as listen has it
	defer receiver.Close()
	everywhere := httptest.NewUnstartedServer(count) // listening on all addresses
	everywhere.Listener.Close()
	var err error
	if everywhere.Listener, err = net.Listen("tcp", ":0"); err != nil {
		t.Fatal(err)
	}
	everywhere.Start()
	defer everywhere.Close()
	socket := filepath.Join(t.TempDir(), "s")
	unix := httptest.NewUnstartedServer(count)
	unix.Listener.Close()
	if unix.Listener, err = net.Listen("unix", socket); err != nil {
		t.Fatal(err)
	}
	unix.Start()
	defer unix.Close()

	store := newStore(t, Options{}, ticket(100, "invited", 1))
	c := Config{Receivers: []net.Addr{receiver.Listener.Addr(), everywhere.Listener.Addr(), unix.Listener.Addr()}}
	c.Targets = []Target{target(t, "receiver", receiver.URL), target(t, "socket", "http://endpoint.test")}
	s := serve(t, store, c)
	c.Network.UnixSocket = socket
	overSocket := serve(t, store, c)
	port := func(addr net.Addr) string { _, port, _ := net.SplitHostPort(addr.String()); return port }
	receiverPort, openPort, ownPort := port(receiver.Listener.Addr()), port(everywhere.Listener.Addr()), port(s.addr)
	type object = map[string]any
	for name, test := range map[string]struct {
		to      *served
		request object
		status  int
	}{
		"the receiver":               {s, object{"target": receiver.URL}, 403},
		"the receiver, as localhost": {s, object{"target": "localhost:" + receiverPort}, 403},
		"a subdomain of localhost":   {s, object{"target": "a.localhost:" + receiverPort}, 403},
		"the unspecified address":    {s, object{"target": "http://0.0.0.0:" + receiverPort}, 403},
		"the unspecified IPv6":       {s, object{"target": "http://[::]:" + receiverPort}, 403},
		"a mapped address":           {s, object{"target": "http://[::ffff:127.0.0.1]:" + receiverPort}, 403},
		"a port alone":               {s, object{"target": receiverPort}, 403},
		"the receiver, by its name":  {s, object{"target": "receiver"}, 403},
		"an open receiver":           {s, object{"target": "http://127.0.0.1:" + openPort}, 403},
		"an open receiver, IPv6":     {s, object{"target": "http://[::1]:" + openPort}, 403},
		"another loopback address":   {s, object{"target": "http://127.0.0.2:" + openPort}, 403},
		"the page":                   {s, object{"target": "http://127.0.0.1:" + ownPort}, 403},
		"the page, as localhost":     {s, object{"target": "http://localhost:" + ownPort + "/api/clear"}, 403},
		"a receiver's socket":        {overSocket, object{"target": "socket"}, 403},
		"another host":               {s, object{"target": "http://192.0.2.1/"}, 403},
		"another host's name":        {s, object{"target": "http://evil.example/"}, 403},
		"a name like localhost":      {s, object{"target": "http://localhost.evil.example/"}, 403},
		"another host as user":       {s, object{"target": "http://localhost@evil.example/"}, 403},
		"no such target":             {s, object{"target": 7}, 403},
		"a negative target":          {s, object{"target": -1}, 403},
		"another scheme":             {s, object{"target": "file:///etc/passwd"}, 400},
		"no host":                    {s, object{"target": "http://"}, 400},
		"an object":                  {s, object{"target": object{}}, 400},
		"another host in the path":   {s, object{"target": receiver.URL, "path": "http://evil.example/"}, 400},
		"two slashes":                {s, object{"target": receiver.URL, "path": "//evil.example/"}, 403},
		"a line break in the path":   {s, object{"target": receiver.URL, "path": "/a\r\nX: y"}, 400},
		"a space in the query":       {s, object{"target": receiver.URL, "path": "/a?b=c d"}, 400},
		"a line break in a header":   {s, object{"target": receiver.URL, "headers": []Header{{"X-A", "b\r\nX: y"}}}, 400},
		"a header without a name":    {s, object{"target": receiver.URL, "headers": []Header{{"", "b"}}}, 400},
		"an odd method":              {s, object{"target": receiver.URL, "method": "A B"}, 400},
		"a tunnel":                   {s, object{"target": receiver.URL, "method": "connect"}, 400},
		"no such origin":             {s, object{"origin": 99, "target": receiver.URL}, 404},
	} {
		t.Run(name, func(t *testing.T) {
			before, _ := store.Status()
			status, text := test.to.post("/api/send", test.request)
			if status != test.status {
				t.Errorf("status %d, want %d: %s", status, test.status, text)
			}
			if after, _ := store.Status(); after.Version != before.Version {
				t.Error("it was added")
			}
		})
	}
	if len(received) > 0 {
		t.Errorf("the receiver got %q", received)
	}
}

// Nothing of a secret gets into a response of the API, nor can a filter search for one.
func TestSecretsAreMasked(t *testing.T) {
	const secret = "hunter2"
	endpointURL, _ := endpoint(t)
	u, err := neturl.Parse(strings.Replace(endpointURL, "http://", "http://user:"+secret+"@", 1) + "/?token=" + secret)
	if err != nil {
		t.Fatal(err)
	}
	x := received(0, ticket(100, "invited", 1))
	x.Path = "/in?token=" + secret
	x.Headers["Authorization"], x.Headers["Referer"], x.Headers["X-Plain"] = []string{"Bearer " + secret}, []string{"http://h/?key=" + secret}, []string{secret}
	for _, show := range []bool{false, true} {
		store := newStore(t, Options{ShowSecrets: show, SecretHeaders: []string{"x-plain"}})
		store.Add(x)
		s := serve(t, store, Config{ForwardTo: u, Targets: []Target{{Name: "--forward-to", Target: deliver.Target{URL: u, Headers: []deliver.Header{{Name: "X-Key", Value: secret}}}}}})
		if status, text := s.post("/api/send", map[string]any{"origin": 1}); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
		found := 0
		for _, path := range []string{
			"/api/status", "/api/exchanges", "/api/exchanges/1", "/api/exchanges/2", "/api/exchanges/1/copy?as=curl", "/api/exchanges/1/copy?as=send",
			"/api/exchanges/1/copy?as=step", "/api/exchanges/1/copy?as=headers", "/api/exchanges/2/copy?as=curl", "/api/recording", "/api/diff?a=1&b=2",
			"/api/suggest?filter=header.", "/api/exchanges/2/body?part=forwarded",
		} {
			status, text := s.get(path)
			if status != http.StatusOK {
				t.Errorf("%s: %d %s", path, status, text)
			}
			if strings.Contains(text, secret) {
				found++
				if !show {
					t.Errorf("%s shows the secret: %s", path, text)
				}
			}
		}
		if show && found < 9 {
			t.Errorf("with --show-secrets only %d responses show them", found)
		}
		for _, filter := range []string{secret, "path:" + secret, "header.authorization:" + secret, "header.x-plain:hunter", "header.referer:hunter"} {
			if got := selectIDs(t, store, filter+" id:1"); (len(got) > 0) != show {
				t.Errorf("secrets shown %t: %s finds %v", show, filter, got)
			}
		}
	}
}

// A page that another start of the program has served does not send the exchange with the same number.
func TestOtherStart(t *testing.T) {
	url, got := endpoint(t)
	s := serve(t, newStore(t, Options{}, ticket(100, "invited", 1)), Config{Targets: []Target{target(t, "--forward-to", url)}})
	var state struct{ StartedAt string }
	s.read("/api/status", &state)
	for startedAt, want := range map[string]int{"2026-11-28T00:00:00Z": http.StatusPreconditionFailed, state.StartedAt: http.StatusOK} {
		before := len(*got)
		response, body := s.do("POST", "/api/send", `{"origin":1}`, bearer, "Content-Type: application/json", `If-Match: "`+startedAt+`"`)
		if sent := len(*got) - before; response.StatusCode != want || (sent == 1) != (want == http.StatusOK) {
			t.Errorf("%s: %d %s, %d sent", startedAt, response.StatusCode, body, sent)
		}
	}
}
