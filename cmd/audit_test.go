package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// requestLog tells requests apart by all that an endpoint sees of them.
type requestLog struct {
	mu   sync.Mutex
	seen []string
}

func (l *requestLog) add(r *http.Request, body []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var headers []string
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		headers = append(headers, fmt.Sprintf("%s: %q", name, r.Header[name]))
	}
	l.seen = append(l.seen, fmt.Sprintf("%s %s %d %v\n%s\n%q", r.Method, r.RequestURI, r.ContentLength, r.TransferEncoding, strings.Join(headers, "\n"), body))
}

func (l *requestLog) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := l.seen
	l.seen = nil
	return seen
}

// TestAuditRepeats runs the command that each result shows: it must send exactly what the audit sent.
// The endpoint accepts only ordinary events with the right secret, so that nearly every rule fails.
func TestAuditRepeats(t *testing.T) {
	t.Parallel()
	ordinary := regexp.MustCompile(`^\{"event":"create","time":\d+,"object":"(ticket","objectId":\d+,"props":\{"state":"invited"\}|conversation.*"name":"support".*\})\}$`)
	var requests requestLog
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests.add(r, body)
		switch {
		case r.Header.Get("X-Api-Key") == "":
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method != http.MethodPost || r.ContentLength < 0 || !ordinary.Match(body):
			w.WriteHeader(http.StatusInternalServerError)
			io.WriteString(w, "no such table: tickets")
		}
	}))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	bash := func(command string) string {
		c := exec.Command("bash", "-c", command)
		c.Dir = dir
		c.Env = append(os.Environ(), "HOME="+dir, "NO_COLOR=1")
		out, _ := c.CombinedOutput()
		return string(out)
	}
	bash("apizee-hooks audit -t " + server.URL + "/hooks -H 'X-Api-Key: s3cret' -H 'X-Team: blue' --timeout 5s --skip slow-body,reset-body --settle 0 --show-secrets --report json=r.json")
	sent := requests.take()
	var outcome struct {
		Rules []struct {
			Name, Status string
			Requests     []struct{ Label, Response, Repeat string }
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "r.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &outcome); err != nil {
		t.Fatal(err)
	}
	repeated := 0
	for _, rule := range outcome.Rules {
		if (rule.Status == "failed" || rule.Status == "warned") != (len(rule.Requests) > 0) {
			t.Errorf("%s is %s, with %d requests", rule.Name, rule.Status, len(rule.Requests))
		}
		for _, r := range rule.Requests {
			repeated++
			out := bash(r.Repeat)
			got := requests.take()
			if len(got) == 0 || !slices.Contains(sent, got[len(got)-1]) {
				t.Errorf("%s, %s: the command sent something else: %s\n%s\n%s", rule.Name, r.Label, r.Repeat, out, strings.Join(got, "\n"))
			}
		}
	}
	if repeated < 50 {
		t.Errorf("%d commands", repeated)
	}
}
