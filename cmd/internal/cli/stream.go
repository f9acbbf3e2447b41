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
	f.Var(rateFlag{&o.Rate}, "rate", rate)
	SeedFlag(c, &o.Seed)
	f.Var(mixFlag{catalog, &o.Mix}, "mix", "relative share of each object")
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

// rateFlag and mixFlag are flags of package generate's types.
type rateFlag struct{ value *generate.Rate }

func (f rateFlag) String() string {
	if f.value == nil || *f.value == (generate.Rate{}) {
		return ""
	}
	return f.value.String()
}

func (f rateFlag) Type() string { return "RATE" }

func (f rateFlag) Set(s string) (err error) {
	*f.value, err = generate.ParseRate(s)
	return err
}

type mixFlag struct {
	catalog *apizee.Catalog
	value   *generate.Mix
}

func (f mixFlag) String() string {
	if f.value == nil {
		return ""
	}
	return f.value.String()
}

func (f mixFlag) Type() string { return "MIX" }

func (f mixFlag) Set(s string) (err error) {
	*f.value, err = generate.ParseMix(f.catalog, s)
	return err
}
