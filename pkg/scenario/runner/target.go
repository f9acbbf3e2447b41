package runner

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

var errNoTarget = errors.New("there is no target: neither the options nor target.url in the scenario name one")

// target is where a delivery goes, with the headers of its own step on top.
func (p *running) target(own []scenario.Header) (target deliver.Target, err error) {
	switch target.URL = p.to; {
	case p.to != nil:
	case !p.scenario.HasTarget():
		return target, errNoTarget
	default:
		if target.URL, err = p.url(p.scenario.Target.URL); err != nil {
			return target, err
		}
	}
	for _, headers := range [][]scenario.Header{p.scenario.Target.Headers, p.scenario.Headers} {
		if target.Headers, err = p.override(target.Headers, headers); err != nil {
			return target, err
		}
	}
	target.Headers, err = p.override(deliver.Override(target.Headers, p.options.Headers), own)
	return target, err
}

// url makes a URL of what the scenario says.
func (p *running) url(text string) (*url.URL, error) {
	text, err := p.engine.Text(text)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	u, err := deliver.ParseURL(text)
	if err == nil {
		p.secrets.AddURL(u)
	}
	return u, err
}

// override puts headers of the scenario over others.
func (p *running) override(base []deliver.Header, headers []scenario.Header) ([]deliver.Header, error) {
	if len(headers) == 0 {
		return base, nil
	}
	over := make([]deliver.Header, len(headers))
	for i, h := range headers {
		text, err := p.engine.Text(h.Text)
		if err != nil {
			return nil, fmt.Errorf("header %s: %w", h.Name, err)
		}
		if over[i], err = deliver.NewHeader(h.Name, text); err != nil {
			return nil, err
		}
		over[i].Remove = h.Remove
		p.secrets.AddHeader(over[i].Name, over[i].Value)
	}
	return deliver.Override(base, over), nil
}
