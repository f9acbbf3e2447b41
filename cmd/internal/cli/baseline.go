package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// Drift is what events are compared with, besides the documentation.
type Drift struct {
	File      string // of the baseline; "" is none
	MinEvents int    // that a rule must rest on
}

// minEvents is how many events a rule of a baseline must rest on by default.
const minEvents = 20

// AddFlags adds --baseline and --min-events.
func (d *Drift) AddFlags(c *cobra.Command) {
	c.Flags().StringVar(&d.File, "baseline", "", "baseline of 'learn' to show drift from (≠ ≈ ·)")
	NameArgument(c.Flags(), "FILE", "baseline")
	CompleteFiles(c, "baseline", "json")
	CountFlag(c.Flags(), &d.MinEvents, "min-events", minEvents, "events that a rule of the baseline must rest on")
	Complete(c, "min-events", Words([]string{"10", "20", "100"}))
}

// Check reports flags that have no effect.
func (d *Drift) Check(c *cobra.Command) error {
	if d.File == "" && c.Flags().Changed("min-events") {
		return Usage(errors.New("--min-events requires --baseline"), "add --baseline FILE.")
	}
	return nil
}

// Load reads the baseline, nil if there is none.
func (d *Drift) Load(ctx context.Context, a *App) (*shape.Baseline, error) {
	if d.File == "" {
		return nil, nil
	}
	return a.ReadBaseline(ctx, "--baseline", d.File, a.Scrubber(nil, nil))
}

// Scrubber returns what replaces values of captured events. A nil key is random.
func (a *App) Scrubber(key []byte, keep []string) *redact.Scrubber {
	return redact.NewScrubber(redact.ScrubOptions{Key: key, Keep: keep, Documented: shape.Documented(a.Catalog)})
}

// ReadBaseline reads the baseline in the file of a flag.
func (a *App) ReadBaseline(ctx context.Context, flag, file string, s *redact.Scrubber) (*shape.Baseline, error) {
	text, err := textfile.ReadFile(ctx, file, shape.MaxFile)
	if err != nil {
		hint := ""
		if errors.Is(err, fs.ErrNotExist) {
			hint = "`" + Program + " learn RECORDING` makes one."
		}
		return nil, Usage(fmt.Errorf("%s %s: %w", flag, file, textfile.Reason(err)), hint)
	}
	b, err := shape.Read(text, shape.NewRules(a.Catalog, s))
	var place *shape.FileError
	switch {
	case errors.As(err, &place):
		return nil, Usage(fmt.Errorf("%s %s:%d: %s", flag, file, place.Line, place.Problem()), "undo the edit, or learn the baseline again.")
	case err != nil:
		return nil, Usage(fmt.Errorf("%s %s: %w", flag, file, err), "`"+Program+" learn RECORDING` makes a baseline.")
	}
	return b, nil
}
