package cmd

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// forwardConnections is how many connections to the target are kept open.
const forwardConnections = 64

// listenPlan is what the flags and the configuration come to.
type listenPlan struct {
	config   config.Listen
	form     show.Form
	filter   apizee.Filter
	options  receive.Options
	writer   *recording.Writer // nil records nothing
	selfMade *tls.Certificate  // nil when there is none
}

func (p *listenPlan) close() {
	if p.writer != nil {
		p.writer.Close()
	}
}

// planListen settles all that can be wrong before anything is listened on.
func (a *app) planListen(c *cobra.Command, o *listenOptions) (*listenPlan, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	loaded, err := a.Load(o.settings)
	if err != nil {
		return nil, err
	}
	p := &listenPlan{config: loaded.Config.Listen, options: receive.Options{Catalog: a.Catalog}}
	if forms := show.ReceptionForms(); !slices.Contains(forms, p.config.Output) {
		return nil, cli.Usage(fmt.Errorf("listen.output: %q is not a way to show events%s", p.config.Output, apizee.DidYouMean(p.config.Output, forms)),
			"it is "+cli.List(forms, "or")+".")
	}
	p.form = show.Form(p.config.Output)
	if p.filter, err = a.ParseFilter(o.filters); err != nil {
		return nil, err
	}
	steps := []func() error{
		func() error { return p.planReply(loaded, o.replyHeaders) },
		func() error { return p.planLimits() },
		func() error { return a.planFaults(p, o) },
		func() error { return noReplyOfItsOwn(c, p.config.ForwardTo) },
		func() error { return a.planForward(p, o, loaded.Config) },
		func() error { return a.planTLS(p, o) },
		func() error { return a.planRecord(p, o) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	p.options.Now, p.options.Sleep = a.Now, a.Sleep
	return p, nil
}

// check refuses combinations that make no sense.
func (o *listenOptions) check() error {
	switch {
	case o.timeout < 0:
		return cli.Usagef("--timeout %s: it must not be negative", o.timeout)
	case (o.cert == "") != (o.key == ""):
		return cli.Usage(errors.New("--cert and --key belong together"), "give both, or --tls for a certificate made on the spot.")
	}
	return nil
}

func (p *listenPlan) planReply(loaded *config.Loaded, typed []string) error {
	replyHeaders, err := cli.ParseHeaders(p.config.ReplyHeaders, typed)
	if err != nil {
		return cli.Usage(fmt.Errorf("--reply-header: %w", err), "write it as 'Name: value'.")
	}
	p.options.Reply = receive.Reply{Status: p.config.Status, Headers: replyHeaders, Body: []byte(p.config.Body)}
	if p.config.Body != "" && isDefault(loaded, "listen.status") {
		p.options.Reply.Status = 0 // a body wants another status than the default
	}
	p.options.Path, p.options.Delay = p.config.Path, p.config.Delay
	if p.config.RequireHeader == "" {
		return nil
	}
	p.options.RequireHeader, err = deliver.ParseHeader(p.config.RequireHeader)
	if err != nil {
		return cli.Usage(fmt.Errorf("--require-header: %w", err), "write it as 'Name: value'.")
	}
	return nil
}

func isDefault(loaded *config.Loaded, key string) bool {
	return slices.ContainsFunc(loaded.Values(), func(v config.Value) bool { return v.Key == key && v.Source == "default" })
}

func (p *listenPlan) planLimits() error {
	size, err := console.ParseBytes(p.config.MaxBody)
	if err != nil {
		return cli.Usagef("--max-body: %w", err)
	}
	p.options.Limits = receive.Limits{Body: size, Grace: listenGrace}
	return nil
}

func (a *app) planFaults(p *listenPlan, o *listenOptions) error {
	fault, err := o.faults(a)
	p.options.Fault = fault
	return err
}

// noReplyOfItsOwn refuses flags that have no use where the target answers.
func noReplyOfItsOwn(c *cobra.Command, forwardTo string) error {
	for _, name := range []string{"status", "body", "reply-header"} {
		if forwardTo != "" && c.Flags().Changed(name) {
			return cli.Usage(fmt.Errorf("--%s has no use with --forward-to: the target's reply is passed back", name), "leave one of them out.")
		}
	}
	return nil
}

func (a *app) planForward(p *listenPlan, o *listenOptions, c config.Config) error {
	if p.config.ForwardTo == "" {
		return nil
	}
	target, err := deliver.ParseURL(p.config.ForwardTo)
	if err != nil {
		return cli.Usage(fmt.Errorf("--forward-to: %w", err), "it looks like http://localhost:3000/apizeehooks/.")
	}
	client, err := a.Client(deliver.TLSOptions{Insecure: c.Insecure, CAFile: o.cacert}, forwardConnections)
	if err != nil {
		return err
	}
	p.options.Forward = &receive.Forwarder{Target: target, Client: client, Timeout: c.Timeout}
	return nil
}

func (a *app) planTLS(p *listenPlan, o *listenOptions) error {
	if !o.tls && o.cert == "" {
		return nil
	}
	var certificate tls.Certificate
	var err error
	if o.cert != "" {
		certificate, err = tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return cli.Usage(fmt.Errorf("--cert and --key: %w", err), "both are PEM files; --tls alone makes a certificate on the spot.")
		}
	} else {
		certificate, err = receive.SelfSigned(a.Now())
		if err != nil {
			return err
		}
		p.selfMade = &certificate
	}
	p.options.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	return nil
}

func (a *app) planRecord(p *listenPlan, o *listenOptions) error {
	if p.config.Record == "" {
		if o.sync {
			return cli.Usage(errors.New("--sync is about a recording, and there is none"), "name one with --record FILE.")
		}
		return nil
	}
	options := recording.Options{Sync: o.sync, ShowSecrets: a.ShowSecrets}
	if name := p.options.RequireHeader.Name; name != "" {
		options.Secrets = []string{name}
	}
	writer, err := recording.Create(p.config.Record, options)
	if errors.Is(err, recording.ErrNotRecording) {
		return cli.Usage(fmt.Errorf("--record %s: %w", p.config.Record, err), "name a recording, or a file that does not exist yet.")
	}
	if err != nil {
		return cli.Usage(fmt.Errorf("--record: open %s: %w", p.config.Record, cli.Bare(err)), "name a file in a folder that exists and that you can write to.")
	}
	p.writer, p.options.Record = writer, writer.Append
	return nil
}
