package audit

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Rule is one thing that an endpoint should get right.
type Rule struct {
	Name     string `json:"name"`
	Group    string `json:"group"`
	Title    string `json:"title"`
	Why      string `json:"why"`      // why it matters in production
	Expected string `json:"expected"` // what the endpoint should do

	want   expectation
	secret bool // needs a secret header
	try    func(*probe) []attempt
}

// The groups of rules, in the order of the report.
const (
	documented = "documented events"
	partly     = "partly documented events"
	tolerance  = "undocumented data"
	delivery   = "delivery"
	invalid    = "invalid requests"
	security   = "shared secret"
)

// Rules returns all rules in the order in which they are tried: those that may crash an
// endpoint come last.
func Rules(c *apizee.Catalog) []Rule {
	var rules []Rule
	for _, o := range c.Objects {
		if !o.PartlyDocumented {
			rules = append(rules, documentedRule(c, o))
		}
	}
	rules = append(rules, responseRules()...)
	rules = append(rules, partlyRules(c)...)
	rules = append(rules, toleranceRules(c)...)
	rules = append(rules, deliveryRules()...)
	rules = append(rules, secretRules()...)
	return append(rules, invalidRequestRules()...)
}

// LookupRule finds a rule by its name.
func LookupRule(c *apizee.Catalog, name string) (Rule, error) {
	var names []string
	for _, r := range Rules(c) {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return Rule{}, fmt.Errorf("unknown rule %q%s", name,
		cmp.Or(apizee.DidYouMean(name, names), "; the rules are "+strings.Join(names, ", ")))
}
