package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// parsed is a flag whose value a function parses.
type parsed[T any] struct {
	value *T
	kind  string // of its argument, in the help
	parse func(text string) (T, error)
	text  func(T) string
}

func (p parsed[T]) String() string { return p.text(*p.value) }

func (p parsed[T]) Type() string { return p.kind }

func (p parsed[T]) Set(text string) error {
	value, err := p.parse(text)
	if err == nil {
		*p.value = value
	}
	return err
}

// EnumFlag adds a flag to f, the local or the persistent flags of c, whose value is one of the words.
// These also appear in the help and the completion.
func EnumFlag(c *cobra.Command, f *pflag.FlagSet, value *string, name, short, preset string, words []string, usage string) {
	*value = preset
	parse := func(word string) (string, error) {
		if !slices.Contains(words, word) {
			return "", fmt.Errorf("must be %s%s", List(words, "or"), apizee.DidYouMean(word, words))
		}
		return word, nil
	}
	f.VarP(parsed[string]{value, strings.Join(words, "|"), parse, func(word string) string { return word }}, name, short, usage)
	Complete(c, name, Words(words))
}

// takesEmpty is the annotation of a flag whose value may be empty.
const takesEmpty = "empty"

// TakeEmpty allows flags of f to be empty. Others reject an empty value.
func TakeEmpty(f *pflag.FlagSet, names ...string) {
	annotate(f, takesEmpty, "", names)
}

// TakesEmpty reports whether the value of a flag may be empty.
func TakesEmpty(f *pflag.Flag) bool { return f.Annotations[takesEmpty] != nil }

// annotate adds an annotation to flags, which must exist.
func annotate(f *pflag.FlagSet, annotation, value string, names []string) {
	for _, name := range names {
		if err := f.SetAnnotation(name, annotation, []string{value}); err != nil {
			panic(err) // the flag is not declared, which any test finds
		}
	}
}

// Optional makes the value of a flag optional: without one, the flag has the preset. What takes accepts
// is likely such a value, which must be joined with the flag; see NotValues.
func Optional(f *pflag.FlagSet, name, preset string, takes func(word string) bool) {
	flag := f.Lookup(name)
	flag.Value, flag.NoOptDefVal = optional{flag.Value, takes}, preset
}

type optional struct {
	pflag.Value
	takes func(word string) bool
}

// Takes is what NotValues calls.
func (o optional) Takes(word string) bool { return o.takes(word) }

// OutputFlag adds -o to f, the local or the persistent flags of c: the first of the words
// is the default. about, which may be empty, explains them. Where the words are text and json,
// App.JSON has the value.
func OutputFlag(c *cobra.Command, f *pflag.FlagSet, words []string, about string) {
	usage := "output format"
	if about != "" {
		usage += ": " + about
	}
	EnumFlag(c, f, new(string), "output", "o", words[0], words, usage)
}

// IsJSON reports whether a command was called with -o json.
func IsJSON(c *cobra.Command) bool {
	f := c.Flags().Lookup("output")
	return f != nil && f.Value.String() == string(show.JSON)
}

// TextOrJSONFlag adds -o with the formats that most commands have.
func TextOrJSONFlag(c *cobra.Command) {
	OutputFlag(c, c.Flags(), []string{"text", "json"}, "")
}

// TextOrJSON makes a command without arguments that prints the same data as text or as JSON.
func TextOrJSON(name, short, example string, run func(context.Context) error) *cobra.Command {
	c := &cobra.Command{
		Use:     name,
		Short:   short,
		Example: Example(example),
		Args:    AtMost(0, "no arguments"),
		RunE:    func(c *cobra.Command, _ []string) error { return run(c.Context()) },
	}
	TextOrJSONFlag(c)
	return c
}

// Seed is the random seed of a command.
type Seed struct {
	N     uint64
	Given bool
}

// Or returns the seed that was given, or a random one that is short enough to be typed.
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
	parse := func(text string) (Seed, error) {
		n, err := strconv.ParseUint(text, 0, 64)
		if err != nil {
			return Seed{}, errors.New("must be an integer of 0 or more")
		}
		return Seed{n, true}, nil
	}
	text := func(s Seed) string {
		if s == (Seed{}) {
			return ""
		}
		return strconv.FormatUint(s.N, 10)
	}
	c.Flags().Var(parsed[Seed]{seed, "N", parse, text}, "seed", usage)
}

// CountFlag adds a flag whose value is an integer of 1 or more. The default may be 0, for none.
func CountFlag(f *pflag.FlagSet, n *int, name string, byDefault int, usage string) {
	*n = byDefault
	parse := func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return 0, errors.New("must be an integer of 1 or more")
		}
		return n, nil
	}
	text := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	f.Var(parsed[int]{n, "N", parse, text}, name, usage)
}

// Repeated is a flag that may be given several times, each time with a value that Parse takes.
type Repeated[T any] struct {
	List  *[]T
	Parse func(text string) (T, error)
	Form  string // of a value
}

func (r Repeated[T]) String() string { return strings.Join(r.GetSlice(), ", ") }

// GetSlice returns the values so far. A flag that has this method may be repeated.
func (r Repeated[T]) GetSlice() []string {
	var texts []string
	for _, value := range *r.List {
		texts = append(texts, fmt.Sprint(value))
	}
	return texts
}

func (r Repeated[T]) Type() string { return r.Form }

func (r Repeated[T]) Set(text string) error {
	value, err := r.Parse(text)
	if err == nil {
		*r.List = append(*r.List, value)
	}
	return err
}

// List joins words for a sentence: "a, b or c".
func List(words []string, joint string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + joint + " " + words[last]
}
