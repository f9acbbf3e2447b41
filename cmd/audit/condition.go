package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// score is the flag --min-score.
type score struct{ least *int }

func (s *score) String() string {
	if s.least == nil {
		return ""
	}
	return strconv.Itoa(*s.least)
}

func (s *score) Type() string { return "N" }

func (s *score) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 100 {
		return errors.New("must be an integer from 0 to 100")
	}
	s.least = &n
	return nil
}

// verdict returns an error if the audit failed, unless only the program under test did.
func (o *options) verdict(outcome audit.Outcome) error {
	worse := outcome.Changed(audit.Worse)
	switch {
	case !outcome.Complete:
		return cli.Interrupted()
	case len(worse) > 0:
		return cli.NegativeBecause(fmt.Errorf("worse than %s: %s", o.baseline, strings.Join(worse, ", ")), "")
	case outcome.TooLow():
		return cli.NegativeBecause(fmt.Errorf("the score is %d, below --min-score %s", outcome.Score(), &o.minScore), "")
	case !outcome.Passes() && !outcome.OK():
		return o.Negative("%s", outcome.Summary())
	}
	return nil
}

// readBaseline returns nil without --baseline.
func (o *options) readBaseline(ctx context.Context) (audit.Baseline, error) {
	if o.baseline == "" {
		return nil, nil
	}
	const limit = 64 << 20
	text, err := textfile.ReadFile(ctx, o.baseline, limit)
	if err != nil {
		return nil, cli.Usage(fmt.Errorf("--baseline: %s: %w", o.baseline, textfile.Reason(err)), "")
	}
	baseline, err := audit.ReadBaseline(bytes.NewReader(text))
	if err != nil {
		return nil, cli.Usage(fmt.Errorf("--baseline: %s: %w", o.baseline, err), "write one with `"+cli.Program+" audit --report json=FILE`.")
	}
	for _, name := range baseline.Unknown(o.Catalog) {
		o.Note(fmt.Sprintf("--baseline: %s: no rule is named %q.", o.baseline, name))
	}
	return baseline, nil
}
