package load

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
	"github.com/apizee-hooks/apizee-hooks/pkg/load"
)

// TestRun sends a short load to endpoints that accept and reject.
func TestRun(t *testing.T) {
	condition, err := load.ParseCondition("success<100%")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		status int
		failIf []load.Condition
		code   int
		shows  string
	}{
		"accepted":          {204, nil, cli.ExitOK, "10 accepted (100%)"},
		"rejected":          {500, nil, cli.ExitNegative, "10 not accepted"},
		"condition not met": {204, []load.Condition{condition}, cli.ExitOK, "10 accepted"},
		"condition met":     {500, []load.Condition{condition}, cli.ExitNegative, "10 not accepted"},
	} {
		t.Run(name, func(t *testing.T) {
			endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(test.status) }))
			defer endpoint.Close()
			var out bytes.Buffer
			catalog := apizee.Documented()
			o := &options{
				App: &cli.App{System: cli.System{
					Catalog: catalog, Stdout: &out, Stderr: &out, Now: time.Now, Sleep: deliver.Sleep,
					LookupEnv: func(string) (string, bool) { return "", false },
					Random:    func() uint64 { return 1 }, Transport: deliver.NewTransport,
				}},
				Connection: cli.Connection{Settings: cli.Settings{"to": endpoint.URL}},
				Stream:     cli.Stream{Rate: generate.Rate{Count: 100, Per: time.Second}, Mix: generate.DefaultMix(catalog)},
				duration:   100 * time.Millisecond, maxWorkers: 10, failIf: test.failIf,
			}
			if code := cli.ExitCode(run(t.Context(), o)); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if !strings.Contains(out.String(), test.shows) {
				t.Errorf("%q is not shown:\n%s", test.shows, &out)
			}
		})
	}
}
