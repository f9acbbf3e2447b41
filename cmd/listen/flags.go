package listen

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/inspector"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
)

// options are the flags; those that are also in the configuration are in settings.
type options struct {
	*cli.App
	settings        cli.Settings
	responseHeaders []string
	filters         []string
	network         cli.Network // of --forward-to
	sync            bool
	open            bool
	showHeaders     bool
	count           int
	timeout         time.Duration
	strict          bool
	drift           cli.Drift
	tls             bool
	cert, key       string
	fail            string
	failEvery       string
	hang, reset     bool
	seed            cli.Seed
}

const (
	responseFlags = "Response flags"
	recordFlags   = "Inspect, record and forward flags"
	showFlags     = "Output flags"
)

func (o *options) addFlags(c *cobra.Command) {
	f := c.Flags()
	f.String("addr", "", "port, host:port or unix:PATH to listen on; port 0 is any free one")
	f.String("path", "", "only path to accept; return 404 for others")
	f.String("require-header", "", "header as 'Name: value' that events must have, else return 401")
	f.String("max-body", "", "largest accepted body; return 413 above it")

	f.Int("status", 0, "status of the response (200 with --body)")
	f.String("body", "", "body of the response")
	f.StringArrayVar(&o.responseHeaders, "response-header", nil, "header of the response, as 'Name: value'; repeatable")
	f.Duration("delay", 0, "delay before the response")
	cli.TakeEmpty(f, "body")
	cli.GroupFlags(f, responseFlags, "status", "body", "response-header", "delay")

	inspector.AddrFlag(f, "inspect", "show the events in a browser, at this address (default "+inspector.DefaultAddr+")")
	f.String("inspect-memory", "", "memory for its events; the oldest leave the page")
	inspector.OpenFlag(f, &o.open, "open the browser; implies --inspect")
	f.String("record", "", "recording to append each event to, before responding")
	f.BoolVar(&o.sync, "sync", false, "flush the recording to disk before each response")
	f.String("forward-to", "", "URL to forward events to, followed by their path unless --path is set")
	cli.GroupFlags(f, recordFlags, "inspect", "inspect-memory", "open", "record", "sync", "forward-to")
	o.network.AddFlags(c, f)

	cli.OutputFlag(c, f, show.ReceptionForms(), "pretty is colored JSON")
	f.BoolVar(&o.showHeaders, "show-headers", false, "show the headers of each event")
	cli.FilterFlag(c, o.Catalog, &o.filters)
	f.Lookup("filter").Usage = "events to show and count (see 'help filters'); repeatable"
	cli.GroupFlags(f, showFlags, "output", "show-headers", "filter")

	cli.CountFlag(f, &o.count, "count", 0, "stop after N events; concurrent events may also be counted")
	f.DurationVar(&o.timeout, "timeout", 0, "stop after this time (0: never); fail if --count was not reached")
	f.BoolVar(&o.strict, "strict", false, "fail at the end if an event was invalid, refused or breaking")
	o.drift.AddFlags(c)
	cli.GroupFlags(f, showFlags, "baseline", "min-events")

	f.BoolVar(&o.tls, "tls", false, "serve HTTPS with a generated self-signed certificate")
	f.StringVar(&o.cert, "cert", "", "PEM file with the certificate to serve HTTPS with")
	f.StringVar(&o.key, "key", "", "PEM file with the key of --cert")

	f.StringVar(&o.fail, "fail", "", "random share of events to fail, and the status: 10%:503")
	f.StringVar(&o.failEvery, "fail-every", "", "fail every Nth event with a status: 5:500")
	f.BoolVar(&o.hang, "hang", false, "never respond")
	f.BoolVar(&o.reset, "reset", false, "reset the connection instead of responding")
	cli.SeedFlag(c, &o.seed)
	cli.GroupFlags(f, responseFlags, "fail", "fail-every", "hang", "reset", "seed")

	cli.NameArgument(f, "HOST:PORT", "addr")
	cli.NameArgument(f, "PATH", "path")
	cli.NameArgument(f, "HEADER", "require-header", "response-header")
	cli.NameArgument(f, "SIZE", "max-body", "inspect-memory")
	cli.NameArgument(f, "STATUS", "status")
	cli.NameArgument(f, "TEXT", "body")
	cli.NameArgument(f, "FILE", "record", "cert", "key")
	cli.NameArgument(f, "URL", "forward-to")
	cli.NameArgument(f, "SHARE:STATUS", "fail")
	cli.NameArgument(f, "N:STATUS", "fail-every")

	o.settings = cli.TrackSettings(f, "addr", "path", "status", "body", "delay", "require-header", "forward-to", "record", "inspect",
		"inspect-memory", "output", "max-body", "insecure")

	cli.Complete(c, "response-header", fixedPrefix("Content-Type: application/json"))
	cli.Complete(c, "fail", cli.Words([]string{"10%:503", "50%:500"}))
	cli.Complete(c, "fail-every", cli.Words([]string{"2:500", "5:500"}))
	cli.Complete(c, "inspect", inspector.CompleteAddr)
	cli.Complete(c, "inspect-memory", cli.Words([]string{"64MiB", "256MiB", "1GiB"}))
	cli.Complete(c, "max-body", cli.Words([]string{"64KiB", "1MiB", "10MiB"}))
	cli.CompleteFiles(c, "record", "ndjson", "jsonl")
	for _, name := range []string{"cert", "key"} {
		cli.CompleteFiles(c, name, "pem", "crt", "cer", "key")
	}
}

// fixedPrefix completes the start of a value.
func fixedPrefix(words ...string) cli.Completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
