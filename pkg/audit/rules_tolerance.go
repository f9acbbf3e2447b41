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
			Name: "unknown-state", Group: tolerance, Title: "A state that is not documented",
			Why:  "Platforms get new states without a word; a strict list of the old ones turns each into a lost event.",
			Good: "2xx, and the state is logged or ignored", want: shouldAccept(),
			try: func(p *probe) []attempt {
				var attempts []attempt
				for _, state := range unknownStates(c) {
					body := p.build(apizee.Ticket, apizee.Update, payload.Prop{Path: apizee.PropState, Text: state})
					attempts = append(attempts, attempt{label: apizee.PropState + "=" + state, result: p.send(body)})
				}
				return attempts
			},
		},
		{
			Name: "unknown-object", Group: tolerance, Title: "An object that is not documented",
			Why:  "Other public pages name objects that this documentation does not; they may arrive at the same URL.",
			Good: "2xx, and the event is ignored", want: shouldAccept(),
			try: func(p *probe) []attempt {
				var attempts []attempt
				for _, object := range c.ElsewhereObjects {
					attempts = append(attempts, attempt{label: object, result: p.send(p.build(object, apizee.Update, payload.Prop{Path: "id", Text: "1"}))})
				}
				return attempts
			},
		},
		{
			Name: "extra-prop", Group: tolerance, Title: "A prop that is not documented",
			Why:  "New props are the commonest change of all.",
			Good: "2xx, and the prop is ignored", want: shouldAccept(),
			try: func(p *probe) []attempt {
				return one("", p.send(p.build(apizee.Ticket, apizee.Update, payload.Prop{Path: apizee.PropState, Text: apizee.StateOpen},
					payload.Prop{Path: "priority", Text: `{"level":3,"tags":["a","b"]}`})))
			},
		},
		{
			Name: "extra-field", Group: tolerance, Title: "A field beside the five documented ones",
			Why:  "An envelope grows too: a delivery id or a version is a likely addition.",
			Good: "2xx, and the field is ignored", want: shouldAccept(),
			try: func(p *probe) []attempt {
				body := p.ordinary()
				return one("", p.send(append(body[:len(body)-1], `,"deliveryId":"d-1"}`...)))
			},
		},
		{
			Name: "dotted-props", Group: tolerance, Title: "Props with a dot in their names, not nested",
			Why:  "The documentation writes geoloc.lat and _parent.id, and does not say which of the two spellings it means.",
			Good: "2xx to the nested and to the dotted spelling", want: shouldAccept(),
			try: func(p *probe) []attempt {
				var attempts []attempt
				for _, o := range c.Objects {
					if slices.ContainsFunc(o.PropPaths(), isGrouped) {
						attempts = append(attempts, spellings(p, o)...)
					}
				}
				return attempts
			},
		},
		{
			Name: "nulls", Group: tolerance, Title: "Nulls where there was a value",
			Why:  "A ticket without a position, a conversation without a name: code that reaches into a null ends in a 500.",
			Good: "2xx, or 4xx where the value is needed", want: mustSurvive(),
			try: func(p *probe) []attempt {
				group, _, _ := strings.Cut(apizee.PropLatitude, ".")
				return []attempt{
					{label: "a null state", result: p.send(p.nulled(p.ordinary(), props(apizee.PropState)))},
					{label: "a null group", result: p.send(p.nulled(p.ordinary(), props(group)))},
					{label: "a null name", result: p.send(p.nulled(p.build(apizee.Conversation, apizee.Update), props(apizee.PropName), props(apizee.PropFinishedAt)))},
					{label: "null props", result: p.send(p.nulled(p.build(apizee.Media, apizee.Update), "props"))},
				}
			},
		},
		{
			Name: "unicode", Group: tolerance, Title: "Emoji and right-to-left text in a name",
			Why:  "People name conversations as they like; a database column of the wrong kind refuses the whole event.",
			Good: "2xx, and the name is stored as it came", want: mustAccept(),
			try: func(p *probe) []attempt {
				var attempts []attempt
				for _, name := range []string{"Équipe 👩🏽‍💻🚀", "مكالمة دعم ۱۲", "שיחה \u202eabc\u202c", "e\u0301 \u0000 \U0001F4A9"} {
					body := p.build(apizee.Conversation, apizee.Update, payload.Prop{Path: apizee.PropName, Text: name})
					attempts = append(attempts, attempt{label: "the name " + name, result: p.send(body)})
				}
				return attempts
			},
		},
		{
			Name: "long-name", Group: tolerance, Title: "A name of 200 KB",
			Why:  "Nothing documents a limit, and 100 KB is where common body parsers stop by default.",
			Good: "2xx, or 413 at once", want: mustSurvive(),
			try: func(p *probe) []attempt {
				long := p.build(apizee.Conversation, apizee.Update, payload.Prop{Path: apizee.PropName, Text: strings.Repeat("name ", 40_000)})
				return p.andGoesOn(attempt{label: "the long name", result: p.send(long)})
			},
		},
	}
}

// unknownStates are the states that only other pages name, and one that nobody does.
func unknownStates(c *apizee.Catalog) []string {
	states := []string{"teleported"}
	if o, ok := c.LookupObject(apizee.Ticket); ok {
		if prop, ok := o.Prop(apizee.PropState); ok {
			states = append(states, prop.Elsewhere...)
		}
	}
	return states
}

// props is the path of a prop in an event.
func props(path string) string { return "props." + path }

func isGrouped(path string) bool { return strings.Contains(path, ".") }

// spellings sends every prop of an object, nested and dotted.
func spellings(p *probe, o apizee.Object) []attempt {
	nested := p.build(o.Name, apizee.Update, examples(o)...)
	dotted, err := payload.Dotted(p.options.Catalog, nested)
	if err != nil {
		panic(err)
	}
	return []attempt{
		{label: o.Name + ", nested", result: p.send(nested), want: mustAccept()},
		{label: o.Name + ", dotted", result: p.send(dotted)},
	}
}
