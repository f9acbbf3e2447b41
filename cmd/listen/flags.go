package listen

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
)

// options are the flags. What the configuration holds too is in the settings.
type options struct {
	*cli.App
	settings     cli.Settings
	replyHeaders []string
	filters      []string
	network      cli.Network // of --forward-to
	sync         bool
	showHeaders  bool
	count        int
	timeout      time.Duration
	strict       bool
	tls          bool
	cert, key    string
	fail         string
	failEvery    string
	hang, reset  bool
	seed         cli.Seed
}

const (
	replyFlags  = "Reply flags"
	passFlags   = "Keep and pass on"
	showFlags   = "Show"
	ciFlags     = "In CI"
	secureFlags = "TLS"
	faultFlags  = "Faults"
)

// settingKeys are the keys of the flags that the configuration holds too.
func settingKeys() map[string]string {
	keys := map[string]string{"insecure": "insecure"}
	for _, flag := range []string{"addr", "path", "status", "body", "delay", "require-header", "forward-to", "record", "output", "max-body"} {
		keys[flag] = "listen." + flag
	}
	return keys
}

func (o *options) addFlags(c *cobra.Command) {
	f := c.Flags()
	f.String("addr", cli.DefaultAddr(), "listen on this `HOST:PORT`, where port 0 is any free one, or on a Unix socket, as unix:PATH")
	f.String("path", "", "take events on this `PATH` only, and answer 404 elsewhere")
	f.String("require-header", "", "answer 401 to an event without this header, as `'Name: value'`")
	f.String("max-body", "1MiB", "answer 413 to a body over this `SIZE`")

	f.Int("status", 204, "answer with this `STATUS` (200 with --body)")
	f.String("body", "", "answer with this `TEXT`")
	f.StringArrayVar(&o.replyHeaders, "reply-header", nil, "answer with this header, as `'Name: value'`; repeatable")
	f.Duration("delay", 0, "wait for this `DURATION` before the answer")
	cli.TakeEmpty(f, "body")
	cli.GroupFlags(f, replyFlags, "status", "body", "reply-header", "delay")

	f.String("record", "", "append each event to this `FILE`, before it is answered")
	f.BoolVar(&o.sync, "sync", false, "have each event on the disk, whatever happens, before it is answered")
	f.String("forward-to", "", "pass each event on to this `URL`, byte for byte, and answer what comes back; "+
		"the path of the event is put behind the URL's, but with --path the URL's own counts")
	cli.GroupFlags(f, passFlags, "record", "sync", "forward-to")
	o.network.AddFlags(c, f)

	var output string // read from the settings
	cli.OutputFlag(c, f, &output, show.ReceptionForms(), "line is one line an event, pretty all of it as coloured JSON, json one object a line, csv one row")
	f.BoolVar(&o.showHeaders, "show-headers", false, "show the headers of each event")
	cli.FilterFlag(c, o.Catalog, &o.filters)
	cli.GroupFlags(f, showFlags, "output", "show-headers", "filter")

	cli.CountFlag(f, &o.count, "count", 0, "stop after `N` events; what comes at the same moment is taken too")
	f.DurationVar(&o.timeout, "timeout", 0, "stop after this `DURATION`; fail when --count events have not come by then")
	f.BoolVar(&o.strict, "strict", false, "fail at the end when an event broke the contract or was refused")
	cli.GroupFlags(f, ciFlags, "count", "timeout", "strict")

	f.BoolVar(&o.tls, "tls", false, "speak HTTPS, with a certificate for localhost made on the spot")
	f.StringVar(&o.cert, "cert", "", "speak HTTPS with the certificate in this PEM `FILE`")
	f.StringVar(&o.key, "key", "", "the key of --cert, in this PEM `FILE`")
	cli.GroupFlags(f, secureFlags, "tls", "cert", "key")

	f.StringVar(&o.fail, "fail", "", "fail this `SHARE` of the events, by chance: 10%:503")
	f.StringVar(&o.failEvery, "fail-every", "", "fail every `N`th event: 5:500")
	f.BoolVar(&o.hang, "hang", false, "answer nothing, until the sender gives up")
	f.BoolVar(&o.reset, "reset", false, "reset the connection in place of an answer")
	cli.SeedFlag(c, &o.seed)
	cli.GroupFlags(f, faultFlags, "fail", "fail-every", "hang", "reset", "seed")

	o.settings = cli.TrackSettings(f, settingKeys())

	cli.Complete(c, "reply-header", fixedPrefix("Content-Type: application/json"))
	cli.Complete(c, "fail", cli.Words([]string{"10%:503", "50%:500"}))
	cli.Complete(c, "fail-every", cli.Words([]string{"2:500", "5:500"}))
	cli.Complete(c, "max-body", cli.Words([]string{"64KiB", "1MiB", "10MiB"}))
	cli.CompleteFiles(c, "record", "ndjson", "jsonl")
	for _, name := range []string{"cert", "key"} {
		cli.CompleteFiles(c, name, "pem", "crt", "cer", "key")
	}
	for _, name := range []string{"addr", "path", "require-header", "status", "body", "delay", "forward-to", "count", "timeout"} {
		cli.Complete(c, name, cli.Nothing)
	}
}

// fixedPrefix completes the start of a value.
func fixedPrefix(words ...string) cli.Completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
