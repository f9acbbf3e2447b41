package audit

import (
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// partlyRules has a rule about all partly documented objects, in a group of its own. An
// endpoint that rejects such an event is only warned, which costs half a rule of the score:
// their pages are not complete enough to demand more.
func partlyRules(c *apizee.Catalog) []Rule {
	var objects []apizee.Object
	var pages []string
	for _, o := range c.Objects {
		if o.PartlyDocumented {
			objects = append(objects, o)
			pages = append(pages, fmt.Sprintf("%q (%s)", o.Page, o.Name))
		}
	}
	if objects == nil {
		return nil
	}
	return []Rule{{
		Name: "partly-documented", Title: "Every event of Apizee's newer pages",
		Why:      "Apizee documents them in part, on the pages " + strings.Join(pages, " and ") + ". They may arrive at the same URL.",
		Expected: "2xx for each; ignore those that you do not use", want: shouldAccept(),
		try: func(s *session) []attempt {
			var attempts []attempt
			for _, o := range objects {
				attempts = append(attempts, documentedEvents(s, c.EventNamesOf(o), o)...)
			}
			return attempts
		},
	}}
}
