package inspect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/cmd"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/inspect"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/runner"
)

// got is what the endpoint of a test has received.
type got struct {
	method, path, body string
	headers            http.Header
}

// newEndpoint returns an endpoint, and a function that returns what it has got since the last call.
func newEndpoint(t *testing.T) (server *httptest.Server, requests func() []got) {
	t.Helper()
	received := make(chan got, 10)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Length", "2") // which curl must not wait for after HEAD
		_, _ = io.WriteString(w, "ok")
		received <- got{r.Method, r.RequestURI, string(body), r.Header}
	}))
	t.Cleanup(server.Close)
	return server, func() (list []got) {
		for {
			select {
			case one := <-received:
				list = append(list, one)
			default:
				return list
			}
		}
	}
}

// copied returns an exchange as it is copied.
func copied(t *testing.T, page http.Handler, id int64, as string) (int, string) {
	t.Helper()
	w := get(t, page, "/api/exchanges/"+strconv.FormatInt(id, 10)+"/copy?as="+as)
	return w.Code, w.Body.String()
}

func get(t *testing.T, page http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost"+path, nil)
	r.Header.Set("Authorization", "Bearer token")
	w := httptest.NewRecorder()
	page.ServeHTTP(w, r)
	return w
}

// TestCopies executes each copy, and compares what the endpoint gets with the original, in which secrets are
// masked.
func TestCopies(t *testing.T) {
	server, requests := newEndpoint(t)
	to, err := deliver.ParseURL(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	store := inspect.New(inspect.Options{Catalog: apizee.Documented()})
	page := inspect.NewHandler(store, inspect.Config{
		Token: "token", Addr: server.Listener.Addr(), Now: time.Now, Targets: []inspect.Target{{Name: "--to", Target: deliver.Target{URL: to}}},
		NetworkArguments: func(deliver.Network) []string { return nil },
	})
	event := func(object, props string) string {
		return `{"event":"update","time":1575976413,"object":"` + object + `","objectId":100,"props":` + props + `}`
	}
	tests := map[string]struct {
		body   string
		short  string            // what has a short form
		others map[string]string // with commas between several
		not    string            // what it cannot be copied as
	}{
		"documented":      {event("ticket", `{"state":"invited"}`), "send step", nil, ""},
		"geoloc":          {event("ticket", `{"state":"updated","geoloc":{"lat":47.866675,"lng":-3.865805}}`), "send step", nil, ""},
		"delete":          {`{"event":"delete","time":1575976413,"object":"ticket","objectId":100,"props":{}}`, "send step", nil, ""},
		"media":           {event("media", `{"state":"inprogress","_parent":{"name":"ticket","id":7}}`), "send step", nil, ""},
		"spaces":          {"{\n  \"event\": \"update\",\n  \"time\": 1575976413, \"object\": \"ticket\", \"objectId\": 100, \"props\": {\"state\": \"done\"}}", "", nil, ""},
		"dotted":          {event("ticket", `{"state":"updated","geoloc.lat":1.5,"geoloc.lng":2}`), "step", nil, ""},
		"unknown":         {event("ticket", `{"state":"opend","x":[1,{"y":null}],"n":123456789012345678901234567890,"f":1.50}`), "", nil, ""},
		"hostile":         {event("ticket", `{"state":"it's $HOME {{ .x }} ${HOME} \"q\" \\ \u0000\u202e é 😀","{{ k }}":"*/ }}","#":": - "}`), "", nil, ""},
		"header":          {event("ticket", `{"state":"new"}`), "send step", map[string]string{"User-Agent": "it's curl/8", "X-Team": "{{ blue }} ${HOME}", "Content-Type": "application/json"}, ""},
		"masked":          {event("ticket", `{"state":"new"}`), "send step", map[string]string{"X-Api-Key": "hunter2"}, ""},
		"repeated masked": {event("ticket", `{"state":"new"}`), "send", map[string]string{"X-Api-Key": "hunter2,hunter3"}, "step"},
		"newline":         {event("ticket", `{"state":"new"}`) + "\n", "", nil, ""},
		"return":          {event("ticket", `{"state":"new"}`) + "\r", "", nil, ""},
		"not UTF-8":       {event("ticket", `{"state":"new"}`), "send", map[string]string{"X-Name": "caf\xe9"}, "step headers"},
		"repeated":        {event("ticket", `{"state":"new"}`), "send", map[string]string{"X-Team": "blue,red"}, "step"},
	}
	for name, test := range tests {
		headers := map[string][]string{
			"Host": {"127.0.0.1:8279"}, "User-Agent": {"Cloud Apizee"}, "Accept": {"*/*"}, "Content-Type": {"application/JSON"}, "Content-Length": {"1"},
		}
		for name, value := range test.others {
			headers[name] = strings.Split(value, ",")
		}
		id := store.Add(inspect.Exchange{Entry: recording.Entry{
			ReceivedAt: time.Now(), Method: "POST", Path: "/hooks/?a=1&token=hunter2", Headers: headers, Body: []byte(test.body), Status: 204,
			Findings: apizee.Documented().Validate([]byte(test.body)).Findings,
		}})
		for _, as := range []string{"curl", "send", "step", "template", "body", "headers"} {
			t.Run(name+"/"+as, func(t *testing.T) {
				status, text := copied(t, page, id, as)
				if slices.Contains(strings.Fields(test.not), as) {
					if status != http.StatusUnprocessableEntity {
						t.Errorf("%d %s", status, text)
					}
					return
				}
				if !utf8.ValidString(text) || as != "body" && strings.Contains(text, "\u202e") {
					t.Errorf("what is copied is not UTF-8, or misleads: %q", text)
				}
				if status != http.StatusOK {
					t.Fatalf("%d %s", status, text)
				}
				want := got{"POST", "/hooks/?a=1&token=****", test.body, wantHeaders(headers)}
				switch as {
				case "curl":
					runShell(t, text)
				case "send":
					runProgram(t, text)
				case "step":
					runStep(t, text, to.JoinPath("/hooks/").String()+"?a=1&token=****")
				case "template":
					checkTemplate(t, text, test.body)
					return
				case "body":
					if text != test.body {
						t.Errorf("got %s", text)
					}
					return
				case "headers":
					if !strings.Contains(text, "Host: 127.0.0.1:8279\n") {
						t.Errorf("got %s", text)
					}
					return
				}
				isShort := strings.Contains(text, "- send: ") || strings.Contains(text, "--time=")
				if isShort != strings.Contains(test.short, as) {
					t.Errorf("short is %t:\n%s", isShort, text)
				}
				received := requests()
				if len(received) != 1 {
					t.Fatalf("%d requests of\n%s", len(received), text)
				}
				have := received[0]
				have.headers.Del("Content-Length")
				if as == "step" && isShort { // dated now
					have.body, want.body = withoutTime(t, have.body), withoutTime(t, want.body)
				}
				if diff := cmp.Diff(want, have, cmp.AllowUnexported(got{})); diff != "" {
					t.Errorf("%s (-want +got):\n%s", text, diff)
				}
			})
		}
	}
}

func wantHeaders(headers map[string][]string) http.Header {
	want := http.Header{}
	for name, values := range headers {
		if name == "X-Api-Key" {
			values = slices.Repeat([]string{"****"}, len(values))
		}
		if name != "Host" && name != "Content-Length" {
			want[name] = values
		}
	}
	return want
}

func withoutTime(t *testing.T, body string) string {
	t.Helper()
	changed, err := payload.SetTime(apizee.Documented(), []byte(body), 0)
	if err != nil {
		t.Fatal(err)
	}
	compact, err := payload.Compact(changed)
	if err != nil {
		t.Fatal(err)
	}
	return string(compact)
}

func runShell(t *testing.T, command string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "bash", "--norc", "-c", command).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

// runProgram runs a send command in this process, with the arguments that a shell passes.
func runProgram(t *testing.T, command string) {
	t.Helper()
	out := runShell(t, `apizee-hooks() { printf '%s\0' "$@"; }; `+command)
	args := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	var stderr bytes.Buffer
	code := cmd.Run(t.Context(), cmd.System{
		Catalog: apizee.Documented(), Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &stderr,
		LookupEnv: func(string) (string, bool) { return "", false }, Environ: func() []string { return nil },
		GOOS: "linux", Now: time.Now, Sleep: deliver.Sleep, Random: func() uint64 { return 1 }, Transport: deliver.NewTransport,
		Templates: noFiles{},
	}, args)
	if code != 0 {
		t.Fatalf("%q: exit code %d\n%s", args, code, stderr.String())
	}
}

type noFiles struct{}

func (noFiles) Open(string) (fs.File, error) { return nil, fs.ErrNotExist }

func runStep(t *testing.T, step, to string) {
	t.Helper()
	transport, err := deliver.NewTransport(t.Context(), deliver.Network{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parse.File("copied.yaml", []byte("steps:\n"+step), parse.Options{LookupEnv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatalf("%s\n%v", step, err)
	}
	target, err := deliver.ParseURL(to)
	if err != nil {
		t.Fatal(err)
	}
	outcome := runner.Runner{
		Client: deliver.NewClient(transport, time.Now), Now: time.Now, Sleep: func(context.Context, time.Duration) error { return nil },
	}.Run(t.Context(), s, runner.Options{To: target, Timeout: 10 * time.Second})
	if len(outcome.Steps) != 1 || outcome.Steps[0].Status != runner.Passed {
		t.Errorf("%s\n%+v", step, outcome)
	}
}

func checkTemplate(t *testing.T, text, body string) {
	t.Helper()
	template, err := payload.Parse("copied", text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	rendered, err := template.Render(payload.Vars{"id": 100}, payload.Sources{Now: time.Now, Random: func() uint64 { return 1 }, Next: func() int64 { return 1 }})
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if diff := cmp.Diff(withoutTime(t, body), withoutTime(t, string(rendered))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", text, diff)
	}
	if payload.Describe(text) == "" || !strings.Contains(text, "{{ .id | default 100") {
		t.Errorf("no description or no id in\n%s", text)
	}
}

// What is no event can be copied as a request only.
func TestCopiesOfOthers(t *testing.T) {
	server, requests := newEndpoint(t)
	to, err := deliver.ParseURL(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	store := inspect.New(inspect.Options{Catalog: apizee.Documented()})
	page := inspect.NewHandler(store, inspect.Config{
		Token: "token", Addr: server.Listener.Addr(), Now: time.Now, Targets: []inspect.Target{{Name: "--to", Target: deliver.Target{URL: to}}},
		NetworkArguments: func(deliver.Network) []string { return nil },
	})
	for _, e := range []recording.Entry{
		{Method: "PUT", Path: "/", Body: []byte(`{"a":1}`)},
		{Method: "POST", Path: "/", Body: []byte("@no 'JSON'\x00\xff")},
		{Method: "POST", Path: "/", Body: []byte("a\xff\xfeb\x1b\u202e'")},
		{Method: "DELETE", Path: "/a"},
		{Method: "HEAD", Path: "/a"},
		{Method: "POST", Path: "/", Body: []byte(`{"a":1,"a":2}`)},
		{Method: "POST", Path: "/", Body: []byte(`{"event":"update","time":1,"object":"ticket","objectId":1,"props":{"state":"new","state":"new"}}`)},
	} {
		e.ReceivedAt = time.Now()
		id := store.Add(inspect.Exchange{Entry: e})
		_, curl := copied(t, page, id, "curl")
		runShell(t, curl)
		if got := requests(); !utf8.ValidString(curl) || len(got) != 1 || got[0].body != string(e.Body) || got[0].method != e.Method || got[0].path != e.Path {
			t.Errorf("%s sent %+v", curl, got)
		}
		var detail inspect.Detail
		if err := json.Unmarshal(get(t, page, "/api/exchanges/"+strconv.FormatInt(id, 10)).Body.Bytes(), &detail); err != nil {
			t.Fatal(err)
		}
		for _, as := range []string{"curl", "send", "step", "template", "body", "headers"} {
			if status, text := copied(t, page, id, as); (status == http.StatusOK) != slices.Contains(detail.Copies, as) {
				t.Errorf("%s, of %s: %d %s", as, detail.Copies, status, text)
			}
		}
		if status, text := copied(t, page, id, "template"); status != http.StatusUnprocessableEntity {
			t.Errorf("template: %d %s", status, text)
		}
		if status, _ := copied(t, page, id, "x"); status != http.StatusNotFound {
			t.Errorf("an unknown form: %d", status)
		}
	}
}
