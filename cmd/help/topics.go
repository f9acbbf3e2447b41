package help

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/load"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// topic is something that several commands have in common, or a list that is too long for
// the help of one.
type topic struct {
	name, short, text, example string
}

func topics(app *cli.App, root *cobra.Command) []topic {
	return []topic{
		{"assumptions", "Show what --assume does, and what else is assumed", assumptions(app), "apizee-hooks run ticket-lifecycle -t localhost:3000/hooks --assume once,duplicate"},
		{"connection", "List flags that control connections", connection(root), "apizee-hooks send ticket -t https://localhost:3000/hooks --cacert ca.pem"},
		{"environment", "List environment variables", environment(), "APIZEE_HOOKS_TO=http://localhost:3000/hooks apizee-hooks send ticket"},
		{"exit-codes", "List exit codes", exitCodes(root), "apizee-hooks send ticket -t localhost:3000/hooks || echo \"exit code $?\""},
		{"faults", "List faults that can be injected", faults(), "apizee-hooks send ticket --fault truncate -t localhost:3000/hooks\napizee-hooks load --fault duplicate -t localhost:3000/hooks"},
		{"filters", "Show how --filter selects events", filters(app), "apizee-hooks listen --filter object=ticket --filter props.state=invited,closed"},
		{"functions", "List the functions of templates", functions, "apizee-hooks templates show ticket-geolocated"},
		{"measures", "List the measures of load --fail-if", measures(), "apizee-hooks load -t localhost:3000/hooks --fail-if 'p99>200ms' --fail-if 'success<99.9%'"},
		{"rules", "List the rules of an audit", rules(app), "apizee-hooks audit --rules=burst"},
		{"scrubbing", "List what replaces the values of captured events", scrubbing(), "apizee-hooks learn production.ndjson --keep props.agent.firstname"},
	}
}

const assumptionsOfDelivery = `Apizee's documentation does not say whether events arrive once and in order. --assume runs each
scenario under one or more assumptions about it.

Assumptions:
once	each event is delivered once, in order
duplicate	each event is delivered twice, with the same bytes
shuffle	up to four consecutive events are delivered in random order (--seed repeats it)
late	events are delivered in pairs, the second before the first

To pass under all of them, ignore an event that has been processed before (same object, ID, event and time),
and an event that is older than the last one processed for its object.
`

func assumptions(app *cli.App) string {
	text := assumptionsOfDelivery
	for _, o := range app.Catalog.Objects {
		if !o.PartlyDocumented {
			continue
		}
		var rows []cli.Row
		for _, a := range o.Assumptions {
			rows = append(rows, cli.Row{Term: a.About, Text: a.Assumed})
		}
		text += "\n" + cli.ListRows(fmt.Sprintf("%s, which Apizee's page %q documents in part", o.Name, o.Page), rows...)
	}
	return text
}

// connection lists the flags that all commands have which connect to an endpoint.
func connection(root *cobra.Command) string {
	var with, without []string // --keep-alive
	for _, c := range root.Commands() {
		switch {
		case c.Flag("keep-alive") != nil:
			with = append(with, c.Name())
		case c.Flag("cacert") != nil:
			without = append(without, c.Name())
		}
	}
	c := &cobra.Command{}
	var flags cli.Connection
	flags.AddFlags(c, c.Flags())
	flags.KeepAliveFlag(c.Flags())
	return `These flags control how an endpoint is reached. ` + cli.List(with, "and") + ` have all of them;
` + cli.List(without, "and") + ` have all but --keep-alive. load, and listen --forward-to, always
reuse connections.

` + cli.ListRows("Flags", cli.FlagRows(c, cli.ConnectionFlags)...)
}

func faults() string {
	rows := make([]cli.Row, 0, 12)
	var direct []string
	for _, f := range fault.All() {
		if !f.UsesProxy() {
			direct = append(direct, f.Name)
		}
		rows = append(rows, cli.Row{Term: f.Name, Text: f.Description + "; a good endpoint " + f.Expected})
	}
	return `A fault is a problem that occurs in production. --fault injects it into every delivery of send or load,
and the fault of a step in a scenario into that step. send does not accept reorder, which needs
several events. ` + cli.List(direct, "and") + ` use no proxy, which would repair the request.

` + cli.ListRows("Faults", rows...)
}

func measures() string {
	var rows []cli.Row
	for _, m := range load.Measures() {
		rows = append(rows, cli.Row{Term: m.Name, Text: m.Meaning + "; compared with " + m.Unit})
	}
	return `A condition of load --fail-if is a measure, one of > >= < <= and a limit. The exit code is 1 when the
condition is met at the end.

` + cli.ListRows("Measures", rows...)
}

func rules(app *cli.App) string {
	var rows []cli.Row
	for _, r := range audit.Rules(app.Catalog) {
		rows = append(rows, cli.Row{Term: r.Name, Text: r.Title})
	}
	return cli.ListRows("Rules", rows...) + `
An audit applies these rules in order. --rules=NAME explains one; --skip omits one.

` + audit.Formula + ` A 409 for a
duplicate or an older event is a warning: nothing is lost, but a sender that retries sends the event again.

` + audit.Contradictions + `

Compared with --baseline, a rule that fails and was skipped or did not exist then is worse, too. In the
JUnit report and with --github, a rule fails only if it makes the audit fail: with --baseline if it is worse,
with --min-score alone if the score is below it. A failure that was known or is allowed is skipped there.

The rules about effects need --probe, as in 'GET http://localhost:3000/tickets/{{ .id }}'. It is the probe of
a scenario, with the variables id, object, event and state, and is polled until it meets --probe-expect, by
default ` + audit.DefaultExpect + `, or --within is over. Tickets are probed, and every
object with a state if the URL depends on {{ .object }}. A duplicate must not change the value at --probe-count.
--probe-header adds what an API behind authentication needs. The IDs differ in each audit, unless --id-base sets
them: an endpoint may remember which objects were deleted.

The rules about restarts need --exec, and --wait-for to know when the program is ready. It is killed up to four
times and stopped twice.
`
}

func scrubbing() string {
	var rows []cli.Row
	for _, r := range redact.Replacements() {
		rows = append(rows, cli.Row{Term: string(r.Kind), Text: r.By})
	}
	return `Captured events contain ids, names, positions and phone numbers. learn replaces every value unless it is
documented, such as a state or the time of an event, or cannot tell anything: true, false, null, zero, an empty
or masked text. --keep PATH keeps the values of one more field.

The same value is always replaced by the same one, so an objectId still matches the _parent.id of a media and
the id in a URL. Without --key the replacements differ each time, and nobody can repeat or reverse them. With
the same --key they are the same; keep that key secret, because it allows values to be guessed and tested.
Replaced values that are replaced again with their key stay, except for numbers and for phone numbers with 00 behind
the code of the country.

` + cli.ListRows("Replaced by", rows...) + `
A field name stays when it starts with a lowercase letter or _, and has at most 2 digits and few uppercase
letters. Other names are data, and --keep PATH keeps one too. A name such as jane in {"jane": {...}} looks like
that of a field. It is data as well where 16 names or more each came once, or in at most 1 of 10 objects, or
where other data is among the names; --keep PATH.* keeps all names and values there. Fewer or more frequent ones
stay: read the paths that learn prints before you commit its files.

Before anything is written, every replaced value is searched for in every file: as it is, escaped as JSON, as
HTML or in a URL, and in base64. If one is found, nothing is written. Numbers from 100 up, other texts
without letters, such as 14:30, and short hexadecimal codes are searched for where no replacement is, since one may be
the replacement of another; single characters are not searched for.`
}

func filters(app *cli.App) string {
	var rows []cli.Row
	for _, key := range app.Catalog.FilterKeys() {
		text := "any value"
		if values := app.Catalog.FilterValues(key); len(values) > 0 {
			text = listed(values)
		}
		rows = append(rows, cli.Row{Term: key, Text: text})
	}
	return `--filter KEY=VALUE selects the events in which the field has the value. Separate alternatives with commas;
!= excludes values; all filters that are given must match. Values are compared as text. An event without
the field or prop never matches =, and always matches !=.

` + cli.ListRows("Keys", rows...) + `
props.NAME also accepts the name of an undocumented prop.`
}

// listed lists the first of many values.
func listed(values []string) string {
	const most, first = 20, 5
	if len(values) <= most {
		return strings.Join(values, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(values[:first], ", "), len(values)-first)
}

func environment() string {
	rows := []cli.Row{
		{Term: "APIZEE_HOOKS_CONFIG", Text: "Configuration file, as --config."},
		{Term: "APIZEE_HOOKS_PROFILE", Text: "Profile of the configuration file, as --profile."},
	}
	for _, k := range config.Keys() {
		rows = append(rows, cli.Row{Term: k.Env(), Text: cmp.Or(k.Variable, k.Description)})
	}
	return `Flags override environment variables, those override the profile, and that overrides the rest of the
configuration file. The URL and the headers of a scenario override only that rest, and the headers
of a step override all. An empty variable is ignored.

` + cli.ListRows("Configuration", rows...) + `
` + cli.ListRows("Output and editor",
		cli.Row{Term: "NO_COLOR", Text: "Disables color, unless --color is always."},
		cli.Row{Term: "FORCE_COLOR", Text: "Enables color if the output is not a terminal; 0 has no effect."},
		cli.Row{Term: "FORCE_HYPERLINK", Text: "Enables links in a terminal that is not known to show them; 0 disables them."},
		cli.Row{Term: "TERM", Text: "dumb disables color, links and progress."},
		cli.Row{Term: "COLUMNS", Text: "Width of the output."},
		cli.Row{Term: "VISUAL, EDITOR", Text: "Editor for send --edit; VISUAL comes first."},
		cli.Row{Term: "BROWSER", Text: "Browser for --open."},
	) + `
` + cli.ListRows("Network and files",
		cli.Row{Term: "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY", Text: "Proxies for deliveries, in lowercase or uppercase; not used for this machine or with --no-proxy."},
		cli.Row{Term: "XDG_CONFIG_HOME, HOME, AppData", Text: "User's configuration directory: $XDG_CONFIG_HOME/apizee-hooks, else ~/.config/apizee-hooks, on Windows %AppData%\\apizee-hooks."},
		cli.Row{Term: "GITHUB_ACTIONS", Text: "true escapes commands to GitHub's runner, except in data such as that of --dry-run."},
		cli.Row{Term: "GITHUB_STEP_SUMMARY", Text: "File that --github appends a summary to."},
		cli.Row{Term: "GITHUB_WORKSPACE, CI_PROJECT_DIR", Text: "Directory that file names in reports are relative to."},
		cli.Row{Term: "GOGC, GOMEMLIMIT", Text: "Limits of Go's garbage collector."},
	)
}

// exitCodes lists the codes that all commands share, then those of each command.
func exitCodes(root *cobra.Command) string {
	text := cli.ListRows("All commands",
		cli.Row{Term: "0", Text: "success"},
		cli.Row{Term: "1", Text: "the result is negative: rejected, invalid, not met or failed"},
		cli.Row{Term: "2", Text: "invalid flag, argument, configuration or input; or a report, a recording or the output could not be written"},
		cli.Row{Term: "3", Text: "no response, or the address cannot be listened on"},
		cli.Row{Term: "130", Text: "interrupted"},
	)
	var add func(*cobra.Command)
	add = func(c *cobra.Command) {
		if page := cli.NewPage(c); page.ExitCodes != nil {
			text += "\n" + cli.ListRows(strings.TrimPrefix(c.CommandPath(), cli.Program+" "), page.ExitCodes...)
		}
		for _, sub := range c.Commands() {
			add(sub)
		}
	}
	add(root)
	return text
}

const functions = `A template is an event as JSON with the actions of Go's text/template: {{ .id }} is the variable that
--var id=100 sets. The value of --var is a number, true, false, null or other JSON if it is valid JSON, else text.
Besides index, len and the other functions of text/template, there are those below, most of them from slim-sprig.

Values:
default	{{ .id | default 100 }} is 100 unless --var id is set
quote	a value as a JSON string
toJson	a value as JSON
unix	the time in UNIX seconds; unix "-5m" is five minutes ago
rfc3339	the time in Apizee's format; rfc3339 "1h" is in one hour
uid	a random ID in the format of a conversation's ID
seq	1, then 2, and so on

Text:
lower, upper, title, trim, trimAll, trimPrefix, trimSuffix	change case, remove characters at the ends
contains, hasPrefix, hasSuffix, regexMatch	test text
replace, regexReplaceAll, substr, trunc, repeat, plural	change text
cat, join, splitList, list, first, last	join and split lists
print, printf, println, toString, squote	format values
html, js, urlquery, b64enc, b64dec, sha256sum	encode text

Numbers:
add, add1, sub, mul, div, mod, min, max	calculate with integers
int, int64, atoi, float64, ceil, floor, round	convert and round

Choice:
eq, ne, lt, le, gt, ge	compare values
coalesce	the first value that is not empty
empty	whether a value is empty
hasKey	whether an object has a key
ternary	one of two values
fail	end with an error`
