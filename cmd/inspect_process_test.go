package cmd

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

// ready is the first line that a program prints with -o json.
type ready struct {
	Listening, Inspect string
	Events             int
}

// inspector is the API of a running program.
type inspector struct {
	cmd    *exec.Cmd
	stderr *bytes.Buffer // to read after the program has ended
	ready
	base, token string
}

// startInspector runs the real program until it serves its page.
func startInspector(t *testing.T, args ...string) *inspector {
	t.Helper()
	p := &inspector{cmd: exec.Command(cli.Program, append(args, "-o", "json")...), stderr: new(bytes.Buffer)}
	p.cmd.Env, p.cmd.Stderr = append(os.Environ(), "HOME="+t.TempDir()), p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	lines := bufio.NewReader(out)
	first, err := lines.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(first, &p.ready); err != nil {
		t.Fatal(err)
	}
	var found bool
	if p.base, p.token, found = strings.Cut(p.Inspect, "/?token="); !found {
		t.Fatalf("the first line is %s", first)
	}
	go io.Copy(io.Discard, lines)
	return p
}

func (p *inspector) get(t *testing.T, path string) *http.Response {
	t.Helper()
	return p.do(t, http.MethodGet, path, "")
}

func (p *inspector) do(t *testing.T, method, path, body string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(method, p.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, resp.Status)
	}
	return resp
}

// paths returns the paths of the exchanges in the list.
func (p *inspector) paths(t *testing.T) string {
	t.Helper()
	var list struct{ Exchanges []struct{ Path string } }
	if err := json.NewDecoder(p.get(t, "/api/exchanges").Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, x := range list.Exchanges {
		paths = append(paths, x.Path)
	}
	return strings.Join(paths, " ")
}

// stop interrupts the program, which must end with success.
func (p *inspector) stop(t *testing.T) {
	t.Helper()
	p.cmd.Process.Signal(os.Interrupt)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, p.stderr)
	}
}

// TestListenInspect looks at events while they arrive; a page that is open does not delay the end.
func TestListenInspect(t *testing.T) {
	p := startInspector(t, "listen", "--addr", "127.0.0.1:0", "--inspect=127.0.0.1:0", "--filter", "object=media",
		"--record", filepath.Join(t.TempDir(), "events.ndjson"))
	live := bufio.NewReader(p.get(t, "/api/live").Body)
	for _, path := range []string{"/1", "/2"} {
		resp, err := http.Post(p.Listening+path, "application/JSON", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	for total := 0; total < 2; {
		line, err := live.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		var now struct{ Total int }
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			if err := json.Unmarshal([]byte(data), &now); err != nil {
				t.Fatal(err)
			}
			total = now.Total
		}
	}
	if got := p.paths(t); got != "/1 /2" {
		t.Errorf("got %q", got)
	}
	p.stop(t)
	if want := "{\"note\":\"0 events\"}\n"; p.stderr.String() != want {
		t.Errorf("got %q, want %q", p.stderr, want)
	}
}

// TestInspect shows two recordings, merged by time.
func TestInspect(t *testing.T) {
	const entry = `{"receivedAt":"2020-01-01T00:00:0%Z","method":"POST","path":"/%","headers":{},"body":"{}","status":204,"findings":[]}` + "\n"
	lines := func(times string) string {
		var text strings.Builder
		for _, digit := range times {
			text.WriteString(strings.ReplaceAll(entry, "%", string(digit)))
		}
		return text.String()
	}
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.ndjson"), filepath.Join(dir, "second.ndjson")
	for path, text := range map[string]string{first: lines("14"), second: lines("23") + `{"receivedAt":` + "\n" + lines("5")} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := startInspector(t, "inspect", first, second, "--addr", "127.0.0.1:0")
	if got := p.paths(t); got != "/1 /2 /3 /4 /5" || p.Events != 5 {
		t.Errorf("got %q, %d events", got, p.Events)
	}
	p.stop(t)
	if want := `{"note":"` + second + `:3: truncated or invalid entry skipped."}` + "\n"; p.stderr.String() != want {
		t.Errorf("got %q, want %q", p.stderr, want)
	}
}

// TestListenInspectBaseline shows the drift from a baseline, also of events that are in a recording.
func TestListenInspectBaseline(t *testing.T) {
	dir := t.TempDir()
	events := filepath.Join(dir, "events.ndjson")
	text := strings.Repeat(`{"event":"update","time":1575976413,"object":"ticket","objectId":1,"props":{"state":"closed","agent":"a"}}`+"\n", 30)
	if err := os.WriteFile(events, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cli.Program, "learn", events, "--out", filepath.Join(dir, "learned")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p := startInspector(t, "listen", "--addr", "127.0.0.1:0", "--inspect=127.0.0.1:0",
		"--baseline", filepath.Join(dir, "learned", "baseline.json"), "--record", filepath.Join(dir, "recording.ndjson"))
	live := bufio.NewReader(p.get(t, "/api/live").Body)
	resp, err := http.Post(p.Listening, "application/JSON", strings.NewReader(`{"event":"update","time":1575976413,"object":"ticket","objectId":1,"props":{"state":"closed"}}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for line := ""; !strings.Contains(line, `"total":1`); {
		if line, err = live.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	var x struct {
		Drift    string
		Findings []struct{ Severity, Path string }
	}
	if err := json.NewDecoder(p.get(t, "/api/exchanges/1").Body).Decode(&x); err != nil {
		t.Fatal(err)
	}
	if last := len(x.Findings) - 1; x.Drift != "breaking" || last < 0 || x.Findings[last].Severity != "breaking" || x.Findings[last].Path != "props.agent" {
		t.Errorf("got %+v", x)
	}
	p.stop(t)
}

// TestInspectSends sends an event again, and executes the commands that it is copied as: each goes to where
// it was forwarded or would be replayed to, over the same connection.
func TestInspectSends(t *testing.T) {
	const event = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`
	dir := t.TempDir()
	recorded, socket := filepath.Join(dir, "events.ndjson"), filepath.Join(dir, "s")
	entry, _ := json.Marshal(map[string]any{
		"receivedAt": "2020-01-01T00:00:00Z", "method": "POST", "path": "/hooks/", "headers": map[string]any{}, "body": event, "status": 204, "findings": []any{},
	})
	if err := os.WriteFile(recorded, append(entry, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	paths := make(chan string, 10)
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { paths <- r.RequestURI })
	plain, secure, unix := httptest.NewServer(handler), httptest.NewTLSServer(handler), httptest.NewUnstartedServer(handler)
	unix.Listener.Close()
	var err error
	if unix.Listener, err = net.Listen("unix", socket); err != nil {
		t.Fatal(err)
	}
	unix.Start()
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	for _, server := range []*httptest.Server{plain, secure, unix} {
		t.Cleanup(server.Close)
	}
	for name, test := range map[string]struct {
		args []string
		want string // "" for a receiver that does not forward
	}{
		"forwarded":        {[]string{"listen", "--addr", "127.0.0.1:0", "--forward-to", plain.URL + "/api"}, "/api/hooks/"},
		"forwarded, path":  {[]string{"listen", "--addr", "127.0.0.1:0", "--forward-to", plain.URL + "/api", "--path", "/hooks/"}, "/api"},
		"forwarded, TLS":   {[]string{"listen", "--addr", "127.0.0.1:0", "--forward-to", secure.URL, "--insecure"}, "/hooks/"},
		"received":         {[]string{"listen", "--addr", "127.0.0.1:0"}, ""},
		"received, TLS":    {[]string{"listen", "--addr", "127.0.0.1:0", "--tls"}, ""},
		"received, socket": {[]string{"listen", "--addr", "unix:" + filepath.Join(dir, "own")}, ""},
		"recorded":         {[]string{"inspect", recorded, "--to", plain.URL}, "/hooks/"},
		"recorded, path":   {[]string{"inspect", recorded, "--to", plain.URL + "/api/"}, "/api/"},
		"recorded, socket": {[]string{"inspect", recorded, "--to", "http://localhost/x", "--unix-socket", socket}, "/x"},
	} {
		t.Run(name, func(t *testing.T) {
			flag := map[string]string{"listen": "--inspect=127.0.0.1:0", "inspect": "--addr=127.0.0.1:0"}[test.args[0]]
			p := startInspector(t, append(test.args, flag)...)
			arrived := func() {
				t.Helper()
				if test.want == "" {
					return
				}
				if got := <-paths; got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			}
			await := func(paths string) { // an event is published after the response
				t.Helper()
				for tries := 0; p.paths(t) != paths; tries++ {
					if tries == 1000 {
						t.Fatalf("received %s, want %s", p.paths(t), paths)
					}
				}
			}
			if test.args[0] == "listen" {
				args := []string{"send", "--data", event, "--insecure", "-t", p.Listening + "/hooks/"}
				if path, is := strings.CutPrefix(p.Listening, "unix:"); is {
					args = append(args[:4], "-t", "http://localhost/hooks/", "--unix-socket", path)
				}
				if out, err := exec.Command(cli.Program, args...).CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
				arrived()
				await("/hooks/")
			}
			if test.want != "" {
				p.do(t, http.MethodPost, "/api/send", `{"origin":1}`)
				arrived()
			}
			for _, as := range []string{"curl", "send"} {
				command, _ := io.ReadAll(p.get(t, "/api/exchanges/1/copy?as="+as).Body)
				if out, err := exec.Command("bash", "--norc", "-c", string(command)).CombinedOutput(); err != nil {
					t.Fatalf("%s: %v: %s", command, err, out)
				}
				arrived()
			}
			if test.want == "" {
				await("/hooks/ /hooks/ /hooks/")
			}
		})
	}
}

// TestInspectExample executes the command that the page shows before the first event.
func TestInspectExample(t *testing.T) {
	for name, args := range map[string][]string{
		"any path":        {"--addr", "127.0.0.1:0"},
		"path":            {"--addr", "127.0.0.1:0", "--path", "/apizeehooks/"},
		"unescaped":       {"--addr", "127.0.0.1:0", "--path", "/it's $HOME é/(a b)&c"},
		"escaped":         {"--addr", "127.0.0.1:0", "--path", "/a%2Fb%3Fc%23%25/;d=1"},
		"socket and TLS":  {"--addr", "unix:" + filepath.Join(t.TempDir(), "own"), "--path", "/x", "--tls"},
		"required header": {"--addr", "127.0.0.1:0", "--require-header", "X-Api-Key: it's me", "--show-secrets"},
	} {
		t.Run(name, func(t *testing.T) {
			p := startInspector(t, append([]string{"listen", "--inspect=127.0.0.1:0"}, args...)...)
			var status struct{ Example string }
			if err := json.NewDecoder(p.get(t, "/api/status").Body).Decode(&status); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("bash", "--norc", "-c", status.Example).CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %s", status.Example, err, out)
			}
		})
	}
	p := startInspector(t, "listen", "--addr", "127.0.0.1:0", "--inspect=127.0.0.1:0", "--require-header", "X-Team: hunter2")
	if text, _ := io.ReadAll(p.get(t, "/api/status").Body); !strings.Contains(string(text), "-H 'X-Team: ****'") || strings.Contains(string(text), "hunter2") {
		t.Errorf("the secret is not masked: %s", text)
	}
}

// TestInspectQuiet reads the URL of the page, which --quiet leaves alone.
func TestInspectQuiet(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.ndjson")
	const line = `{"receivedAt":"2020-01-01T00:00:00Z","method":"POST","path":"/","headers":{},"body":"{}","status":204,"findings":[]}` + "\n"
	if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(cli.Program, "inspect", file, "--addr", "127.0.0.1:0", "-q")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Wait()
	defer c.Process.Kill()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Fatalf("%q, %v", url, err)
	}
	response, err := http.Get(strings.TrimSpace(url))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.Request.URL.RawQuery != "" || response.Request.URL.Path != "/" {
		t.Errorf("the token was not exchanged: %s", response.Request.URL)
	}
}
