package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Rule is one thing that an endpoint should get right.
type Rule struct {
	Name     string `json:"name"`
	Group    string `json:"group"`
	Title    string `json:"title"`
	Why      string `json:"why" about:"why it matters in production"`
	Expected string `json:"expected" about:"what the endpoint should do"`

	// try sends the requests of the rule. Whether the endpoint still works afterwards is not its
	// concern: that is examined after every rule.
	try  func(*session) []attempt
	want expectation // of each attempt that has no other

	// effect says that a response cannot show whether the endpoint did the right thing.
	effect bool

	// needs returns what the audit was not given, so that the rule is skipped; pointless which earlier
	// result leaves nothing to judge. Both may be nil.
	needs, pointless func(*session) string
}

// The groups of rules, in the order of the report.
const (
	documented = "documented events"
	partly     = "partly documented events"
	tolerance  = "undocumented data"
	delivery   = "delivery"
	effects    = "effects of events"
	security   = "shared secret"
	invalid    = "invalid requests"
	restarts   = "restarts"
)

// Rules returns all rules in the order in which they are tried: those that may crash an
// endpoint come last.
func Rules(c *apizee.Catalog) []Rule {
	return slices.Concat(
		inGroup(documented, documentedRules(c)),
		inGroup(partly, partlyRules(c)),
		inGroup(tolerance, toleranceRules(c)),
		inGroup(delivery, deliveryRules()),
		inGroup(delivery, connectionRules()),
		inGroup(effects, effectRules()),
		inGroup(security, secretRules()),
		inGroup(invalid, invalidRequestRules()),
		inGroup(restarts, restartRules()),
	)
}

func inGroup(name string, rules []Rule) []Rule {
	for i := range rules {
		rules[i].Group = name
	}
	return rules
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
