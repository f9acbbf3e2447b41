package audit

import (
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// documentedRule sends each event of an object, and each documented value of each of
// its props.
func documentedRule(c *apizee.Catalog, o apizee.Object) Rule {
	return Rule{
		Name: o.Name + "-events", Group: documented, Title: "Every documented " + o.Name + " event",
		Why:  "These are the events that the documentation promises; one that is not accepted is lost, since no retry is documented.",
		Good: "2xx to each of them", want: mustAccept(),
		try: func(p *probe) []attempt { return documentedEvents(p, c.EventNames(), o) },
	}
}

func documentedEvents(p *probe, events []string, o apizee.Object) []attempt {
	var attempts []attempt
	for _, event := range events {
		attempts = append(attempts, attempt{label: o.Name + " " + event, result: p.send(p.build(o.Name, event))})
	}
	for _, prop := range o.Props {
		for _, value := range prop.Values {
			body := p.build(o.Name, apizee.Update, payload.Prop{Path: prop.Path, Text: value})
			attempts = append(attempts, attempt{label: prop.Path + "=" + value, result: p.send(body)})
		}
	}
	if all := examples(o); len(all) > 0 {
		attempts = append(attempts, attempt{label: "every prop", result: p.send(p.build(o.Name, apizee.Update, all...))})
	}
	return attempts
}

// examples are the documented examples of the props that the usual event leaves out.
func examples(o apizee.Object) []payload.Prop {
	var props []payload.Prop
	for _, p := range o.Props {
		if !p.Default {
			props = append(props, payload.Prop{Path: p.Path, Text: p.ExampleText()})
		}
	}
	return props
}

func wireRules() []Rule {
	return []Rule{
		{
			Name: "content-type", Group: documented, Title: "The capital JSON in the content type",
			Why:  "Apizee documents application/JSON. Media types do not depend on letter case, yet code that compares strings takes the body for something else.",
			Good: "2xx to application/JSON and to application/json alike", want: mustAccept(),
			try: func(p *probe) []attempt {
				return []attempt{
					{label: apizee.ContentType, result: p.send(p.ordinary())},
					{label: "application/json", result: p.sendFaulty("plain-type", p.ordinary())},
				}
			},
		},
		{
			Name: "answer-time", Group: documented, Title: "A prompt answer",
			Why:  "No timeout is documented, and senders do not wait for ever: an endpoint that works before it answers loses events on a slow day.",
			Good: "2xx within " + patience.String(), want: mustAccept(),
			try: func(p *probe) []attempt {
				var attempts []attempt
				for range 5 {
					attempts = append(attempts, attempt{label: "an event", result: p.send(p.ordinary()), within: patience})
				}
				return attempts
			},
		},
	}
}
