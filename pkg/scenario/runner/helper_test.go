package runner

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/library"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
)

// env returns a lookup function for a map.
func env(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
}

const closedTemplate = `{{/* closes a ticket */}}{"event":"update","time":{{ unix }},"object":"ticket","objectId":{{ .id }},"props":{"state":"closed"}}`

// parseOptions have one template, ticket-closed, which requires an id.
func parseOptions() parse.Options {
	return parse.Options{
		LookupEnv: env(map[string]string{"HOST": "127.0.0.1", "API_TOKEN": "s3cr3t-t0ken"}),
		Template: func(name string) (payload.Template, error) {
			if name != "ticket-closed" {
				return payload.Template{}, &library.NotFoundError{Name: name, Nearest: "ticket-closed"}
			}
			return payload.Parse(name, closedTemplate)
		},
	}
}

// mustParse parses a valid scenario.
func mustParse(t testing.TB, source string) *scenario.Scenario {
	t.Helper()
	s, err := parse.File("test.yaml", []byte(source), parseOptions())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// now is the time of all tests: 2025-01-02T03:04:05Z.
func now() time.Time { return time.Unix(1735787045, 0).UTC() }

// endpoint is a server on the loopback interface that records the bodies it receives.
type endpoint struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
}

// serve starts an endpoint; a nil handler returns 204.
func serve(t testing.TB, handle http.HandlerFunc) *endpoint {
	t.Helper()
	e := &endpoint{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		e.mu.Lock()
		e.bodies = append(e.bodies, string(body))
		e.mu.Unlock()
		if handle == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		handle(w, r)
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) received() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.bodies...)
}

// runner uses the real clock, but does not sleep.
func runner(t testing.TB) Runner {
	t.Helper()
	transport, err := deliver.NewTransport(t.Context(), deliver.Network{}, 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return Runner{
		Client: deliver.NewClient(transport, time.Now),
		Now:    time.Now,
		Sleep:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		Faulty: func(f fault.Fault, seed uint64) *deliver.Client {
			return f.Client(transport, time.Now, fault.Options{Seed: seed, Sleep: deliver.Sleep})
		},
	}
}

// to returns options with a server as the endpoint.
func to(t testing.TB, url string) Options {
	t.Helper()
	u, err := deliver.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	return Options{To: u, Timeout: 10 * time.Second, Seed: 1}
}

// runScenario runs a scenario against a server.
func runScenario(t testing.TB, url, source string) Outcome {
	t.Helper()
	return runner(t).Run(context.Background(), mustParse(t, source), to(t, url))
}
