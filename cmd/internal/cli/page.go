package cli

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Page is the documentation of a command or a help topic. Help and man pages are generated from
// it.
type Page struct {
	Name      string    // "apizee-hooks send"
	Short     string    // one line, without a full stop
	About     []Section // paragraphs and lists
	Usage     string    // the synopsis; "" for a topic
	ExitCodes []Row
	Examples  string // commands, and comments above them
	Commands  []Section
	Flags     []Section
	Elsewhere []Reference // flags that other pages describe
	IsTopic   bool
}

// Section is a paragraph, or a list with a title.
type Section struct {
	Title string
	Text  string
	Rows  []Row
}

// Reference lists flags that another page describes.
type Reference struct {
	Title string
	Flags []string
	See   string // a command line that shows the page
}

// Row is one entry of a list.
type Row struct{ Term, Text string }

// HelpCommand is the name of the command whose subcommands are the help topics.
const HelpCommand = "help"

// NewPage returns the page of a command.
func NewPage(c *cobra.Command) Page {
	page := Page{
		Name: c.CommandPath(), Short: c.Short, About: parseText(cmp.Or(c.Long, c.Short+".")),
		ExitCodes: exitCodes(c), Examples: c.Example, IsTopic: c.HasParent() && c.Parent().Name() == HelpCommand,
	}
	if page.IsTopic {
		return page
	}
	page.Usage = strings.TrimSuffix(c.UseLine(), " [flags]") + " [flags]" // which are listed below
	page.Commands = commandSections(c)
	page.Flags, page.Elsewhere = flagSections(c)
	return page
}

// parseText reads the text of a command or a topic. Blank lines separate its sections. Lines
// with a tab are a list, "term\tmeaning", which may begin with its title and a colon; other
// lines are a paragraph.
func parseText(text string) []Section {
	var sections []Section
	for _, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		var s Section
		for line := range strings.Lines(block) {
			line = strings.TrimSpace(line)
			term, meaning, isRow := strings.Cut(line, "\t")
			if isRow {
				s.Rows = append(s.Rows, Row{term, meaning})
				continue
			}
			s.Text = strings.TrimSpace(s.Text + " " + line)
		}
		if s.Rows != nil {
			s.Title, s.Text = strings.TrimSuffix(s.Text, ":"), ""
		}
		sections = append(sections, s)
	}
	return sections
}

// ListRows returns a list in the format that parseText reads.
func ListRows(title string, rows ...Row) string {
	var text strings.Builder
	text.WriteString(title + ":\n")
	for _, r := range rows {
		text.WriteString(r.Term + "\t" + r.Text + "\n")
	}
	return text.String()
}

// exitAnnotation precedes an exit code in the annotations of a command.
const exitAnnotation = "exit "

// ExitCodes returns annotations of a command that describe its exit codes. The help topic
// exit-codes describes those that all commands share.
func ExitCodes(meanings map[int]string) map[string]string {
	annotations := map[string]string{}
	for code, meaning := range meanings {
		annotations[exitAnnotation+strconv.Itoa(code)] = meaning
	}
	return annotations
}

func exitCodes(c *cobra.Command) []Row {
	meanings := map[int]string{}
	for key, meaning := range c.Annotations {
		if text, is := strings.CutPrefix(key, exitAnnotation); is {
			code, _ := strconv.Atoi(text)
			meanings[code] = meaning
		}
	}
	var rows []Row
	for _, code := range slices.Sorted(maps.Keys(meanings)) {
		rows = append(rows, Row{strconv.Itoa(code), meanings[code]})
	}
	return rows
}

// commandSections lists subcommands by group, in the order of the groups, then the help topics.
func commandSections(c *cobra.Command) []Section {
	sections := []Section{{Title: "Commands"}}
	indexOf := map[string]int{} // by the group's ID; those without one come first
	for _, g := range c.Groups() {
		indexOf[g.ID] = len(sections)
		sections = append(sections, Section{Title: g.Title})
	}
	topics := Section{Title: "Help topics"}
	for _, sub := range c.Commands() {
		if c.Name() != HelpCommand && sub.Name() == HelpCommand {
			for _, topic := range sub.Commands() {
				topics.Rows = append(topics.Rows, Row{topic.Name(), topic.Short})
			}
		}
		if sub.IsAvailableCommand() {
			s := &sections[indexOf[sub.GroupID]]
			s.Rows = append(s.Rows, Row{sub.Name(), sub.Short})
		}
	}
	if c.Name() == HelpCommand {
		sections[0].Title = topics.Title
	}
	return slices.DeleteFunc(append(sections, topics), func(s Section) bool { return s.Rows == nil })
}

// The headings of flags that are not a command's own.
const (
	plainFlags      = "Flags"
	DeliveryFlags   = "Delivery flags"   // how an event is delivered
	ConnectionFlags = "Connection flags" // how an endpoint is reached
	GlobalFlags     = "Global flags"
)

// The annotations of a flag.
const (
	flagGroup    = "group"    // the heading that it stands under
	flagArgument = "argument" // what its argument is called
)

// GroupFlags puts flags under a heading of their own in the help.
func GroupFlags(f *pflag.FlagSet, group string, names ...string) {
	annotate(f, flagGroup, group, names)
}

// NameArgument names the argument of flags in the help, such as FILE, if the type of the flag does
// not name it.
func NameArgument(f *pflag.FlagSet, name string, flags ...string) {
	annotate(f, flagArgument, name, flags)
}

// elsewhere reports whether the flags of a group are described on another page, and how to see it.
// The help of a command only lists their names.
func elsewhere(c *cobra.Command, group string) (see string, is bool) {
	switch {
	case group == GlobalFlags && c.HasParent():
		return Program + " --help", true
	case group == ConnectionFlags:
		return Program + " help connection", true
	}
	return "", false
}

// flagSections lists the flags of a command by group, and names those that are described
// elsewhere.
func flagSections(c *cobra.Command) (sections []Section, references []Reference) {
	visitFlags(c, func(f *pflag.Flag) {
		title := group(f)
		if see, is := elsewhere(c, title); is {
			i := slices.IndexFunc(references, func(r Reference) bool { return r.Title == title })
			if i < 0 {
				i = len(references)
				references = append(references, Reference{Title: title, See: see})
			}
			references[i].Flags = append(references[i].Flags, shortest(f))
			return
		}
		i := slices.IndexFunc(sections, func(s Section) bool { return s.Title == title })
		if i < 0 {
			i = len(sections)
			sections = append(sections, Section{Title: title})
		}
		sections[i].Rows = append(sections[i].Rows, Row{flagTerm(f), flagText(f)})
	})
	slices.SortStableFunc(sections, func(x, y Section) int { return cmp.Compare(groupRank(x.Title), groupRank(y.Title)) })
	slices.SortStableFunc(references, func(x, y Reference) int { return cmp.Compare(groupRank(x.Title), groupRank(y.Title)) })
	return sections, references
}

// FlagRows describes the flags of one group.
func FlagRows(c *cobra.Command, title string) []Row {
	var rows []Row
	visitFlags(c, func(f *pflag.Flag) {
		if group(f) == title {
			rows = append(rows, Row{strings.TrimSpace(flagTerm(f)), flagText(f)})
		}
	})
	return rows
}

// visitFlags visits the flags of a command, then those it shares with others.
func visitFlags(c *cobra.Command, visit func(*pflag.Flag)) {
	own := c.LocalNonPersistentFlags()
	own.VisitAll(visit)
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if own.Lookup(f.Name) == nil {
			visit(f)
		}
	})
	c.InheritedFlags().VisitAll(visit)
}

func group(f *pflag.Flag) string {
	if named := f.Annotations[flagGroup]; len(named) > 0 {
		return named[0]
	}
	return plainFlags
}

func groupRank(group string) int {
	switch group {
	case plainFlags:
		return 0
	case GlobalFlags:
		return 2
	}
	return 1
}

func shortest(f *pflag.Flag) string {
	if f.Shorthand != "" {
		return "-" + f.Shorthand
	}
	return "--" + f.Name
}

// flagTerm is the flag as it is typed: "-t, --to URL".
func flagTerm(f *pflag.Flag) string {
	short := "    "
	if f.Shorthand != "" {
		short = "-" + f.Shorthand + ", "
	}
	argument := Argument(f)
	switch {
	case argument == "":
		return short + "--" + f.Name
	case f.NoOptDefVal != "":
		return short + "--" + f.Name + "[=" + argument + "]"
	}
	return short + "--" + f.Name + " " + argument
}

// Argument returns the name of the argument of a flag, "" if it has none.
func Argument(f *pflag.Flag) string {
	if named := f.Annotations[flagArgument]; len(named) > 0 {
		return named[0]
	}
	switch kind := f.Value.Type(); kind {
	case "bool":
		return ""
	case "duration":
		return "DURATION"
	case "int":
		return "N"
	default:
		return kind
	}
}

func flagText(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "false", "0", "0s", "[]":
		return f.Usage
	}
	return f.Usage + " (default " + f.DefValue + ")"
}
