package cmd

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// startListen runs the real program, and returns it with its URL once it listens.
func startListen(t *testing.T, args ...string) (c *exec.Cmd, url string) {
	t.Helper()
	c, url, out := startListenUnread(t, new(bytes.Buffer), args...)
	go io.Copy(io.Discard, out)
	return c, url
}

// startListenUnread is startListen that returns the output after the first line unread.
func startListenUnread(t *testing.T, stderr io.Writer, args ...string) (c *exec.Cmd, url string, output *bufio.Reader) {
	t.Helper()
	c = exec.Command(cli.Program, append([]string{"listen", "--addr", "127.0.0.1:0", "-o", "json"}, args...)...)
	c.Env = append(os.Environ(), "HOME="+t.TempDir())
	c.Stderr = stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var ready struct{ Listening string }
	if err := json.Unmarshal([]byte(first), &ready); err != nil || ready.Listening == "" {
		t.Fatalf("the first line is %q", first)
	}
	return c, ready.Listening, lines
}

// sendUntil posts numbered events from several senders until there are enough responses, or no
// more, and returns the events that got one.
func sendUntil(url string, senders int, enough func(responses int) bool) map[string]bool {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	var all sync.WaitGroup
	for sender := range senders {
		all.Go(func() {
			for n := 0; ; n++ {
				body := fmt.Sprintf(`{"event":"update","time":1,"object":"ticket","objectId":%d,"props":{}}`, sender*1_000_000+n)
				response, err := client.Post(url, "application/JSON", strings.NewReader(body))
				if err != nil {
					return
				}
				response.Body.Close()
				mu.Lock()
				acknowledged[body] = response.StatusCode == http.StatusNoContent
				done := enough(len(acknowledged))
				mu.Unlock()
				if done {
					return
				}
			}
		})
	}
	all.Wait()
	return acknowledged
}

func recordedBodies(t *testing.T, path string) map[string]bool {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	bodies := map[string]bool{}
	reader := recording.NewReader(f)
	for {
		e, err := reader.Read()
		if err == io.EOF {
			return bodies
		}
		if err != nil {
			t.Fatal(err) // also for a truncated line: killing a process does not truncate a write
		}
		bodies[string(e.Body)] = true
	}
}

// TestListenKilled kills the program under load: acknowledged events are in the file.
func TestListenKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	c, url := startListen(t, "--record", path)
	acknowledged := sendUntil(url, 16, func(responses int) bool {
		if responses == 500 {
			c.Process.Kill()
		}
		return false
	})
	recorded := recordedBodies(t, path)
	for body := range acknowledged {
		if !recorded[body] {
			t.Fatalf("%s was acknowledged and is not in the file", body)
		}
	}
	if len(acknowledged) < 500 {
		t.Errorf("only %d were acknowledged", len(acknowledged))
	}
}

// TestListenTwice has two processes append to one file.
func TestListenTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	_, first := startListen(t, "--record", path)
	_, second := startListen(t, "--record", path, "--sync")
	acknowledged := make([]map[string]bool, 2)
	var all sync.WaitGroup
	for i, url := range []string{first, second} {
		all.Go(func() {
			acknowledged[i] = sendUntil(url+"/"+fmt.Sprint(i), 8, func(responses int) bool { return responses >= 200 })
		})
	}
	all.Wait()
	recorded := recordedBodies(t, path)
	for i := range acknowledged {
		for body, accepted := range acknowledged[i] {
			if !accepted || !recorded[body] {
				t.Fatalf("%s: accepted %t, recorded %t", body, accepted, recorded[body])
			}
		}
	}
}

// An event whose request is malformed counts as refused with --strict; other malformed data does not.
func TestStrictCountsMalformedEvents(t *testing.T) {
	schema, err := compileSchema("output", "listen")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		request string
		code    int
	}{
		{"POST / HTTP/1.1\r\nHost: h\r\nX A: 1\r\nContent-Length: 2\r\n\r\n{}", 1},
		{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n{}", 1},
		{"POST / HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("x", 80<<10) + "\r\n\r\n", 1},
		{"GET / HTTP/1.1\r\nHost: h\r\nX A: 1\r\n\r\n", 0},
	} {
		c, url, out := startListenUnread(t, io.Discard, "--strict")
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, test.request)
		response, _ := io.ReadAll(conn)
		conn.Close()
		c.Process.Signal(os.Interrupt)
		printed, err := io.ReadAll(out)
		if err != nil {
			t.Fatal(err)
		}
		c.Wait()
		if n, err := validateJSON(schema, string(printed)); err != nil || n != 1 || !strings.HasPrefix(string(printed), `{"malformed":`) {
			t.Errorf("%.60q: %v in the output %q", test.request, err, printed)
		}
		if code := c.ProcessState.ExitCode(); code != test.code {
			t.Errorf("%.60q: exit code %d, want %d; the response is %q", test.request, code, test.code, response)
		}
	}
}
