// Package inspect is the command that shows recordings in a browser.
package inspect

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/inspector"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/inspect"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

type options struct {
	*cli.App
	cli.Connection
	files []string
	addr  string
	open  bool
}

// New returns the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:        "inspect <file>...",
		SuggestFor: []string{"ui", "web"},
		Short:      "Show recorded events in a browser",
		Long: `Serve a page that shows the events of recordings: their contents, findings and
responses, and the differences between two. Several recordings are merged by time;
what is recorded later is not shown.
'listen --inspect' shows the same page while events arrive. Only who has the URL can
open it. It can send events again: to this machine, and to the URL of --to.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:          "stopped",
			cli.ExitUsage:       "invalid flags, or a file that is not a recording",
			cli.ExitUnreachable: "the address is in use",
			cli.ExitInterrupted: "interrupted while it reads",
		}),
		Example: cli.Example(`
			apizee-hooks inspect events.ndjson --open
			# Two recordings, whose events can be sent again to one endpoint
			apizee-hooks inspect monday.ndjson tuesday.ndjson --to http://localhost:3000/apizeehooks/`),
		Args:              cli.Needs("a recording", mostFiles, "`apizee-hooks listen --record FILE` writes one."),
		ValidArgsFunction: cli.Files("ndjson", "jsonl", "json"),
		RunE: func(c *cobra.Command, args []string) error {
			o.files = args
			return run(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.addr, "addr", inspector.DefaultAddr, "port or host:port to serve the page on; port 0 is any free one")
	cli.NameArgument(f, "HOST:PORT", "addr")
	cli.Complete(c, "addr", inspector.CompleteAddr)
	inspector.OpenFlag(f, &o.open, "open the browser")
	cli.TextOrJSONFlag(c)
	o.Connection.AddFlags(c, f)
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{Name: "inspect", About: "One object, when the page can be opened.", Types: []any{readyJSON{}}}}
}

type readyJSON struct {
	Inspect string `json:"inspect" about:"URL of the page"`
	Events  int64  `json:"events" about:"number of events in the recordings"`
}

// mostFiles is how many recordings can be shown at once.
const mostFiles = 1000

// memory is the soft memory limit, so that garbage is collected sooner than usual: to open a large
// recording leaves much.
const memory = 192 << 20

func run(ctx context.Context, o *options) error {
	config, err := o.config(ctx)
	if err != nil {
		return err
	}
	defer o.LimitMemory(memory)()
	store := inspect.New(inspect.Options{Catalog: o.Catalog, ShowSecrets: o.ShowSecrets})
	defer store.Close()
	if err := o.read(ctx, store); err != nil {
		return err
	}
	page, err := inspector.Listen(ctx, o.App, inspector.Flag("--addr", " "), o.addr)
	if err != nil {
		return err
	}
	defer page.Close()
	page.Serve(store, config)
	o.ready(store, page.URL())
	if o.open {
		page.Open()
	}
	<-ctx.Done()
	return nil
}

// config returns what the page does besides showing the recordings.
func (o *options) config(ctx context.Context) (inspect.Config, error) {
	loaded, err := o.Load(ctx, o.Settings)
	if err != nil {
		return inspect.Config{}, err
	}
	network, err := o.NetworkOf(o.Network, loaded.Config.Insecure)
	if err != nil {
		return inspect.Config{}, err
	}
	targets, err := inspector.Targets(o.App, loaded.Config, o.Headers)
	return inspect.Config{Command: "inspect", Files: o.files, Targets: targets, Network: network, Timeout: loaded.Config.Timeout}, err
}

// read reads the recordings.
func (o *options) read(ctx context.Context, store *inspect.Store) error {
	for _, name := range o.files {
		info, err := os.Stat(name)
		switch {
		case err != nil && name == "-":
			return cli.Usage(errors.New("standard input cannot be shown"), "use a recording in a file.")
		case err != nil:
			return cli.Usage(fmt.Errorf("%s: %w", name, textfile.Reason(err)), "check the path.")
		case !info.Mode().IsRegular():
			return cli.Usage(fmt.Errorf("%s: not a regular file", name), "use a recording in a file.")
		}
	}
	skipped, err := store.Open(ctx, o.files...)
	var file *fs.PathError
	switch {
	case ctx.Err() != nil:
		return cli.Interrupted()
	case errors.As(err, &file):
		return cli.Usage(fmt.Errorf("%s: %w", file.Path, file.Err), "check the path.")
	case err != nil:
		return cli.Usage(err, "use a recording of `apizee-hooks listen --record`.")
	}
	for _, name := range o.files {
		o.noteSkipped(name, skipped)
	}
	return nil
}

// noteSkipped notes the lines of a file that are not entries.
func (o *options) noteSkipped(name string, skipped []inspect.Skipped) {
	const most = 10
	var lines []string
	n := 0
	for _, s := range skipped {
		if s.File != name {
			continue
		}
		if n++; n <= most {
			lines = append(lines, strconv.Itoa(s.Line))
		}
	}
	switch {
	case n == 1:
		o.Note(fmt.Sprintf("%s:%s: truncated or invalid entry skipped.", name, lines[0]))
	case n > most:
		o.Note(fmt.Sprintf("%s: %d truncated or invalid entries skipped, in lines %s, …", name, n, strings.Join(lines, ", ")))
	case n > 0:
		o.Note(fmt.Sprintf("%s: %d truncated or invalid entries skipped, in lines %s.", name, n, cli.List(lines, "and")))
	}
}

// ready prints the URL of the page.
func (o *options) ready(store *inspect.Store, url string) {
	status, _ := store.Status()
	files := o.files[0]
	if len(o.files) > 1 {
		files = console.Plural(len(o.files), "recording")
	}
	switch {
	case o.JSON:
		o.Stdout.Write(show.AppendJSONLine(nil, readyJSON{url, status.Total}))
	case o.Quiet:
		fmt.Fprintln(o.Text(), url)
	default:
		fmt.Fprintf(o.Text(), "%s of %s: %s\nCtrl-C stops.\n", console.Plural(int(status.Total), "event"), console.Safe(files), o.Out().Strong(url))
	}
}
