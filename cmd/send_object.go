package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// newSendObjectCmd is send for one documented object: its flags are the props
// that the catalog knows.
func newSendObjectCmd(a *app, o *sendOptions, object apizee.Object) *cobra.Command {
	flags := objectFlags{object: object}
	c := &cobra.Command{
		Use:   object.Name + " [" + strings.Join(a.Catalog.EventNames(), "|") + "]",
		Short: "Send an event about " + object.Description,
		Long: fmt.Sprintf("Send an event about %s.\n\nWithout flags it is the documented example, dated now, and the event is an\nupdate. `apizee-hooks events %s` shows what is documented.",
			object.Description, object.Name),
		Example:           objectExamples(object),
		ValidArgsFunction: cli.FirstArg(cli.Words(a.Catalog.EventNames())),
		Args:              cli.AtMost(1, "one event: "+cli.List(a.Catalog.EventNames(), "or")),
		RunE: func(c *cobra.Command, args []string) error {
			spec, err := flags.spec(c, args, o.allow)
			if err != nil {
				return err
			}
			return a.send(c, o, &spec)
		},
	}
	flags.add(c)
	return c
}

func objectExamples(object apizee.Object) string {
	const to = " -t localhost:3000/hooks"
	lines := []string{"apizee-hooks send " + object.Name + to}
	for _, p := range object.Props {
		if len(p.Values) > 1 {
			lines = append(lines, "apizee-hooks send "+object.Name+" update --"+p.Flag+" "+p.Values[len(p.Values)-1]+to)
			break
		}
	}
	lines = append(lines, "apizee-hooks send "+object.Name+" delete --id "+strings.Trim(object.ID.Example, `"`)+" --dry-run")
	return "  " + strings.Join(lines, "\n  ")
}

// objectFlags are the flags --id and one for each documented prop.
type objectFlags struct {
	object apizee.Object
	id     string
	parent string
	texts  []string // by the index of the prop
}

const (
	parentName = "_parent.name"
	parentID   = "_parent.id"
)

func (f *objectFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.id, "id", "", "`ID` of the object: "+f.object.ID.Description)
	cli.Complete(c, "id", cli.Nothing)
	group := strings.ToUpper(f.object.Name[:1]) + f.object.Name[1:] + " flags"
	cli.GroupFlags(flags, group, "id")

	f.texts = make([]string, len(f.object.Props))
	for i, p := range f.object.Props {
		flags.Var(cli.Text{Value: &f.texts[i], Name: placeholder(p)}, p.Flag, p.Description+": "+p.Possible())
		cli.Complete(c, p.Flag, cli.Words(p.Values))
		cli.GroupFlags(flags, group, p.Flag)
	}
	if prop, ok := f.object.Prop(parentName); ok {
		flags.StringVar(&f.parent, "parent", "", "both at once, as `NAME/ID`: ticket/100")
		cli.Complete(c, "parent", completeParents(prop.Values))
		cli.GroupFlags(flags, group, "parent")
	}
}

// placeholder stands for the value of a flag in its help.
func placeholder(p apizee.Prop) string {
	switch p.Type {
	case apizee.Integer:
		return "N"
	case apizee.Number:
		return "F"
	case apizee.DateTime:
		return "RFC3339"
	}
	if len(p.Values) > 0 {
		return strings.ToUpper(p.Path[strings.LastIndexByte(p.Path, '.')+1:])
	}
	return "TEXT"
}

// spec is the event that arguments and flags describe.
func (f *objectFlags) spec(c *cobra.Command, args []string, allow bool) (payload.Spec, error) {
	spec := payload.Spec{Object: f.object.Name, Undocumented: allow}
	if len(args) > 0 {
		spec.Event = args[0]
	}
	if c.Flags().Changed("id") {
		if f.id == "" {
			return spec, cli.Usage(errors.New("--id is empty"), "leave it out to send the documented example.")
		}
		spec.ID = f.id
	}
	for i, p := range f.object.Props {
		if c.Flags().Changed(p.Flag) {
			spec.Props = append(spec.Props, payload.Prop{Path: p.Path, Text: f.texts[i]})
		}
	}
	if f.parent == "" {
		return spec, nil
	}
	if c.Flags().Changed("parent-name") || c.Flags().Changed("parent-id") {
		return spec, cli.Usage(errors.New("--parent says the same as --parent-name and --parent-id"), "give it alone.")
	}
	name, id, found := strings.Cut(f.parent, "/")
	if !found {
		return spec, cli.Usage(fmt.Errorf("--parent %q: there is no slash in it", f.parent), "write it as name/id, such as ticket/100.")
	}
	spec.Props = append(spec.Props, payload.Prop{Path: parentName, Text: name}, payload.Prop{Path: parentID, Text: id})
	return spec, nil
}

func completeParents(names []string) cli.Completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		words := make([]string, len(names))
		for i, name := range names {
			words[i] = name + "/"
		}
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
