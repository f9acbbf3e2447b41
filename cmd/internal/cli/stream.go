package cli

import (
	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
)

// Stream are the flags of the commands that generate events.
type Stream struct {
	Seed Seed
	Rate generate.Rate
	Mix  generate.Mix
}

// AddFlags adds --seed, --rate and --mix, whose defaults the Stream holds. The rate means
// something else to each command.
func (o *Stream) AddFlags(c *cobra.Command, catalog *apizee.Catalog, rate string, rates ...string) {
	f := c.Flags()
	rateText := func(r generate.Rate) string {
		if r == (generate.Rate{}) {
			return ""
		}
		return r.String()
	}
	f.Var(parsed[generate.Rate]{&o.Rate, "RATE", generate.ParseRate, rateText}, "rate", rate)
	SeedFlag(c, &o.Seed)
	parseMix := func(text string) (generate.Mix, error) { return generate.ParseMix(catalog, text) }
	f.Var(parsed[generate.Mix]{&o.Mix, "MIX", parseMix, generate.Mix.String}, "mix", "relative share of each object")
	Complete(c, "rate", Words(rates))
	Complete(c, "mix", InList(completeMix(catalog)))
}

// completeMix completes an object.
func completeMix(catalog *apizee.Catalog) Completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var words []string
		for _, name := range catalog.ObjectNames() {
			words = append(words, name+"=")
		}
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
