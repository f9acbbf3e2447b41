package audit

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Rule is one thing that a good endpoint gets right.
type Rule struct {
	Name  string `json:"name"`
	Group string `json:"group"`
	Title string `json:"title"`
	Why   string `json:"why"`  // why it matters in production
	Good  string `json:"good"` // what a good endpoint answers

	want   expectation
	secret bool // needs a secret header to try with
	try    func(*probe) []attempt
}

// The groups of rules, in the order of a report.
const (
	documented = "documented events"
	tolerance  = "what is not documented"
	delivery   = "delivery"
	broken     = "broken requests"
	security   = "the shared secret"
)

// Rules are all the rules, in the order in which they are tried: what every endpoint
// should bear comes first, what may break one last.
func Rules(c *apizee.Catalog) []Rule {
	var rules []Rule
	for _, o := range c.Objects {
		rules = append(rules, documentedRule(c, o))
	}
	rules = append(rules, wireRules()...)
	rules = append(rules, toleranceRules(c)...)
	rules = append(rules, deliveryRules()...)
	rules = append(rules, secretRules()...)
	return append(rules, brokenRules()...)
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
	return Rule{}, fmt.Errorf("there is no rule %q%s", name,
		cmp.Or(apizee.DidYouMean(name, names), "; there are "+strings.Join(names, ", ")))
}
