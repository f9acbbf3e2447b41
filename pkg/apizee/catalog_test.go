package apizee

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// render returns an event as a body.
func render(e ordered) []byte { return e.document() }

// withProp returns the documented example of an event with only one prop.
func withProp(o *Object, p Prop, nest bool) []byte {
	e := exampleEvent(o, o.DefaultEvent())
	props := ordered{{p.Path, exampleValue(p)}}
	if nest {
		props = nested([]Prop{p}, exampleValue, func(members ordered) any { return members })
	}
	e[len(e)-1].value = props
	return render(e)
}

// unexpected are the findings about a valid event: for a partly documented object, all but
// the warning that it is one.
func unexpected(r Report) []Finding {
	if o := r.Event.documented; o != nil && o.PartlyDocumented && len(r.Findings) > 0 && r.Findings[0].Path == "object" {
		return r.Findings[1:]
	}
	return r.Findings
}

func TestCatalogExamples(t *testing.T) {
	for i := range catalog.Objects {
		o := &catalog.Objects[i]
		var bodies [][]byte
		for _, event := range catalog.EventNamesOf(*o) {
			bodies = append(bodies, render(exampleEvent(o, event)))
		}
		for _, p := range o.Props {
			bodies = append(bodies, withProp(o, p, true), withProp(o, p, false))
		}
		for _, body := range bodies {
			if findings := unexpected(catalog.Validate(body)); len(findings) > 0 {
				t.Errorf("%s: %q", body, lines(findings))
			}
		}
	}
}

// Every documented word is valid, and every partly documented word gives a warning.
func TestCatalogWords(t *testing.T) {
	for i := range catalog.Objects {
		o := &catalog.Objects[i]
		for _, p := range o.Props {
			for _, word := range slices.Concat(p.Values, p.PartlyDocumented) {
				p.Example = `"` + word + `"`
				report := catalog.Validate(withProp(o, p, true))
				if noticed := len(unexpected(report)) > 0; !report.OK() || noticed != slices.Contains(p.PartlyDocumented, word) {
					t.Errorf("%s %s=%s: %q", o.Name, p.Path, word, lines(report.Findings))
				}
			}
		}
	}
}

func TestCatalogIsConsistent(t *testing.T) {
	unique := func(what string, names []string) {
		t.Helper()
		slices.Sort(names)
		if len(slices.Compact(slices.Clone(names))) != len(names) || slices.Contains(names, "") {
			t.Errorf("%s: %q", what, names)
		}
	}
	unique("objects", catalog.ObjectNames())
	unique("events", append(catalog.EventNames(), catalog.pageEvents()...))
	for _, o := range catalog.Objects {
		unique("paths of "+o.Name, o.PropPaths())
		var flags []string
		for _, p := range o.Props {
			flags = append(flags, p.Flag)
			unique(o.Name+" "+p.Path, append(slices.Clone(p.Values), p.PartlyDocumented...))
			if p.Description == "" || !json.Valid([]byte(p.Example)) {
				t.Errorf("%s %s is not told: %+v", o.Name, p.Path, p)
			}
			if strings.Count(p.Path, ".") > 1 {
				t.Errorf("%s %s is deeper than the reader looks", o.Name, p.Path)
			}
		}
		unique("flags of "+o.Name, flags)
		if !json.Valid([]byte(o.ID.Example)) || len(o.ID.Types) == 0 || o.Description == "" {
			t.Errorf("%s is not told: %+v", o.Name, o)
		}
	}
}

func TestCatalogLookups(t *testing.T) {
	ticket, ok := catalog.LookupObject("ticket")
	if !ok || ticket.Name != "ticket" {
		t.Fatalf("LookupObject(ticket) = %v, %v", ticket.Name, ok)
	}
	if _, ok := catalog.LookupObject("Ticket"); ok {
		t.Error("found Ticket")
	}
	if p, ok := ticket.Prop("geoloc.lat"); !ok || p.Flag != "lat" {
		t.Errorf("Prop(geoloc.lat) = %+v, %v", p, ok)
	}
	if _, ok := ticket.Prop("lat"); ok {
		t.Error("found lat")
	}
	var names []string
	for _, f := range catalog.Fields() {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff(FieldNames(), names); diff != "" {
		t.Errorf("fields (-names +fields):\n%s", diff)
	}
	if diff := cmp.Diff([]Word{{"create", catalog.Events[0].Description}}, catalog.Events[:1]); diff != "" {
		t.Error(diff)
	}
}

// A caller may change a returned list.
func TestCatalogIsNotShared(t *testing.T) {
	lists := map[string]func() []string{
		"EventNames": catalog.EventNames, "ObjectNames": catalog.ObjectNames, "FieldNames": FieldNames,
	}
	for name, list := range lists {
		list()[0] = "changed"
		if list()[0] == "changed" {
			t.Errorf("%s returns the catalog itself", name)
		}
	}
	documented := catalog.Validate([]byte(body("ticket", "1", `{"state":"x"}`))).Findings[0].Documented
	documented[0] = "changed"
	if catalog.Objects[0].Props[0].Values[0] == "changed" {
		t.Error("a finding returns the catalog itself")
	}
}
