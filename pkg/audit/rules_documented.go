package audit

import (
	"fmt"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

func documentedRules(c *apizee.Catalog) []Rule {
	rules := []Rule{{
		Name: "ordinary-event", Title: "Ordinary event",
		Why:      "An endpoint that does not accept this event gets nothing out of the others. A wrong path or secret, a sign-in page and a redirect show here. The same event is sent after every rule.",
		Expected: "2xx; no page or error as the body", want: mustAccept(),
		try: func(s *session) []attempt { return []attempt{s.send("", s.ordinary()).soon()} },
	}}
	for _, o := range c.Objects {
		if !o.PartlyDocumented {
			rules = append(rules, objectRule(c, o))
		}
	}
	return append(rules, []Rule{
		{
			Name: "content-type", Title: "Content type in different letter case",
			Why:      "Apizee documents application/JSON. Media types are case-insensitive, but code that compares strings does not parse the body as JSON.",
			Expected: "2xx for both application/JSON and application/json", want: mustAccept(),
			try: func(s *session) []attempt {
				return []attempt{s.send(apizee.ContentType, s.ordinary()), s.sendFaulty("application/json", "plain-type")}
			},
		},
		{
			Name: "response-time", Title: "Response time",
			Why:      "No timeout is documented, and no sender waits forever. An endpoint that processes an event before it responds loses events when processing is slow.",
			Expected: "2xx within " + responseDeadline.String(), want: mustAccept(),
			try: func(s *session) []attempt {
				var attempts []attempt
				for i := range 5 {
					attempts = append(attempts, s.send(fmt.Sprintf("event %d", i+1), s.ordinary()).soon())
				}
				return attempts
			},
		},
	}...)
}

// objectRule sends each event of an object, and each documented value of each of its props.
func objectRule(c *apizee.Catalog, o apizee.Object) Rule {
	return Rule{
		Name: o.Name + "-events", Title: "Every documented " + o.Name + " event",
		Why:      "No retry is documented, so an event that is not accepted is lost.",
		Expected: "2xx for each", want: mustAccept(),
		try: func(s *session) []attempt { return documentedEvents(s, c.EventNamesOf(o), o) },
	}
}

// documentedEvents sends the events of an object: its creation first, its deletion last. Each creation
// is that of another object. Each event is a second later than the one before, as it is none of
// its duplicates.
func documentedEvents(s *session, events []string, o apizee.Object) []attempt {
	var id string
	const ago = 60
	at := s.options.Now().Unix() - ago
	build := func(event string, props ...payload.Prop) []byte {
		if event == apizee.Create || id == "" {
			id = s.idFor(o.Name)
		}
		at++
		return s.at(at, s.buildID(o.Name, event, id, props...))
	}
	var attempts []attempt
	for _, event := range events {
		if event != apizee.Delete {
			attempts = append(attempts, s.send(o.Name+" "+event, build(event)))
		}
	}
	for _, prop := range o.Props {
		for _, value := range prop.Values {
			attempts = append(attempts, s.send(prop.Path+"="+value, build(o.DefaultEvent(), payload.Prop{Path: prop.Path, Text: value})))
		}
	}
	if all := examples(o); len(all) > 0 && !o.PartlyDocumented {
		attempts = append(attempts, s.send("all props", build(o.DefaultEvent(), all...)))
	}
	if slices.Contains(events, apizee.Delete) {
		attempts = append(attempts, s.send(o.Name+" "+apizee.Delete, build(apizee.Delete)))
	}
	return attempts
}

// examples returns the examples of the props that a default event omits.
func examples(o apizee.Object) []payload.Prop {
	var props []payload.Prop
	for _, p := range o.Props {
		if !p.Default {
			props = append(props, payload.Prop{Path: p.Path, Text: p.ExampleText()})
		}
	}
	return props
}
