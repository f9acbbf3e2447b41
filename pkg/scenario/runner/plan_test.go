package runner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

func titles(p Plan) string {
	var all []string
	for _, planned := range p.Runs() {
		all = append(all, fmt.Sprintf("%s seed %d", planned.Title, planned.Options.Seed))
	}
	return strings.Join(all, ", ")
}

func TestPlan(t *testing.T) {
	a, b := &scenario.Scenario{Name: "a"}, &scenario.Scenario{Name: "b"}
	tests := []struct {
		plan Plan
		want string
	}{
		{Plan{Scenarios: []*scenario.Scenario{a, b}, Repeat: 1, Options: Options{Seed: 7}}, "a seed 7, b seed 7"},
		{Plan{Scenarios: []*scenario.Scenario{a}, Repeat: 2, Options: Options{Seed: 7}}, "a (1 of 2) seed 7, a (2 of 2) seed 8"},
		{Plan{Scenarios: []*scenario.Scenario{a}, Repeat: 1, Assumptions: []Assumption{Once, Late}}, "a [once] seed 0, a [late] seed 0"},
	}
	for _, tt := range tests {
		if got := titles(tt.plan); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestPlanShufflesEachRepetitionBySeed(t *testing.T) {
	p := Plan{Repeat: 20, Shuffle: true, Options: Options{Seed: 1}}
	for _, name := range []string{"a", "b", "c", "d"} {
		p.Scenarios = append(p.Scenarios, &scenario.Scenario{Name: name})
	}
	if first, again := titles(p), titles(p); first != again {
		t.Errorf("one seed, two orders:\n%s\n%s", first, again)
	}
	var orders []string
	for runs := range slices.Chunk(p.Runs(), 4) {
		order := ""
		for _, planned := range runs {
			order += planned.Scenario.Name
		}
		orders = append(orders, order)
	}
	if slices.Sort(orders); len(slices.Compact(orders)) < 5 {
		t.Errorf("few orders: %v", orders)
	}
}
