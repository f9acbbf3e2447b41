package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Enum is a flag that takes one of a few words: the check, the help and the
// completion come from one list.
type Enum struct {
	Value *string
	Words []string
}

func (e Enum) String() string {
	if e.Value == nil {
		return ""
	}
	return *e.Value
}

func (e Enum) Type() string { return strings.Join(e.Words, "|") }

func (e Enum) Set(word string) error {
	if !slices.Contains(e.Words, word) {
		return fmt.Errorf("it takes %s%s", List(e.Words, "or"), apizee.DidYouMean(word, e.Words))
	}
	*e.Value = word
	return nil
}

// Takes says whether a word can be the value.
func (e Enum) Takes(word string) bool { return slices.Contains(e.Words, word) }

// EnumFlag adds such a flag to f, the local or the persistent flags of c.
func EnumFlag(c *cobra.Command, f *pflag.FlagSet, value *string, name, short, preset string, words []string, usage string) {
	*value = preset
	f.VarP(Enum{value, words}, name, short, usage)
	Complete(c, name, Words(words))
}

// Text is a text flag whose help names what the text is.
type Text struct {
	Value *string
	Name  string
}

func (n Text) String() string {
	if n.Value == nil {
		return ""
	}
	return *n.Value
}

func (n Text) Type() string { return n.Name }

func (n Text) Set(text string) error {
	*n.Value = text
	return nil
}

// OutputFlag is the -o flag of a command.
func OutputFlag(c *cobra.Command, value *string, words ...string) {
	EnumFlag(c, c.Flags(), value, "output", "o", words[0], words, "print in this form")
}

// CountFlag adds a flag that takes a whole number from 1 up. Without the flag it is
// byDefault, which may be 0.
func CountFlag(f *pflag.FlagSet, n *int, name string, byDefault int, usage string) {
	*n = byDefault
	f.Var(count{n}, name, usage)
}

// count is a whole number from 1 up, or 0 for none.
type count struct{ n *int }

func (f count) String() string {
	if f.n == nil || *f.n == 0 {
		return ""
	}
	return strconv.Itoa(*f.n)
}

func (f count) Type() string { return "N" }

func (f count) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return errors.New("it takes a whole number from 1 up")
	}
	*f.n = n
	return nil
}
