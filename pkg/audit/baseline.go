package audit

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Baseline is the status of each rule in an earlier audit.
type Baseline map[string]Status

// ReadBaseline reads a JSON report.
func ReadBaseline(r io.Reader) (Baseline, error) {
	var d struct {
		Complete *bool `json:"complete"`
		Rules    []struct {
			Name   string `json:"name"`
			Status Status `json:"status"`
		} `json:"rules"`
	}
	switch err := json.NewDecoder(r).Decode(&d); {
	case err != nil:
		return nil, fmt.Errorf("not a JSON report of an audit: %w", err)
	case d.Complete == nil || d.Rules == nil:
		return nil, errors.New("not a JSON report of an audit")
	case !*d.Complete:
		return nil, errors.New("that audit did not run to its end")
	}
	b := Baseline{}
	for _, rule := range d.Rules {
		b[rule.Name] = rule.Status
	}
	return b, nil
}

// before returns the status of a rule in the baseline, if there is one. A rule that it does not have was
// skipped.
func (b Baseline) before(rule string) Status {
	if b == nil {
		return ""
	}
	return cmp.Or(b[rule], Skipped)
}

// Unknown returns the names in the baseline that are no rules, sorted.
func (b Baseline) Unknown(c *apizee.Catalog) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(b)), func(name string) bool {
		_, err := LookupRule(c, name)
		return err == nil
	})
}

// Change is what became of a rule since the baseline.
type Change string

const (
	Same   Change = "same"
	Worse  Change = "worse"
	Better Change = "better"
)

// Change compares the result with that of the baseline. A rule that was skipped in one of them cannot be
// compared, but it is worse if it fails now: otherwise nobody would see that.
func (r Result) Change() Change {
	switch {
	case r.Before == Skipped && r.Status == Failed:
		return Worse
	case r.Before == "" || r.Before == Skipped || r.Status == Skipped:
		return ""
	case rank(r.Status) > rank(r.Before):
		return Worse
	case rank(r.Status) < rank(r.Before):
		return Better
	}
	return Same
}

// WasBefore returns what the rule was in the baseline, such as "passed before".
func (r Result) WasBefore() string {
	if r.Before == Skipped {
		return "not tried before"
	}
	return string(r.Before) + " before"
}

// Changed returns the names of the rules with a change.
func (o Outcome) Changed(c Change) []string {
	var names []string
	for _, r := range o.Results {
		if r.Change() == c {
			names = append(names, r.Name)
		}
	}
	return names
}
