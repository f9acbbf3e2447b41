package runner

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

var errNoTarget = errors.New("no endpoint URL: set target.url in the scenario")

// target returns the target of a delivery. The headers of the step override all others.
func (run *running) target(own []scenario.Header) (target deliver.Target, err error) {
	switch target.URL = run.to; {
	case run.to != nil:
	case !run.scenario.HasTarget():
		return target, errNoTarget
	default:
		if target.URL, err = run.url(run.scenario.Target.URL); err != nil {
			return target, err
		}
	}
	target.Headers = run.options.FallbackHeaders
	for _, headers := range [][]scenario.Header{run.scenario.Target.Headers, run.scenario.Headers} {
		if target.Headers, err = run.override(target.Headers, headers); err != nil {
			return target, err
		}
	}
	target.Headers, err = run.override(deliver.Override(target.Headers, run.options.Headers), own)
	return target, err
}

// url evaluates and parses a URL of the scenario.
func (run *running) url(text string) (*url.URL, error) {
	text, err := run.engine.Text(text)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	u, err := deliver.ParseURL(text)
	if err == nil {
		run.Secrets.AddURL(u)
	}
	return u, err
}

// override evaluates headers of the scenario, which override others.
func (run *running) override(base []deliver.Header, headers []scenario.Header) ([]deliver.Header, error) {
	if len(headers) == 0 {
		return base, nil
	}
	over := make([]deliver.Header, len(headers))
	for i, h := range headers {
		text, err := run.engine.Text(h.Text)
		if err != nil {
			return nil, fmt.Errorf("header %s: %w", h.Name, err)
		}
		if over[i], err = deliver.NewHeader(h.Name, text); err != nil {
			return nil, err
		}
		over[i].Remove = h.Remove
		run.Secrets.AddHeader(over[i].Name, over[i].Value)
	}
	return deliver.Override(base, over), nil
}
