package audit

import (
	"slices"
	"strconv"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

func toleranceRules(c *apizee.Catalog) []Rule {
	return []Rule{
		{
			Name: "unknown-state", Title: "Undocumented ticket state",
			Why:      "Platforms add states without notice. An endpoint that accepts only the documented ones loses these events.",
			Expected: "2xx; log or ignore the state", want: shouldAccept(),
			try: func(s *session) []attempt {
				var attempts []attempt
				for _, state := range undocumentedStates(c) {
					body := s.build(apizee.Ticket, apizee.Create, payload.Prop{Path: apizee.PropState, Text: state})
					attempts = append(attempts, s.send(apizee.PropState+"="+state, body))
				}
				return attempts
			},
		},
		{
			Name: "unknown-object", Title: "Undocumented object",
			Why:      "Apizee's newer pages have objects that the older ones do not. Events about the next one may arrive at the same URL.",
			Expected: "2xx; ignore the event", want: shouldAccept(),
			try: func(s *session) []attempt {
				return []attempt{s.send("", s.build("whiteboard", apizee.Create, payload.Prop{Path: "id", Text: "1"}))}
			},
		},
		{
			Name: "extra-prop", Title: "Undocumented prop",
			Why:      "New props are the most common change.",
			Expected: "2xx; ignore the prop", want: shouldAccept(),
			try: func(s *session) []attempt {
				return []attempt{s.send("", s.build(apizee.Ticket, apizee.Create, payload.Prop{Path: apizee.PropState, Text: apizee.StateOpen},
					payload.Prop{Path: "priority", Text: `{"level":3,"tags":["a","b"]}`}))}
			},
		},
		{
			Name: "extra-field", Title: "Undocumented field beside the five documented ones",
			Why:      "A delivery ID or a version are likely additions.",
			Expected: "2xx; ignore the field", want: shouldAccept(),
			try: func(s *session) []attempt {
				body := s.ordinary()
				return []attempt{s.send("", append(body[:len(body)-1], `,"deliveryId":"d-1"}`...))}
			},
		},
		{
			Name: "dotted-props", Title: "Props with a dot in their names",
			Why:      "The documentation writes geoloc.lat and _parent.id, and does not say whether these are nested objects or names with a dot.",
			Expected: "2xx for both forms, nested and dotted", want: shouldAccept(),
			try: func(s *session) []attempt {
				var attempts []attempt
				for _, o := range c.Objects {
					if !o.PartlyDocumented && slices.ContainsFunc(o.PropPaths(), isGrouped) {
						attempts = append(attempts, nestedAndDotted(s, o)...)
					}
				}
				return attempts
			},
		},
		{
			Name: "nulls", Title: "Null values",
			Why:      "A ticket may have no position, a conversation no name. Code that reads a field of null fails with a 500.",
			Expected: "2xx, or 4xx where the value is required", want: acceptOrReject(),
			try: func(s *session) []attempt {
				group, _, _ := strings.Cut(apizee.PropLatitude, ".")
				return []attempt{
					s.send("null state", s.withNulls(s.ordinary(), props(apizee.PropState))),
					s.send("null "+group, s.withNulls(s.ordinary(), props(group))),
					s.send("null name", s.withNulls(s.build(apizee.Conversation, apizee.Create), props(apizee.PropName), props(apizee.PropFinishedAt))),
					s.send("null props", s.withNulls(s.build(apizee.Media, apizee.Create), "props")),
				}
			},
		},
		{
			Name: "unicode", Title: "Emoji and right-to-left text in a name",
			Why:      "Users choose the names of conversations. A database column with the wrong character set rejects the whole event.",
			Expected: "2xx; store the name unchanged", want: mustAccept(),
			pointless: rejectsConversations,
			try:       sendNames("Équipe 👩🏽‍💻🚀", "مكالمة دعم ۱۲", "שיחה \u202eabc\u202c", "e\u0301 \U0001F4A9"),
		},
		{
			Name: "quotes", Title: "Apostrophe, quote, backslash and percent sign in a name",
			Why:      "A name that is put into SQL, a format or a shell command without escaping breaks it, or becomes a part of it.",
			Expected: "2xx; store the name unchanged", want: mustAccept(),
			pointless: rejectsConversations,
			try:       sendNames("L'équipe d'Anne", `the "blue" team`, `C:\new\table`, "100% of 50%s %d", "'; --"),
		},
		{
			Name: "nul", Title: "NUL character in a name",
			Why:      "JSON allows \\u0000 in a string; databases such as PostgreSQL do not, and fail late.",
			Expected: "2xx with the character kept or removed, or 4xx", want: acceptOrReject(),
			pointless: rejectsConversations,
			try:       sendNames("support\u0000call"),
		},
		{
			Name: "large-id", Title: "IDs past 2^53",
			Why:      "IDs are integers without a documented limit. JavaScript rounds those past 2^53, so that two tickets become one; columns of 32 bits overflow.",
			Expected: "2xx; store the ID exactly", want: shouldAccept(), effect: true,
			try: largeIDs,
		},
		{
			Name: "long-name", Title: "Name of 200 KB",
			Why:      "No limit is documented, and common body parsers stop at 100 KB by default. An event that is rejected is lost.",
			Expected: "2xx", want: shouldAccept(),
			pointless: rejectsConversations,
			try:       sendNames(strings.Repeat("name ", 40_000)),
		},
	}
}

// largeIDs creates two tickets whose IDs are one when they are rounded to a float of 64 bits. Where they are
// one object, the second event overwrites the state of the first.
func largeIDs(s *session) []attempt {
	id := int64(1)<<53 + 4*int64(s.next())
	var attempts []attempt
	var changes []change
	for i, state := range []string{apizee.StateNew, apizee.StateInProgress} {
		t := s.object(apizee.Ticket)
		t.id = strconv.FormatInt(id+int64(i), 10)
		a := t.send("ID "+t.id, apizee.Create, state, 0)
		attempts = append(attempts, a)
		if a.reaction() == accepted {
			changes = append(changes, t.last)
		}
	}
	if s.seesEffects() {
		for _, c := range slices.Backward(changes) { // the first is overwritten by then, if it is ever
			attempts = append(attempts, s.shows("effect of ID "+c.id, c))
		}
	}
	return attempts
}

// rejectsConversations is for the rules about the name of a conversation: an endpoint that accepts no
// conversation shows nothing by rejecting a name.
func rejectsConversations(s *session) string {
	if s.named == nil {
		a := s.send("", s.withName("support"))
		s.named = &a
	}
	if s.named.judgeAs(mustAccept()) == Failed {
		return "an ordinary event about a conversation: " + s.named.describe()
	}
	return ""
}

// sendNames sends an event for each name.
func sendNames(names ...string) func(*session) []attempt {
	return func(s *session) []attempt {
		var attempts []attempt
		for _, name := range names {
			attempts = append(attempts, s.send("name "+payload.Short(name), s.withName(name)))
		}
		return attempts
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
func nestedAndDotted(s *session, o apizee.Object) []attempt {
	build := func() []byte { return s.build(o.Name, apizee.Create, examples(o)...) }
	nested := build()
	dotted, err := payload.Dotted(s.options.Catalog, build())
	if err != nil {
		panic(err)
	}
	return []attempt{s.send(o.Name+", nested", nested).wants(mustAccept()), s.send(o.Name+", dotted", dotted)}
}
