package audit

import (
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

func toleranceRules(c *apizee.Catalog) []Rule {
	return []Rule{
		{
			Name: "unknown-state", Group: tolerance, Title: "Undocumented ticket state",
			Why:      "Platforms add states without notice. An endpoint that accepts only the documented ones loses these events.",
			Expected: "2xx; log or ignore the state", want: shouldAccept(),
			try: func(p *probe) []attempt {
				var attempts []attempt
				for _, state := range undocumentedStates(c) {
					body := p.build(apizee.Ticket, apizee.Update, payload.Prop{Path: apizee.PropState, Text: state})
					attempts = append(attempts, attempt{label: apizee.PropState + "=" + state, result: p.send(body)})
				}
				return attempts
			},
		},
		{
			Name: "unknown-object", Group: tolerance, Title: "Undocumented object",
			Why:      "Apizee's newer pages have objects that the older ones do not. Events about the next one may arrive at the same URL.",
			Expected: "2xx; ignore the event", want: shouldAccept(),
			try: func(p *probe) []attempt {
				return one("", p.send(p.build("whiteboard", apizee.Update, payload.Prop{Path: "id", Text: "1"})))
			},
		},
		{
			Name: "extra-prop", Group: tolerance, Title: "Undocumented prop",
			Why:      "New props are the most common change.",
			Expected: "2xx; ignore the prop", want: shouldAccept(),
			try: func(p *probe) []attempt {
				return one("", p.send(p.build(apizee.Ticket, apizee.Update, payload.Prop{Path: apizee.PropState, Text: apizee.StateOpen},
					payload.Prop{Path: "priority", Text: `{"level":3,"tags":["a","b"]}`})))
			},
		},
		{
			Name: "extra-field", Group: tolerance, Title: "Undocumented field beside the five documented ones",
			Why:      "A delivery ID or a version are likely additions.",
			Expected: "2xx; ignore the field", want: shouldAccept(),
			try: func(p *probe) []attempt {
				body := p.ordinary()
				return one("", p.send(append(body[:len(body)-1], `,"deliveryId":"d-1"}`...)))
			},
		},
		{
			Name: "dotted-props", Group: tolerance, Title: "Props with a dot in their names",
			Why:      "The documentation writes geoloc.lat and _parent.id, and does not say whether these are nested objects or names with a dot.",
			Expected: "2xx for both forms, nested and dotted", want: shouldAccept(),
			try: func(p *probe) []attempt {
				var attempts []attempt
				for _, o := range c.Objects {
					if !o.PartlyDocumented && slices.ContainsFunc(o.PropPaths(), isGrouped) {
						attempts = append(attempts, nestedAndDotted(p, o)...)
					}
				}
				return attempts
			},
		},
		{
			Name: "nulls", Group: tolerance, Title: "Null values",
			Why:      "A ticket may have no position, a conversation no name. Code that reads a field of null fails with a 500.",
			Expected: "2xx, or 4xx where the value is required", want: acceptOrReject(),
			try: func(p *probe) []attempt {
				group, _, _ := strings.Cut(apizee.PropLatitude, ".")
				return []attempt{
					{label: "null state", result: p.send(p.withNulls(p.ordinary(), props(apizee.PropState)))},
					{label: "null " + group, result: p.send(p.withNulls(p.ordinary(), props(group)))},
					{label: "null name", result: p.send(p.withNulls(p.build(apizee.Conversation, apizee.Update), props(apizee.PropName), props(apizee.PropFinishedAt)))},
					{label: "null props", result: p.send(p.withNulls(p.build(apizee.Media, apizee.Update), "props"))},
				}
			},
		},
		{
			Name: "unicode", Group: tolerance, Title: "Emoji and right-to-left text in a name",
			Why:      "Users choose the names of conversations. A database column with the wrong character set rejects the whole event.",
			Expected: "2xx; store the name unchanged", want: mustAccept(),
			try: func(p *probe) []attempt {
				var attempts []attempt
				for _, name := range []string{"Équipe 👩🏽‍💻🚀", "مكالمة دعم ۱۲", "שיחה \u202eabc\u202c", "e\u0301 \u0000 \U0001F4A9"} {
					body := p.build(apizee.Conversation, apizee.Update, payload.Prop{Path: apizee.PropName, Text: name})
					attempts = append(attempts, attempt{label: "name " + name, result: p.send(body)})
				}
				return attempts
			},
		},
		{
			Name: "long-name", Group: tolerance, Title: "Name of 200 KB",
			Why:      "No limit is documented, and common body parsers stop at 100 KB by default.",
			Expected: "2xx or 413; 2xx for the next event", want: acceptOrReject(),
			try: func(p *probe) []attempt {
				long := p.build(apizee.Conversation, apizee.Update, payload.Prop{Path: apizee.PropName, Text: strings.Repeat("name ", 40_000)})
				return p.withNextEvent(attempt{label: "long name", result: p.send(long)})
			},
		},
	}
}

// undocumentedStates returns the states that only other Apizee pages name, and an invented one.
func undocumentedStates(c *apizee.Catalog) []string {
	states := []string{"teleported"}
	if o, ok := c.LookupObject(apizee.Ticket); ok {
		if prop, ok := o.Prop(apizee.PropState); ok {
			states = append(states, prop.PartlyDocumented...)
		}
	}
	return states
}

// props returns the path of a prop in an event.
func props(path string) string { return "props." + path }

func isGrouped(path string) bool { return strings.Contains(path, ".") }

// nestedAndDotted sends every prop of an object, in both forms.
func nestedAndDotted(p *probe, o apizee.Object) []attempt {
	nested := p.build(o.Name, o.DefaultEvent(), examples(o)...)
	dotted, err := payload.Dotted(p.options.Catalog, nested)
	if err != nil {
		panic(err)
	}
	return []attempt{
		{label: o.Name + ", nested", result: p.send(nested), want: mustAccept()},
		{label: o.Name + ", dotted", result: p.send(dotted)},
	}
}
