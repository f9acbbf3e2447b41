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

// takesEmpty is the annotation of a flag for which an empty text is a value.
const takesEmpty = "empty"

// TakeEmpty lets flags of f be given an empty text. Others refuse it.
func TakeEmpty(f *pflag.FlagSet, names ...string) {
	annotate(f, takesEmpty, "", names)
}

// TakesEmpty reports whether a flag is one of those.
func TakesEmpty(f *pflag.Flag) bool { return f.Annotations[takesEmpty] != nil }

// annotate notes something about flags that were declared.
func annotate(f *pflag.FlagSet, annotation, value string, names []string) {
	for _, name := range names {
		if err := f.SetAnnotation(name, annotation, []string{value}); err != nil {
			panic(err) // a flag that was not declared, which any test shows
		}
	}
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

// OutputFlag adds -o to f, the local or the persistent flags of c: the first of the words
// is the default. What is to be said of them may be "".
func OutputFlag(c *cobra.Command, f *pflag.FlagSet, value *string, words []string, about string) {
	usage := "output format"
	if about != "" {
		usage += ": " + about
	}
	EnumFlag(c, f, value, "output", "o", words[0], words, usage)
}

// Seed is what every random choice of a command depends on.
type Seed struct {
	N     uint64
	Given bool
}

// Or is the seed that was given, or another one, short enough to be typed.
func (s Seed) Or(random func() uint64) uint64 {
	if s.Given {
		return s.N
	}
	return random() >> 40
}

// SeedFlag adds --seed.
func SeedFlag(c *cobra.Command, seed *Seed) {
	usage := "random seed: equal seeds make equal choices"
	if seed.N == 0 {
		usage += " (default random)"
	}
	c.Flags().Var(seedFlag{seed}, "seed", usage)
	Complete(c, "seed", Nothing)
}

type seedFlag struct{ seed *Seed }

func (f seedFlag) String() string {
	if f.seed == nil || *f.seed == (Seed{}) {
		return ""
	}
	return strconv.FormatUint(f.seed.N, 10)
}

func (f seedFlag) Type() string { return "uint64" }

func (f seedFlag) Set(s string) error {
	n, err := strconv.ParseUint(s, 0, 64)
	*f.seed = Seed{n, true}
	return err
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

// List is words in a sentence: "a, b or c".
func List(words []string, joint string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + joint + " " + words[last]
}
