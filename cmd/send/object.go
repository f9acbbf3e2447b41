package send

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// newObject returns the command that sends events about a documented object. Its props are
// flags.
func newObject(o *options, object apizee.Object) *cobra.Command {
	flags := objectFlags{object: object}
	events := o.Catalog.EventNamesOf(object)
	c := &cobra.Command{
		Use:               object.Name + " [" + strings.Join(events, "|") + "]",
		Short:             objectShort(object),
		Long:              objectLong(object),
		Example:           objectExamples(object, events),
		ValidArgsFunction: cli.FirstArg(cli.Words(events)),
		Args:              cli.AtMost(1, "one event: "+cli.List(events, "or")),
		RunE: func(c *cobra.Command, args []string) error {
			spec, err := flags.spec(c, args, o.allow)
			if err != nil {
				return err
			}
			o.spec = &spec
			if err := o.take(c); err != nil {
				return err
			}
			return run(c.Context(), o)
		},
	}
	flags.add(c)
	return c
}

func objectShort(object apizee.Object) string {
	short := "Send an event about " + apizee.Article(object.Name)
	if object.PartlyDocumented {
		short += " (" + object.Page + ")"
	}
	return short
}

func objectLong(object apizee.Object) string {
	long := fmt.Sprintf("Send an event about %s.\n\nWithout flags, an example is sent as %s with the current time. `apizee-hooks events %s` shows what is documented.",
		object.Description, apizee.Article(object.DefaultEvent()), object.Name)
	if object.PartlyDocumented {
		long += fmt.Sprintf(" That is only a part, on Apizee's page %q: props that the page does not show are not sent unless you set them, and any value of a prop is accepted.", object.Page)
	}
	return long
}

func objectExamples(object apizee.Object, events []string) string {
	const to = " -t localhost:3000/hooks"
	lines := []string{"apizee-hooks send " + object.Name + to}
	for _, p := range object.Props {
		if len(p.Values) > 1 {
			lines = append(lines, "apizee-hooks send "+object.Name+" "+object.DefaultEvent()+" --"+p.Flag+" "+p.Values[len(p.Values)-1]+to)
			break
		}
	}
	lines = append(lines, "apizee-hooks send "+object.Name+" "+events[len(events)-1]+" --id "+strings.Trim(object.ID.Example, `"`)+" --dry-run")
	return strings.Join(lines, "\n")
}

// objectFlags are --id, a flag per documented prop, and a flag per pair of props that has one.
type objectFlags struct {
	object apizee.Object
	id     string
	texts  []string // by the index of the prop
	pairs  []string // by the index of the first prop
}

func (f *objectFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.id, "id", "", "ID of the object: "+f.object.ID.Description)
	cli.NameArgument(flags, "ID", "id")
	group := console.Capitalize(f.object.Name) + " flags"
	cli.GroupFlags(flags, group, "id")

	f.texts, f.pairs = make([]string, len(f.object.Props)), make([]string, len(f.object.Props))
	for i, p := range f.object.Props {
		flags.StringVar(&f.texts[i], p.Flag, "", p.Description+": "+p.Possible())
		cli.NameArgument(flags, placeholder(p), p.Flag)
		cli.Complete(c, p.Flag, cli.Words(p.Values))
		cli.GroupFlags(flags, group, p.Flag)
		if p.Type == apizee.Text && len(p.Values) == 0 {
			cli.TakeEmpty(flags, p.Flag)
		}
	}
	for i, first := range f.object.Props {
		if !first.HasPairFlag() {
			continue
		}
		second, _ := f.object.Prop(first.Pair.With)
		flags.StringVar(&f.pairs[i], first.Pair.Flag, "",
			"--"+first.Flag+" and --"+second.Flag+" in one: "+first.ExampleText()+"/"+second.ExampleText())
		cli.NameArgument(flags, strings.ToUpper(lastPart(first.Path)+"/"+lastPart(second.Path)), first.Pair.Flag)
		cli.Complete(c, first.Pair.Flag, completeFirst(first.Values))
		cli.GroupFlags(flags, group, first.Pair.Flag)
	}
}

// lastPart returns the last part of a path.
func lastPart(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// placeholder stands for the value of a flag in its help.
func placeholder(p apizee.Prop) string {
	switch p.Type {
	case apizee.Integer:
		return "N"
	case apizee.Number:
		return "NUMBER"
	case apizee.DateTime:
		return "TIME"
	}
	if len(p.Values) > 0 {
		return strings.ToUpper(lastPart(p.Path))
	}
	return "TEXT"
}

// spec returns the event that arguments and flags describe.
func (f *objectFlags) spec(c *cobra.Command, args []string, allow bool) (payload.Spec, error) {
	spec := payload.Spec{Object: f.object.Name, Undocumented: allow}
	if len(args) > 0 {
		spec.Event = args[0]
	}
	if c.Flags().Changed("id") {
		spec.ID = f.id
	}
	for i, p := range f.object.Props {
		if c.Flags().Changed(p.Flag) {
			spec.Props = append(spec.Props, payload.Prop{Path: p.Path, Text: f.texts[i]})
		}
	}
	for i, first := range f.object.Props {
		if f.pairs[i] == "" {
			continue
		}
		pair, err := f.pair(c, first, f.pairs[i])
		if err != nil {
			return spec, err
		}
		spec.Props = append(spec.Props, pair...)
	}
	return spec, nil
}

// pair parses a flag for two props, such as --parent ticket/100.
func (f *objectFlags) pair(c *cobra.Command, first apizee.Prop, text string) ([]payload.Prop, error) {
	second, _ := f.object.Prop(first.Pair.With)
	flag := first.Pair.Flag
	if c.Flags().Changed(first.Flag) || c.Flags().Changed(second.Flag) {
		return nil, cli.Usage(fmt.Errorf("--%s cannot be used with --%s or --%s", flag, first.Flag, second.Flag), "use one or the other.")
	}
	one, other, found := strings.Cut(text, "/")
	missing := ""
	switch {
	case !found:
		missing = "slash"
	case one == "":
		missing = lastPart(first.Path)
	case other == "":
		missing = lastPart(second.Path)
	}
	if missing != "" {
		return nil, cli.Usage(fmt.Errorf("--%s %q: the %s is missing", flag, text, missing),
			fmt.Sprintf("write %s/%s, such as %s/%s.", lastPart(first.Path), lastPart(second.Path), first.ExampleText(), second.ExampleText()))
	}
	return []payload.Prop{{Path: first.Path, Text: one}, {Path: second.Path, Text: other}}, nil
}

// completeFirst completes the first value of a pair.
func completeFirst(names []string) cli.Completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		words := make([]string, len(names))
		for i, name := range names {
			words[i] = name + "/"
		}
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
