package scenario

import (
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// targets makes the targets of deliveries. What no expression changes is made
// once.
type targets struct {
	url     *url.URL
	headers []deliver.Header
	settled bool // headers holds those of every delivery
	shown   string
	problem error
}

var errNoTarget = errors.New("there is no target; give one with --to, or as target.url in the scenario")

// fixed makes what stays the same for the whole run.
func (t *targets) fixed(p *playing) {
	t.url = p.options.To
	for _, h := range p.options.Headers {
		p.secrets.AddHeader(h.Name, h.Value)
	}
	if t.url == nil && !p.scenario.HasTarget() {
		t.url = p.options.Fallback
	}
	if t.settled = !slices.ContainsFunc(p.scenarioHeaders(), header.isExpression); t.settled {
		t.headers, t.problem = p.baseHeaders()
	}
	switch {
	case t.url != nil:
		p.secrets.AddURL(t.url)
		t.shown = deliver.ShowURL(t.url, false)
	case !p.scenario.HasTarget():
		t.problem = errNoTarget
	}
}

func (p *playing) scenarioHeaders() []header {
	return append(slices.Clone(p.scenario.target.headers), p.scenario.defaults.headers...)
}

// baseHeaders are those of every delivery.
func (p *playing) baseHeaders() ([]deliver.Header, error) {
	own, err := p.render(p.scenario.target.headers)
	if err != nil {
		return nil, err
	}
	more, err := p.render(p.scenario.defaults.headers)
	if err != nil {
		return nil, err
	}
	return deliver.Override(deliver.Override(own, more), p.options.Headers), nil
}

// target is where a delivery goes, with the headers of its own step on top, and
// the URL as it may be shown.
func (p *playing) target(own []header) (target deliver.Target, shown string, err error) {
	t := &p.targets
	if t.problem != nil {
		return target, "", t.problem
	}
	target.URL, shown = t.url, t.shown
	if target.URL == nil {
		if target.URL, err = p.parseURL(p.scenario.target.url); err != nil {
			return target, "", err
		}
		shown = deliver.ShowURL(target.URL, false)
	}
	if target.Headers = t.headers; !t.settled {
		if target.Headers, err = p.baseHeaders(); err != nil {
			return target, "", err
		}
	}
	if len(own) == 0 {
		return target, shown, nil
	}
	headers, err := p.render(own)
	target.Headers = deliver.Override(target.Headers, headers)
	return target, shown, err
}

func (p *playing) parseURL(text string) (*url.URL, error) {
	text, err := p.maker.text(text)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	u, err := deliver.ParseURL(text)
	if err == nil {
		p.secrets.AddURL(u)
	}
	return u, err
}

// render makes headers of what the scenario says.
func (p *playing) render(headers []header) ([]deliver.Header, error) {
	rendered := make([]deliver.Header, len(headers))
	for i, h := range headers {
		text, err := p.maker.text(h.text)
		if err != nil {
			return nil, fmt.Errorf("header %s: %w", h.name, err)
		}
		if rendered[i], err = deliver.NewHeader(h.name, text); err != nil {
			return nil, err
		}
		p.secrets.AddHeader(rendered[i].Name, rendered[i].Value)
	}
	return rendered, nil
}
