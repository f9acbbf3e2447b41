package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"

	"al.essio.dev/pkg/shellescape"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/inspector"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/inspect"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// inspection is the page that shows in a browser what is received. Without --inspect it does nothing.
type inspection struct {
	page  *inspector.Server // nil is none
	store *inspect.Store
	last  int64 // id of the last request in the store
}

// planInspector checks the settings of the inspector.
func (p *plan) planInspector(context.Context) (err error) {
	if p.open && p.config.Inspect == "" {
		p.config.Inspect = inspector.DefaultAddr
	}
	if _, given := p.settings["listen.inspect-memory"]; given && p.config.Inspect == "" {
		return cli.Usage(errors.New("--inspect-memory requires --inspect"), "add --inspect.")
	}
	if p.config.Inspect == "" {
		return nil
	}
	if p.inspectMemory, err = console.ParseBytes(p.config.InspectMemory); err != nil {
		return cli.Usagef("%s: %w", p.loaded.Place("listen.inspect-memory"), err)
	}
	p.inspect = inspect.Config{Command: "listen", Recording: p.config.Record, Timeout: p.loaded.Config.Timeout}
	if p.inspect.Network, err = p.NetworkOf(p.network, p.loaded.Config.Insecure); err != nil {
		return err
	}
	if p.inspect.Targets, err = inspector.Targets(p.App, p.loaded.Config, nil); err != nil {
		return err
	}
	if f := p.receive.Forward; f != nil {
		forward := inspect.Target{Name: "--forward-to", Target: deliver.Target{URL: f.Target}, Forward: p.receive.ForwardURL}
		p.inspect.ForwardTo, p.inspect.Targets = f.Target, slices.Insert(p.inspect.Targets, 0, forward)
	}
	return nil
}

// startInspector serves the page.
func (s *session) startInspector(ctx context.Context, bound net.Addr) (err error) {
	if s.config.Inspect == "" {
		return nil
	}
	flag := inspector.Flag("--inspect", "=")
	flag.Place = s.loaded.Place("listen.inspect")
	if s.page, err = inspector.Listen(ctx, s.App, flag, s.config.Inspect); err != nil {
		return err
	}
	options := inspect.Options{Catalog: s.Catalog, Memory: s.inspectMemory, ShowSecrets: s.ShowSecrets}
	if name := s.receive.RequireHeader.Name; name != "" {
		options.SecretHeaders = []string{name}
	}
	if s.baseline != nil {
		options.Drift = s.driftOf
	}
	if s.writer != nil {
		options.ReadLine = s.writer.ReadLine
	}
	s.store = inspect.New(options)
	c := s.plan.inspect
	c.Listening, c.Receivers = cli.LocalURL(s.scheme(), bound), []net.Addr{bound}
	// A certificate for this machine is rarely one that the system trusts.
	c.ReceiverNetwork = deliver.Network{Insecure: s.receive.TLS != nil, Proxy: c.Network.Proxy}
	if bound.Network() == "unix" {
		c.ReceiverURL, c.ReceiverNetwork.UnixSocket = &url.URL{Scheme: s.scheme(), Host: "localhost"}, bound.String()
	} else if c.ReceiverURL, err = url.Parse(c.Listening); err != nil {
		return err
	}
	c.Example = s.sendCommand(*c.ReceiverURL, c.ReceiverNetwork)
	s.page.Serve(s.store, c)
	if !s.JSON { // whose first line has it; --quiet does not hide what nothing else can tell
		fmt.Fprintf(s.Stderr, "Inspect events at %s\n", s.Err().Strong(s.page.URL()))
	}
	if s.open {
		s.page.Open()
	}
	return nil
}

// sendCommand returns a command that sends an event to the receiver, with its secret masked.
func (s *session) sendCommand(to url.URL, network deliver.Network) string {
	if decoded, err := receive.DecodePath(s.config.Path); err == nil {
		to.Path, to.RawPath = decoded, s.config.Path // which is used if it is escaped as a URL must be
	}
	args := []string{cli.Program, "send", apizee.Ticket, "--to", to.String()}
	if header := s.receive.RequireHeader; header.Name != "" {
		if !s.ShowSecrets {
			header.Value = redact.Masked
		}
		args = append(args, "-H", header.String())
	}
	return console.SafeShell(shellescape.QuoteCommand(append(args, cli.NetworkArguments(network)...)))
}

func (i *inspection) close() {
	if i.page != nil {
		i.page.Close()
	}
}

// publish adds a request to the page. It waits for nobody.
func (i *inspection) publish(r *receive.Reception) {
	if i.store == nil {
		return
	}
	x := inspect.Exchange{Entry: r.Entry(), Place: r.Place}
	if r.Outcome.IsEvent() {
		x.Event = &r.Report.Event
	}
	i.last = i.store.Add(x)
}

// pageURL returns the URL of the page, or "".
func (i *inspection) pageURL() string {
	if i.page == nil {
		return ""
	}
	return i.page.URL()
}

// link returns what each line links to, where the terminal shows links. --color never is for links too.
func (s *session) link() func() string {
	if s.page == nil || s.form != show.Line || !s.Out().Enabled() || !console.Hyperlinks(s.Stdout, s.LookupEnv) {
		return nil
	}
	return func() string { return s.page.At(s.last) }
}
