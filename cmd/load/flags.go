package load

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/load"
)

// conditionFlag is a repeatable flag whose value is a condition.
type conditionFlag struct{ list *[]load.Condition }

func (f conditionFlag) String() string {
	if f.list == nil {
		return ""
	}
	return strings.Join(f.GetSlice(), ", ")
}

// GetSlice returns the values so far. A flag that has this method may be repeated.
func (f conditionFlag) GetSlice() []string {
	var texts []string
	for _, c := range *f.list {
		texts = append(texts, c.String())
	}
	return texts
}

func (f conditionFlag) Type() string { return "CONDITION" }

func (f conditionFlag) Set(s string) error {
	c, err := load.ParseCondition(s)
	if err == nil {
		*f.list = append(*f.list, c)
	}
	return err
}

func completeMeasures(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	words := []string{"p99>\tlatency of 99%", "p50>\tmedian latency"}
	for _, m := range load.Measures()[1:] {
		words = append(words, m.Name+"\t"+m.Meaning)
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
