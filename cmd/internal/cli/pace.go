package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// Pace is how fast recorded events follow each other.
type Pace struct {
	Speed  string
	MaxGap time.Duration // 0 is unlimited
}

// AddFlags adds --speed, with the completions of speeds, and --max-gap. Their defaults are the
// values that they have.
func (p *Pace) AddFlags(c *cobra.Command, speedUsage, gapUsage string, speeds ...string) {
	f := c.Flags()
	f.StringVar(&p.Speed, "speed", p.Speed, speedUsage)
	NameArgument(f, "SPEED", "speed")
	Complete(c, "speed", Words(speeds))
	f.DurationVar(&p.MaxGap, "max-gap", p.MaxGap, gapUsage)
	Complete(c, "max-gap", Words([]string{"1s", "5s", "1m"}))
}

// Check rejects a longest gap that is not positive.
func (p *Pace) Check(c *cobra.Command) error {
	if c.Flags().Changed("max-gap") && p.MaxGap <= 0 {
		return Usage(fmt.Errorf("--max-gap %s: must be positive", p.MaxGap), "use --speed max for no gaps.")
	}
	return nil
}

// Factor returns the number that gaps are divided by; 0 removes them, which --speed max means.
func (p *Pace) Factor() (float64, error) {
	if p.Speed == "max" {
		return 0, nil
	}
	speed, err := strconv.ParseFloat(strings.TrimSuffix(p.Speed, "x"), 64)
	if err != nil || !(speed > 0 && speed <= 1e6) {
		return 0, Usage(fmt.Errorf("--speed: %q is not a valid speed", p.Speed), "use 1, 2x or max.")
	}
	return speed, nil
}
