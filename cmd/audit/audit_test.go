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

// A server that fails a build by the JUnit report must see what the exit code says.
func TestReportAgreesWithExitCode(t *testing.T) {
	statuses := []audit.Status{audit.Passed, audit.Warned, audit.Failed, audit.NotJudged, audit.Skipped}
	zero, half, all := 0, 50, 100
	failing := map[int]int{} // exit codes
	for _, complete := range []bool{true, false} {
		for _, least := range []*int{nil, &zero, &half, &all} {
			for _, first := range statuses {
				for _, second := range statuses {
					for _, before := range append(statuses, "") {
						for _, crash := range []string{"", "exit status 1"} {
							outcome := audit.Outcome{Complete: complete, MinScore: least, Crash: crash, Results: []audit.Result{
								{Rule: audit.Rule{Name: "first", Group: "a"}, Status: first, Before: before},
								{Rule: audit.Rule{Name: "second", Group: "b"}, Status: second, Before: before},
							}}
							o := options{App: &cli.App{}, minScore: score{least}}
							code, failed := cli.ExitCode(o.verdict(outcome)), outcome.JUnit().Counts().Failed
							if code == 0 && crash != "" && first != audit.Failed && second != audit.Failed {
								code = cli.ExitUnreachable
							}
							if (code != 0) != (failed > 0) || outcome.Passes() != (code == 0) {
								t.Errorf("complete: %t, minimum: %s, %s and %s, in the baseline %q, crash %q: exit code %d, %d failed cases",
									complete, &o.minScore, first, second, before, crash, code, failed)
							}
							failing[code]++
						}
					}
				}
			}
		}
	}
	if failing[cli.ExitOK] < 100 || failing[cli.ExitNegative] < 100 || failing[cli.ExitUnreachable] < 100 || failing[cli.ExitInterrupted] != 1200 {
		t.Errorf("exit codes: %v", failing)
	}
}
