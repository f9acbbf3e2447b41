package audit

import (
	"bytes"
	"strings"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
)

func TestRules(t *testing.T) {
	catalog := apizee.Documented()
	rule := audit.Rules(catalog)[0]
	for name, test := range map[string]struct {
		options options
		code    int
		shows   string
	}{
		"all":          {options{rules: allRules}, cli.ExitOK, rule.Title},
		"one":          {options{rules: rule.Name}, cli.ExitOK, rule.Why},
		"unknown":      {options{rules: "none"}, cli.ExitUsage, ""},
		"unknown skip": {options{skip: []string{"none"}}, cli.ExitUsage, ""},
	} {
		var out bytes.Buffer
		o := test.options
		o.App = &cli.App{System: cli.System{
			Catalog: catalog, Stdout: &out, LookupEnv: func(string) (string, bool) { return "", false },
		}}
		if code := cli.ExitCode(run(t.Context(), &o)); code != test.code {
			t.Errorf("%s: exit code %d, want %d", name, code, test.code)
		}
		if !strings.Contains(out.String(), test.shows) {
			t.Errorf("%s: %q is not shown:\n%s", name, test.shows, &out)
		}
	}
}
