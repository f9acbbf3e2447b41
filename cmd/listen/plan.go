package listen

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/inspect"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// forwardConnections is how many idle connections to the endpoint are kept.
const forwardConnections = 64

// grace is how long events in flight may take when the listener stops.
const grace = 900 * time.Millisecond

// plan is the checked combination of flags and configuration.
type plan struct {
	*options
	loaded     *config.Loaded
	config     config.Listen // of loaded
	form       show.Form
	filter     apizee.Filter
	receive    receive.Options
	writer     *recording.Writer // nil records nothing
	selfSigned *tls.Certificate  // nil is none
	baseline   *shape.Baseline   // to compare events with; nil is none

	inspect       inspect.Config
	inspectMemory int64 // in bytes; 0 without an inspector
}

func (p *plan) close() {
	if p.writer != nil {
		p.writer.Close()
	}
}

// plan reports every error before listening.
func (o *options) plan(ctx context.Context) (*plan, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	loaded, err := o.Load(ctx, o.settings)
	if err != nil {
		return nil, err
	}
	p := &plan{
		options: o, loaded: loaded, config: loaded.Config.Listen, form: show.Form(loaded.Config.Listen.Output),
		receive: receive.Options{Catalog: o.Catalog, Now: o.Now, Sleep: o.Sleep},
	}
	if forms := show.ReceptionForms(); !slices.Contains(forms, p.config.Output) {
		return nil, cli.Usage(fmt.Errorf("%s: %q is not a valid format%s", loaded.Place("listen.output"), p.config.Output, apizee.DidYouMean(p.config.Output, forms)),
			"use "+cli.List(forms, "or")+".")
	}
	o.JSON = p.form == show.JSON
	if o.showHeaders && p.form == show.CSV {
		return nil, cli.Usage(fmt.Errorf("--show-headers cannot be used with %s csv", loaded.Place("listen.output")), "use -o json, which has the headers.")
	}
	if p.filter, err = cli.ParseFilter(o.Catalog, o.filters); err != nil {
		return nil, err
	}
	if p.baseline, err = o.drift.Load(ctx, o.App); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{p.response, p.limits, p.faults, p.checkResponseFlags, p.forward, p.serveTLS, p.record, p.planInspector} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// check reports invalid combinations of flags.
func (o *options) check() error {
	switch {
	case o.timeout < 0:
		return cli.Usagef("--timeout %s: must not be negative", o.timeout)
	case (o.cert == "") != (o.key == ""):
		return cli.Usage(errors.New("--cert and --key must be set together"), "set both, or use --tls for a generated certificate.")
	}
	return nil
}

func (p *plan) response(context.Context) error {
	responseHeaders, err := p.ParseHeaders(p.config.ResponseHeaders, p.responseHeaders)
	if err != nil {
		return cli.Usage(fmt.Errorf("--response-header: %w", err), "use 'Name: value'.")
	}
	p.receive.Response = receive.Response{Status: p.config.Status, Headers: responseHeaders, Body: []byte(p.config.Body)}
	if p.config.Body != "" && p.isDefault("listen.status") {
		p.receive.Response.Status = 0 // a body needs another status than the default
	}
	if _, err := receive.DecodePath(p.config.Path); err != nil {
		return cli.Usage(fmt.Errorf("%s: %w", p.loaded.Place("listen.path"), err), "use a path such as /apizeehooks/.")
	}
	p.receive.Path, p.receive.Delay = p.config.Path, p.config.Delay
	if p.config.RequireHeader == "" {
		return nil
	}
	p.receive.RequireHeader, err = deliver.ParseHeader(p.config.RequireHeader)
	if err != nil {
		return cli.Usage(fmt.Errorf("--require-header: %w", err), "use 'Name: value'.")
	}
	return nil
}

func (p *plan) isDefault(key string) bool {
	return slices.ContainsFunc(p.loaded.Values, func(v config.Value) bool { return v.Key == key && v.Source == "default" })
}

func (p *plan) limits(context.Context) error {
	size, err := console.ParseBytes(p.config.MaxBody)
	if err != nil {
		return cli.Usagef("%s: %w", p.loaded.Place("listen.max-body"), err)
	}
	p.receive.Limits = receive.Limits{Body: size, Grace: grace}
	return nil
}

// faults sets the faults to inject.
func (p *plan) faults(context.Context) (err error) {
	f := receive.Faults{Hang: p.hang, Reset: p.reset}
	if p.fail != "" {
		if f.Share, f.ShareStatus, err = receive.ParseShare(p.fail); err != nil {
			return cli.Usagef("--fail: %w", err)
		}
		f.Seed = p.seed.Or(p.Random)
	} else if p.seed.Given {
		return cli.Usage(errors.New("--seed requires --fail"), "add --fail SHARE:STATUS.")
	}
	if p.failEvery != "" {
		if f.Every, f.EveryStatus, err = receive.ParseEvery(p.failEvery); err != nil {
			return cli.Usagef("--fail-every: %w", err)
		}
	}
	if err := f.Check(); err != nil {
		return cli.Usage(err, "use --hang or --reset.")
	}
	if f != (receive.Faults{}) {
		p.receive.Fault = f.Pick
	}
	return nil
}

// checkResponseFlags reports one that has no effect with another.
func (p *plan) checkResponseFlags(context.Context) error {
	var unused, by string
	if len(p.responseHeaders) > 0 {
		unused = "--response-header"
	}
	for _, setting := range []string{"body", "status"} {
		if _, given := p.settings["listen."+setting]; given {
			unused = "--" + setting
		}
	}
	if p.config.ForwardTo != "" {
		by = "--forward-to, which returns the endpoint's response"
	}
	if p.hang || p.reset {
		if by != "" {
			unused = p.loaded.Place("listen.forward-to")
		}
		if by = "--hang, which sends no response"; p.reset {
			by = "--reset, which sends no response"
		}
	}
	if unused == "" || by == "" {
		return nil
	}
	return cli.Usage(fmt.Errorf("%s cannot be used with %s", unused, by), "remove one of them.")
}

// checkUnused reports a connection flag that nothing is sent with. The configuration may set insecure for
// other commands.
func (p *plan) checkUnused() error {
	_, isTyped := p.settings["insecure"]
	network, err := p.NetworkOf(p.network, isTyped && p.loaded.Config.Insecure)
	if flags := cli.NetworkArguments(network); err == nil && len(flags) > 0 && p.config.Inspect == "" && !p.open {
		return cli.Usage(fmt.Errorf("%s requires --forward-to", flags[0]), "add --forward-to URL, or --inspect.")
	}
	return err
}

func (p *plan) forward(ctx context.Context) error {
	if p.config.ForwardTo == "" {
		return p.checkUnused()
	}
	target, err := deliver.ParseURL(p.config.ForwardTo)
	if err != nil {
		return cli.Usage(fmt.Errorf("%s: %w", p.loaded.Place("listen.forward-to"), err), "use a URL such as http://localhost:3000/apizeehooks/.")
	}
	network, err := p.NetworkOf(p.network, p.loaded.Config.Insecure)
	if err != nil {
		return err
	}
	p.NoteProxy(network, target)
	transport, err := p.OpenTransport(ctx, network, forwardConnections)
	if err != nil {
		return err
	}
	receive.KeepConnectionHeader(transport)
	p.receive.Forward = &receive.Forwarder{Target: target, Client: deliver.NewClient(transport, p.Now), Network: network, Timeout: p.loaded.Config.Timeout}
	return nil
}

func (p *plan) serveTLS(ctx context.Context) error {
	if !p.tls && p.cert == "" {
		return nil
	}
	var certificate tls.Certificate
	var err error
	if p.cert != "" {
		certificate, err = deliver.LoadCertificate(ctx, p.cert, p.key)
		if err != nil {
			return cli.Usage(fmt.Errorf("--cert and --key: %w", err), "use PEM files, or --tls for a generated certificate.")
		}
	} else {
		certificate, err = receive.SelfSigned(p.Now())
		if err != nil {
			return err
		}
		p.selfSigned = &certificate
	}
	p.receive.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	return nil
}

func (p *plan) record(context.Context) error {
	place := p.loaded.Place("listen.record")
	if p.config.Record == "" {
		if p.sync {
			return cli.Usage(errors.New("--sync requires --record"), "add --record FILE.")
		}
		return nil
	}
	if p.config.Record == "-" {
		return cli.Usage(fmt.Errorf("%s - is not a file", place), "use a file, or -o json for events on standard output.")
	}
	options := recording.Options{Sync: p.sync, ShowSecrets: p.ShowSecrets, Reopened: func() {
		p.Note(p.config.Record + " was moved or removed; the recording continues in a new file of that name.")
	}}
	if name := p.receive.RequireHeader.Name; name != "" {
		options.SecretHeaders = []string{name}
	}
	writer, err := recording.Create(p.config.Record, options)
	if errors.Is(err, recording.ErrNotRecording) {
		return cli.Usage(fmt.Errorf("%s %s: %w", place, p.config.Record, err), "use a recording, or a new file.")
	}
	if err != nil {
		return cli.Usage(fmt.Errorf("%s: open %s: %w", place, p.config.Record, textfile.Reason(err)), "use a file in an existing directory that you can write to.")
	}
	p.writer, p.receive.Record = writer, writer.Append
	return nil
}
