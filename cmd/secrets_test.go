package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/templates"
)

// planted is part of every secret that these tests pass to the program. The rest of each names
// where it was passed, and so who shows it.
const planted = "s3cr3t"

// How the header Authorization that the user of a URL becomes begins, with a planted user and a planted
// password.
const basicUser, basicPassword = "czNjcjN0", "dXNlcjpzM2NyM3Qt"

// secretsTest passes secrets to the program, and looks for them in all it writes.
type secretsTest struct {
	env  map[string]string
	live string // HOST:PORT of an endpoint
	dead string // HOST:PORT that refuses connections

	mu       sync.Mutex
	received strings.Builder // requests to the endpoint
}

func newSecretsTest(t *testing.T) *secretsTest {
	t.Chdir(t.TempDir())
	v := &secretsTest{env: map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(v.respond))
	t.Cleanup(server.Close)
	v.live = strings.TrimPrefix(server.URL, "http://")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	v.dead = l.Addr().String()
	l.Close()
	if err := os.Mkdir("out", 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"planted.yaml": plantedConfig, "basic.yaml": "to: http://user:${PASSWORD}@${HOST}/${ROUTE}\n", "planted.scenario.yaml": plantedScenario} {
		writeFile(t, name, text)
	}
	return v
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// respond returns 500 below /failing, 302 below /moved, else 200. Like many error pages, it
// repeats the request.
func (v *secretsTest) respond(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	_, password, _ := r.BasicAuth()
	v.mu.Lock()
	v.received.WriteString(r.RequestURI + password + "\n")
	r.Header.Write(&v.received)
	v.mu.Unlock()
	w.Header().Set("X-Requested", r.RequestURI)
	w.Header().Set("X-Key", r.Header.Get("X-Api-Key"))
	if strings.HasPrefix(r.URL.Path, "/moved") {
		w.Header().Set("Location", "/login/"+r.Header.Get("X-Api-Key"))
		w.WriteHeader(http.StatusFound)
	}
	if strings.HasPrefix(r.URL.Path, "/failing") {
		w.WriteHeader(http.StatusInternalServerError)
	}
	json.NewEncoder(w).Encode(map[string]any{"url": r.RequestURI, "headers": r.Header, "password": password})
}

func (v *secretsTest) system(stdout, stderr io.Writer) cli.System {
	s := testSystem(new(bytes.Buffer))
	s.Stdout, s.Stderr = stdout, stderr
	s.LookupEnv = func(name string) (string, bool) { value, ok := v.env[name]; return value, ok }
	s.Transport = deliver.NewTransport
	s.Templates = templates.FS
	s.Now = time.Now
	s.Sleep = func(ctx context.Context, d time.Duration) error {
		return deliver.Sleep(ctx, min(d, 5*time.Millisecond))
	}
	return s
}

// run runs a command line, checks what it printed, and returns its exit code.
func (v *secretsTest) run(t *testing.T, args ...string) int {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := Run(t.Context(), v.system(&stdout, &stderr), args)
	wantNoSecret(t, strings.Join(args, " ")+": stdout", stdout.String())
	wantNoSecret(t, strings.Join(args, " ")+": stderr", stderr.String())
	return code
}

// wantNoSecret checks a text.
func wantNoSecret(t *testing.T, where, text string) {
	t.Helper()
	for _, form := range []string{planted, basicUser, basicPassword} {
		if at := strings.Index(text, form); at >= 0 {
			t.Errorf("%s shows a secret:\n…%s…", where, text[max(at-120, 0):min(at+80, len(text))])
		}
	}
}

// wantNoSecretInFiles checks the files that were written.
func wantNoSecretInFiles(t *testing.T) {
	t.Helper()
	files := 0
	err := filepath.WalkDir("out", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		wantNoSecret(t, path, string(text))
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
}

const plantedConfig = `
to: http://user:${PASSWORD}@${HOST}/${ROUTE}?api_key=s3cr3t-config-query&to%6ben=s3cr3t-config-escaped
headers:
  X-Api-Key: s3cr3t-config
  Cookie: [a=s3cr3t-config-cookie, b=2]
  Authorization: Bearer ${BEARER}
  Referer: http://h/?token=s3cr3t-config-referer
listen:
  require-header: "X-Team: s3cr3t-config-required"
  forward-to: http://s3cr3t-config-user@${HOST}/${ROUTE}?token=s3cr3t-config-forward
  response-headers: {Set-Cookie: s3cr3t-config-reply, Location: "//u:s3cr3t-config-location@h/"}
audit:
  probe: GET http://user:s3cr3t-config-probe@${HOST}/{{ .id }}?token=s3cr3t-config-probe-query
  probe-headers: {X-Api-Key: s3cr3t-config-probe-header}
  within: 15ms
profiles:
  staging:
    to: http://s3cr3t-profile-user@${HOST}/${ROUTE}?secret=s3cr3t-profile-query
    headers: {X-Api-Key: s3cr3t-profile}
`

const plantedScenario = `
name: Secrets
vars: {word: s3cr3t-var, token: "{{ .word }}-too"}
target:
  url: http://user:${PASSWORD}@${HOST}/${ROUTE}?token=${QUERY}
  headers: {X-Target-Key: s3cr3t-target, Authorization: "Bearer {{ .word }}"}
steps:
  - name: "probe with {{ .token }}"
    probe: GET http://user:s3cr3t-probe-user@${HOST}/${ROUTE}?token=s3cr3t-probe
    headers: {X-Token: "{{ .token }}"}
    expect: {status: 418, within: 15ms}
  - probe: GET http://s3cr3t-probe-alone@${HOST}/${ROUTE}?key={{ .token }}
    expect: {status: 418, within: 15ms}
  - send: ticket create
    headers: {X-Step-Secret: s3cr3t-step}
    expect: {status: 418, header: {X-Token: s3cr3t-expected}}
  - {send: conversation update, props: {name: "{{ .token }}"}}
  - name: "at once with {{ .word }}"
    together:
      - {send: ticket update, headers: {X-Token: "{{ .word }}"}}
      - {send: ticket update, headers: {My-Password: s3cr3t-together}}
`

// ways returns the arguments that pass secrets in other ways than a scenario.
func (v *secretsTest) ways(host, route string) map[string][]string {
	v.env = map[string]string{
		"HOST": host, "ROUTE": route, "PASSWORD": "s3cr3t-env-password", "QUERY": "s3cr3t-env-query", "BEARER": "s3cr3t-env-bearer",
		"APIZEE_HOOKS_HEADERS": "X-Env-Token: s3cr3t-env-header",
	}
	return map[string][]string{
		"flags": {
			"-t", "http://" + host + "/" + route + "?token=s3cr3t-flag-query",
			"-H", "X-Api-Key: s3cr3t-flag/x==", "-H", "Authorization: Basic s3cr3t-flag-basic", "-H", "Cookie: id=s3cr3t-flag-cookie",
			"-H", "X-Auth-TOKEN: s3cr3t-flag-token", "-H", "my-secret: s3cr3t-flag-secret", "-H", "Password: s3cr3t-flag-word",
			"-H", "Referer: http://h/?a=1;token=s3cr3t-flag-referer",
		},
		"path":    {"-t", "http://" + host + "/" + route + "/s3cr3t-flag-path", "-H", "X-Api-Key: s3cr3t-flag-path"},
		"url":     {"-t", "http://user:s3cr3t-flag-password@" + host + "/" + route},
		"config":  {"--config", "planted.yaml"},
		"basic":   {"--config", "basic.yaml"},
		"profile": {"--config", "planted.yaml", "--profile", "staging"},
	}
}

func TestSecretsAreMasked(t *testing.T) {
	v := newSecretsTest(t)
	const tape = `{"receivedAt":"2026-01-02T12:04:05Z","method":"POST","path":"/in?token=s3cr3t-tape-query","headers":{"X-Tape-Key":["s3cr3t-tape"]},` +
		`"body":"{\"event\":\"create\",\"time\":1,\"object\":\"ticket\",\"objectId\":1,\"props\":{}}","status":204,"findings":[]}`
	writeFile(t, "tape.ndjson", tape+"\n")
	commands := map[string][]string{
		"send": {"send", "ticket"}, "send -v": {"send", "ticket", "-v"}, "send json": {"send", "ticket", "-o", "json"},
		"send many": {"send", "ticket", "--count", "2", "--retry", "1"}, "send quiet": {"send", "ticket", "-q"},
		"send faulty": {"send", "ticket", "--fault", "truncate", "-v"},
		"dry run":     {"send", "ticket", "--dry-run"}, "curl": {"send", "ticket", "--dry-run=curl"},
		"replay": {"replay", "tape.ndjson"}, "replay -v": {"replay", "tape.ndjson", "-v"}, "replay json": {"replay", "tape.ndjson", "-o", "json"},
		"run":    {"run", "planted.scenario.yaml", "-v", "--report", "junit=out/NAME.xml", "--report", "json=out/NAME.json", "--report", "tap=out/NAME.tap", "--github"},
		"assume": {"run", "planted.scenario.yaml", "--assume", "once,duplicate,shuffle,late"},
		"load": {"load", "--rate", "100/s", "--duration", "50ms", "-v", "--report", "json=out/NAME-load.json",
			"--report", "html=out/NAME-load.html", "--report", "hdr=out/NAME-load.hdr", "--fail-if", "p99>1ns"},
		"targets": {"load", "--rate", "100/s", "--duration", "50ms", "--targets"},
		"audit": {"audit", "-v", "--skip", "slow-body,burst", "--settle", "0", "--report", "junit=out/NAME-audit.xml",
			"--report", "json=out/NAME-audit.json", "--report", "html=out/NAME-audit.html"},
		"config": {"config", "show"}, "config json": {"config", "show", "-o", "json"},
	}
	places := map[string]struct{ host, route string }{
		"accepted": {v.live, "hooks"}, "refused": {v.live, "failing"}, "moved": {v.live, "moved"}, "dead": {v.dead, "hooks"}, "no host": {"127.0.0.1:0", "hooks"},
	}
	for place, to := range places {
		for way, given := range v.ways(to.host, to.route) {
			for name, command := range commands {
				if command[0] == "config" && given[0] != "--config" {
					continue // it has none of the flags
				}
				t.Run(strings.Join([]string{place, way, name}, "/"), func(t *testing.T) {
					args := strings.Split(strings.ReplaceAll(strings.Join(command, "\x00"), "NAME", place+"-"+way), "\x00")
					v.run(t, append(args, given...)...)
				})
			}
		}
	}
	wantNoSecretInFiles(t)
	v.wantReceived(t, "flag-password", "flag-path", "flag-query", "flag-basic", "flag-cookie", "flag-token", "flag-secret", "flag-word", "flag-referer",
		"config-cookie", "config-referer", "config-query", "config-escaped", "env-password", "env-bearer", "env-header", "profile-query", "tape",
		"target", "var", "var-too", "env-query", "probe-user", "probe", "step", "together")
}

// wantReceived checks that secrets reached the endpoint: others prove nothing.
func (v *secretsTest) wantReceived(t *testing.T, names ...string) {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, name := range names {
		if !strings.Contains(v.received.String(), planted+"-"+name) {
			t.Errorf("the endpoint did not receive the secret %q", name)
		}
	}
}

// TestListenMasksSecrets sends secrets to listeners with every output.
func TestListenMasksSecrets(t *testing.T) {
	v := newSecretsTest(t)
	outputs := map[string][]string{
		"line": nil, "headers": {"--show-headers"}, "pretty": {"-o", "pretty", "--show-headers"}, "json": {"-o", "json"}, "csv": {"-o", "csv"}, "verbose": {"-v"},
	}
	for host, code := range map[string]int{v.live: cli.ExitOK, v.dead: cli.ExitUnreachable} {
		v.ways(host, "hooks")
		for name, output := range outputs {
			t.Run(host+"/"+name, func(t *testing.T) {
				v.listen(t, code, append([]string{"listen", "--addr", "127.0.0.1:0", "--config", "planted.yaml", "--record", "out/tape.ndjson"}, output...))
			})
		}
	}
	wantNoSecretInFiles(t)
	v.wantReceived(t, "config-forward", "sent", "sent-query", "config-required")
}

// listen runs a listener until it has received good and bad requests.
func (v *secretsTest) listen(t *testing.T, want int, args []string) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stdout, stderr := &syncBuffer{grown: make(chan struct{}, 1)}, &syncBuffer{grown: make(chan struct{}, 1)}
	ended := make(chan int, 1)
	go func() { ended <- Run(ctx, v.system(stdout, stderr), args) }()
	ready := stdout
	if slices.Contains(args, "csv") {
		ready = stderr
	}
	ready.waitFor(t, "istening")
	at := listeningOn(ready.String())
	for _, required := range []string{"s3cr3t-config-required", "s3cr3t-wrong"} {
		request, err := http.NewRequest(http.MethodPost, at+"/in?token=s3cr3t-sent-query", strings.NewReader(`{"event":"update"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Api-Key", "s3cr3t-sent")
		request.Header.Set("X-Team", required)
		request.Header.Set("Referer", "http://u:s3cr3t-sent-user@h/?next=%2Fin%3Ftoken%3Ds3cr3t-sent-next")
		request.Header.Set("X-Original-Uri", "/in?a=1?token=s3cr3t-sent-second;b=s3cr3t-sent-rest")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	for _, malformed := range []string{
		"POST /in?token=s3cr3t-malformed HTTP/1.1\r\nHost: x\r\nX-Token s3cr3t-malformed\r\n\r\n",
		"POST /in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\ns3cr3t-malformed\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(at, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, malformed)
		io.Copy(io.Discard, conn)
	}
	cancel()
	if code := <-ended; code != want {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	wantNoSecret(t, "stdout", stdout.String())
	wantNoSecret(t, "stderr", stderr.String())
}

// TestErrorsMaskSecrets wants errors that describe what is wrong with a value without the value.
func TestErrorsMaskSecrets(t *testing.T) {
	v := newSecretsTest(t)
	urls := []string{
		"ftp://u:s3cr3t@h/", "http://u:s3cr3t@h:port/", "http://u:s3cr3t@/", "http://u:s3cr3t@h:0/", "http://u:s3cr3t/x@h/", "http://u:s3cr3t#x@h/",
		"http://u:s3cr3t?x@h/", "http://u:s3cr3t%zz@h/", "http://u:a s3cr3t@h/", "u:s3cr3t@h:port", "http://h:port/?token=s3cr3t", "http://h:99999/?token=s3cr3t",
	}
	var lines [][]string
	for _, url := range urls {
		lines = append(lines,
			[]string{"send", "ticket", "-t", url}, []string{"audit", "-t", url}, []string{"load", "-t", url}, []string{"run", "ticket-lifecycle", "-t", url},
			[]string{"listen", "--addr", "127.0.0.1:x", "--forward-to", url},
			[]string{"run", "ticket-lifecycle", "-t", v.dead, "--exec", "exit 1", "--wait-for", url})
	}
	lines = append(lines, []string{"run", "ticket-lifecycle", "-t", v.dead, "--exec", "TOKEN=s3cr3t; exit 1", "--wait-for", v.dead})
	for _, header := range []string{"s3cr3t", "X-Token s3cr3t", "X-Token=s3cr3t", "X-Token: s3cr3t\nX: y", "X Token: s3cr3t", ": s3cr3t", "Content-Length: s3cr3t"} {
		lines = append(lines, []string{"send", "ticket", "-t", v.dead, "-H", header}, []string{"listen", "--addr", "127.0.0.1:x", "--response-header", header},
			[]string{"listen", "--addr", "127.0.0.1:x", "--require-header", header})
	}
	for i, text := range []string{
		"headers: s3cr3t", "headers: {X-Token: {a: s3cr3t}}", "headers: {X-Token: s3cr3t", "headers: {X-Token: \"s3cr3t\\nx\"}",
		"headers:\n  X-Token: s3cr3t\n bad: x", "to: [s3cr3t]", "listen: {require-header: s3cr3t}", "X-Token: s3cr3t",
		"headers: {X-Token: \"s3cr3t ${\"}", "headers: {\"X-Token: s3cr3t\": x}",
	} {
		name := "config" + string(rune('a'+i)) + ".yaml"
		writeFile(t, name, text+"\n")
		lines = append(lines, []string{"config", "show", "--config", name}, []string{"send", "ticket", "-t", v.dead, "--config", name})
	}
	const head, tail = "name: x\ntarget:\n  url: http://localhost/\n  headers:\n    ", "\nsteps:\n  - send: ticket create\n"
	for i, text := range []string{
		"X-Token: {a: s3cr3t}", "X-Token: '{{ nope \"s3cr3t\" }}'", "X-Token: '{{ .nope }} s3cr3t'", "X-Token: \"s3cr3t\\n\"", "X-Token: \"s3cr3t", "X-Token: [s3cr3t]",
		"X Token: s3cr3t", "X-Token: s3cr3t\n    X-Token: s3cr3t", "X-Token: s3cr3t ${", "Authorization: !x s3cr3t",
	} {
		name := "scenario" + string(rune('a'+i)) + ".yaml"
		writeFile(t, name, head+text+tail)
		lines = append(lines, []string{"run", name})
	}
	for i, url := range []string{"ftp://u:s3cr3t@h/", "http://u:s3cr3t@h:port/", "http://h/?token=s3cr3t {{", "http://u:s3cr3t@{{ nope }}/"} {
		name := "url" + string(rune('a'+i)) + ".yaml"
		writeFile(t, name, "name: x\ntarget: {url: '"+url+"'}\nsteps:\n  - probe: 'GET "+url+"'\n  - {send: ticket create, headrs: {X-Token: s3cr3t}}\n")
		lines = append(lines, []string{"run", name})
	}
	for _, args := range lines {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			if code := v.run(t, args...); code == cli.ExitOK {
				t.Error("no error")
			}
		})
	}
}

// TestShowSecrets checks that the other tests find secrets.
func TestShowSecrets(t *testing.T) {
	v := newSecretsTest(t)
	v.ways(v.live, "hooks")
	for _, args := range [][]string{{"config", "show"}, {"send", "ticket", "-v"}, {"send", "ticket", "--dry-run=curl"}, {"load", "--targets", "--duration", "10ms"}} {
		var stdout, stderr bytes.Buffer
		code := Run(t.Context(), v.system(&stdout, &stderr), append(args, "--config", "planted.yaml", "--show-secrets"))
		if code != cli.ExitOK || !strings.Contains(stdout.String(), "s3cr3t-config") || !strings.Contains(stdout.String(), "s3cr3t-env-password") {
			t.Errorf("%q: exit code %d\n%s%s", args, code, &stdout, &stderr)
		}
	}
}
