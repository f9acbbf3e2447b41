package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// parseProbe parses the configured probe; nil means that there is none.
func (o *options) parseProbe(c config.Audit) (*audit.Probe, error) {
	switch {
	case c.Probe == "" && (c.ProbeExpect != "" || c.ProbeCount != "" || len(o.probeHeaders) > 0):
		return nil, cli.Usagef("--probe-header, --probe-expect and --probe-count require --probe")
	case c.Probe == "":
		return nil, nil
	case c.Within <= 0:
		return nil, cli.Usagef("--within must be greater than 0")
	}
	headers, err := o.ParseHeaders(c.ProbeHeaders, o.probeHeaders)
	if err != nil {
		return nil, cli.Usage(fmt.Errorf("--probe-header: %w", err), "use 'Name: value'.")
	}
	probe, err := audit.ParseProbe(o.Catalog, audit.ProbeSpec{
		Request: c.Probe, Expect: c.ProbeExpect, Headers: headers, Count: c.ProbeCount, Within: c.Within,
	}, &o.Known)
	var problems audit.ProbeErrors
	if errors.As(err, &problems) {
		var texts []string
		for _, p := range problems {
			texts = append(texts, "--"+p.Setting+": "+p.Message)
		}
		err = errors.New(strings.Join(texts, "; "))
	}
	if err != nil {
		return nil, cli.Usage(err,
			"write --probe 'GET http://localhost:3000/tickets/{{ .id }}' and --probe-expect '"+audit.DefaultExpect+"'; the variables are id, object, event and state.")
	}
	return probe, nil
}

// localOnly returns the network of an audit, which stays on this machine unless --allow-host names
// the host of the endpoint or of the probe.
func (o *options) localOnly(ctx context.Context, network deliver.Network, target deliver.Target, probe *audit.Probe) (deliver.Network, error) {
	network.LocalOnly = !deliver.IsAllowed(target.URL.Hostname(), o.hosts.Hosts)
	if err := o.hosts.Check(ctx, target.URL, network); err != nil || probe == nil {
		return network, err
	}
	text, err := probe.URL()
	if err != nil {
		return network, err
	}
	u, err := deliver.ParseURL(text)
	if err != nil {
		return network, cli.Usage(fmt.Errorf("--probe: %w", err), "")
	}
	network.LocalOnly = network.LocalOnly && !deliver.IsAllowed(u.Hostname(), o.hosts.Hosts)
	return network, o.hosts.Check(ctx, u, network)
}
