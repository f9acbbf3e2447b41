package audit

import (
	"fmt"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// documentedRule sends each event of an object, and each documented value of each of
// its props.
func documentedRule(c *apizee.Catalog, o apizee.Object) Rule {
	return Rule{
		Name: o.Name + "-events", Group: documented, Title: "Every documented " + o.Name + " event",
		Why:      "No retry is documented, so an event that is not accepted is lost.",
		Expected: "2xx for each", want: mustAccept(),
		try: func(p *probe) []attempt { return documentedEvents(p, c.EventNamesOf(o), o) },
	}
}

func documentedEvents(p *probe, events []string, o apizee.Object) []attempt {
	var attempts []attempt
	for _, event := range events {
		attempts = append(attempts, attempt{label: o.Name + " " + event, result: p.send(p.build(o.Name, event))})
	}
	for _, prop := range o.Props {
		for _, value := range prop.Values {
			body := p.build(o.Name, o.DefaultEvent(), payload.Prop{Path: prop.Path, Text: value})
			attempts = append(attempts, attempt{label: prop.Path + "=" + value, result: p.send(body)})
		}
	}
	if all := examples(o); len(all) > 0 && !o.PartlyDocumented {
		attempts = append(attempts, attempt{label: "all props", result: p.send(p.build(o.Name, o.DefaultEvent(), all...))})
	}
	return attempts
}

// examples returns the documented examples of the props that a default event omits.
func examples(o apizee.Object) []payload.Prop {
	var props []payload.Prop
	for _, p := range o.Props {
		if !p.Default {
			props = append(props, payload.Prop{Path: p.Path, Text: p.ExampleText()})
		}
	}
	return props
}

func responseRules() []Rule {
	return []Rule{
		{
			Name: "content-type", Group: documented, Title: "Content type in different letter case",
			Why:      "Apizee documents application/JSON. Media types are case-insensitive, but code that compares strings does not parse the body as JSON.",
			Expected: "2xx for both application/JSON and application/json", want: mustAccept(),
			try: func(p *probe) []attempt {
				return []attempt{
					{label: apizee.ContentType, result: p.send(p.ordinary())},
					{label: "application/json", result: p.sendFaulty("plain-type", p.ordinary())},
				}
			},
		},
		{
			Name: "response-time", Group: documented, Title: "Response time",
			Why:      "No timeout is documented, and no sender waits forever. An endpoint that processes an event before it responds loses events when processing is slow.",
			Expected: "2xx within " + responseDeadline.String(), want: mustAccept(),
			try: func(p *probe) []attempt {
				var attempts []attempt
				for i := range 5 {
					attempts = append(attempts, attempt{label: fmt.Sprintf("event %d", i+1), result: p.send(p.ordinary()), within: responseDeadline})
				}
				return attempts
			},
		},
	}
}
