package run

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/templates"
)

func testOptions(t *testing.T, out *bytes.Buffer) *options {
	env := map[string]string{"HOME": t.TempDir()}
	return &options{
		App: &cli.App{System: cli.System{
			Catalog: apizee.Documented(), Stdout: out, Stderr: out, Templates: templates.FS,
			LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
			Now:       time.Now, Sleep: deliver.Sleep, Random: func() uint64 { return 1 },
			Transport: deliver.NewTransport,
		}},
		scenarios: []string{"ticket-declined"}, repeat: 1,
	}
}

func TestRun(t *testing.T) {
	rejecting := httptest.NewServer(http.NotFoundHandler())
	defer rejecting.Close()
	for name, test := range map[string]struct {
		change func(*options)
		code   int
		shows  string
	}{
		"loopback":         {func(o *options) { o.loopback = true }, cli.ExitOK, "0 failed"},
		"repetitions":      {func(o *options) { o.loopback, o.repeat = true, 2 }, cli.ExitOK, "2 runs"},
		"rejected":         {func(o *options) { o.Settings = cli.Settings{"to": rejecting.URL} }, cli.ExitNegative, "404"},
		"no target":        {func(*options) {}, cli.ExitUsage, ""},
		"two targets":      {func(o *options) { o.loopback, o.Settings = true, cli.Settings{"to": rejecting.URL} }, cli.ExitUsage, ""},
		"unknown variable": {func(o *options) { o.loopback, o.vars = true, []string{"none=1"} }, cli.ExitUsage, ""},
		"unknown scenario": {func(o *options) { o.scenarios = []string{"none"} }, cli.ExitUsage, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			o := testOptions(t, &out)
			test.change(o)
			err := run(t.Context(), o)
			if code := cli.ExitCode(err); code != test.code {
				t.Errorf("exit code %d, want %d: %v\n%s", code, test.code, err, &out)
			}
			if !strings.Contains(out.String(), test.shows) {
				t.Errorf("%q is not shown:\n%s", test.shows, &out)
			}
		})
	}
}

// TestAssumptionsWithoutResult runs two assumptions that do not both come to a result.
func TestAssumptionsWithoutResult(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	requests := 0
	counting := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests++ }))
	defer counting.Close()
	o := testOptions(t, new(bytes.Buffer))
	o.Settings = cli.Settings{"to": counting.URL}
	if err := run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		interruptAt int
		url         string
		want        string
	}{
		"interrupted in the first":  {1, "", ""},
		"interrupted in the second": {requests + 1, "", "Passed under: once.\n"},
		"not interrupted":           {0, "", "Passed under: once and duplicate.\n"},
		"nothing listens":           {0, closed.URL, ""},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			n := 0
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body) // so that the server notices that the client is gone
				if n++; n == test.interruptAt {
					interrupt()
					<-r.Context().Done()
				}
			}))
			defer server.Close()
			var out bytes.Buffer
			o := testOptions(t, &out)
			o.assume = []string{"once", "duplicate"}
			o.Settings = cli.Settings{"to": cmp.Or(test.url, server.URL)}
			run(ctx, o)
			_, got, _ := strings.Cut(out.String(), " under: ")
			_, want, _ := strings.Cut(test.want, " under: ")
			if got != want {
				t.Errorf("got %q, want %q:\n%s", got, want, &out)
			}
		})
	}
}

// A request whose delivery was aborted may be reported during any later step.
func TestAbortedRequestsAreNotShown(t *testing.T) {
	v := &view{run: &running{options: &options{loopback: true}}, arrival: make(chan struct{}, 1)}
	v.received(&receive.Reception{N: 1, Outcome: receive.Incomplete})
	v.received(&receive.Reception{N: 2, Outcome: receive.Accepted, Status: 204})
	if got := v.takeArrived([]deliver.Result{{Status: 204}}); len(got) != 1 || got[0].N != 2 {
		t.Errorf("%+v", got)
	}
}
