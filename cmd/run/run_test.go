package run

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
