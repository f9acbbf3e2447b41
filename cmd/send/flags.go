package send

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// options are the flags that all forms of send share, and the event of a form that has flags
// of its own.
type options struct {
	*cli.App
	cli.Connection
	spec     *payload.Spec // nil for --template and --data
	template string
	vars     []string
	data     string

	changes  []payload.Change
	time     string
	dotted   bool
	edit     bool
	allow    bool
	count    int
	every    time.Duration
	parallel int
	retry    int
	fault    fault.Fault
	dryRun   string

	others []string // the given flags that do not make the event, with secrets masked
	masked bool     // others had secrets
}

const eventFlags = "Event flags"

func eventFlagNames() []string {
	return []string{"template", "var", "data", "set", "unset", "time", "dotted", "edit", "allow-undocumented"}
}

// take reads from a command line which flags were given.
func (o *options) take(c *cobra.Command) error {
	for _, name := range []string{"every", "parallel"} {
		if c.Flags().Changed(name) && !c.Flags().Changed("count") {
			return cli.Usage(fmt.Errorf("--%s requires --count", name), "add --count N.")
		}
	}
	o.others = cli.Arguments(c, func(f *pflag.Flag) bool {
		return !slices.Contains(eventFlagNames(), f.Name) && c.LocalNonPersistentFlags().Lookup(f.Name) == nil
	})
	for i, text := range o.others {
		if !o.ShowSecrets {
			o.others[i] = redact.Text(text)
			o.masked = o.masked || o.others[i] != text
		}
	}
	return nil
}

func (o *options) addFlags(c *cobra.Command) {
	f := c.PersistentFlags()
	f.StringVar(&o.template, "template", "", "template to send, by name or path")
	f.StringArrayVar(&o.vars, "var", nil, "variable of the template; the value is JSON, else text; repeatable")
	f.StringVar(&o.data, "data", "", fmt.Sprintf("body to send, up to %d MiB; @FILE reads a file, - standard input; a byte order mark is removed, and a final newline unless --allow-undocumented", payload.MaxBody>>20))
	f.Var(cli.Repeated[payload.Change]{List: &o.changes, Parse: payload.ParseSet, Form: "PATH=VALUE"}, "set", "field to change; the value is JSON, else text; repeatable")
	f.Var(cli.Repeated[payload.Change]{List: &o.changes, Parse: payload.ParseUnset, Form: "PATH"}, "unset", "field to remove; repeatable")
	f.StringVar(&o.time, "time", "", "time of the event, in UNIX seconds or RFC 3339 (default now)")
	f.BoolVar(&o.dotted, "dotted", false, "write geoloc.lat and _parent.id as dotted keys, not nested")
	f.BoolVarP(&o.edit, "edit", "e", false, "edit the event in $VISUAL or $EDITOR before sending it")
	f.BoolVar(&o.allow, "allow-undocumented", false, "allow values that Apizee does not document")
	cli.NameArgument(f, "NAME", "template")
	cli.NameArgument(f, "NAME=VALUE", "var")
	cli.NameArgument(f, "JSON", "data")
	cli.NameArgument(f, "TIME", "time")
	cli.GroupFlags(f, eventFlags, eventFlagNames()...)

	o.Connection.AddFlags(c, f)
	o.Connection.KeepAliveFlag(f)
	cli.CountFlag(f, &o.count, "count", 1, "number of deliveries of the same event")
	f.DurationVar(&o.every, "every", 0, "interval between the starts of deliveries")
	cli.CountFlag(f, &o.parallel, "parallel", 1, "maximum number of concurrent deliveries")
	f.IntVar(&o.retry, "retry", 0, "number of retries if the event is not accepted; pauses grow, or follow Retry-After up to 1m (Apizee documents no retry)")
	cli.FaultFlag(c, f, &o.fault, func(f fault.Fault) bool { return !f.Reorders() })
	cli.EnumFlag(c, f, &o.dryRun, "dry-run", "", "", dryRuns(), "print the event, or a curl command for bash, and send nothing")
	cli.Optional(f, "dry-run", dryRunJSON, func(word string) bool { return slices.Contains(dryRuns(), word) })
	cli.OutputFlag(c, f, []string{"text", "json"}, "json is one object per attempt")
	cli.GroupFlags(f, cli.DeliveryFlags, "count", "every", "parallel", "retry", "dry-run", "output")

	cli.Complete(c, "template", o.CompleteTemplates)
	cli.Complete(c, "data", completeData)
	cli.Complete(c, "set", completePaths(o.Catalog, "="))
	cli.Complete(c, "unset", completePaths(o.Catalog, ""))
}

const (
	dryRunJSON = "json"
	dryRunCurl = "curl"
)

func dryRuns() []string { return []string{dryRunJSON, dryRunCurl} }

// completePaths completes the paths of documented fields, each followed by end, and the documented values of
// a prop after an equals sign. After the name of an object they are those of that object.
func completePaths(catalog *apizee.Catalog, end string) cli.Completer {
	return func(c *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		objects := catalog.Objects
		if named, ok := catalog.LookupObject(c.Name()); ok {
			objects = []apizee.Object{named}
		}
		var words []string
		add := func(word string) {
			if !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
		if path, _, found := strings.Cut(word, "="); found && end == "=" {
			for _, object := range objects {
				prop, _ := object.Prop(strings.TrimPrefix(path, "props."))
				for _, value := range prop.Values {
					add("props." + prop.Path + "=" + value)
				}
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		}
		for _, field := range apizee.FieldNames() {
			add(field + end)
		}
		for _, object := range objects {
			for _, path := range object.PropPaths() {
				add("props." + path + end)
			}
		}
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// completeData completes files after an @.
func completeData(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	if !strings.HasPrefix(word, "@") {
		return []string{"@", "-"}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	matches, err := filepath.Glob(word[1:] + "*")
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	directive := cobra.ShellCompDirectiveNoFileComp
	for i, m := range matches {
		matches[i] = "@" + m
		if info, err := os.Stat(m); err == nil && info.IsDir() {
			matches[i] += string(filepath.Separator)
			directive |= cobra.ShellCompDirectiveNoSpace
		}
	}
	return matches, directive
}
