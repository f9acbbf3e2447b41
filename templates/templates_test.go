package templates_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/library"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/templates"
)

func sources() payload.Sources {
	return payload.Sources{
		Now:    func() time.Time { return time.Unix(1575976413, 0).UTC() },
		Random: func() uint64 { return 1 },
		Next:   func() int64 { return 1 },
	}
}

func eventTemplates(t *testing.T) library.Library {
	t.Helper()
	events, err := fs.Sub(templates.FS, "events")
	if err != nil {
		t.Fatal(err)
	}
	return library.Library{
		Kind: "template", Exts: []string{".json"}, Max: payload.MaxTemplate,
		Layers: []library.Layer{{Name: "built-in", FS: events}},
	}
}

// finder finds and parses a template by its name.
func finder(t *testing.T) func(name string) (payload.Template, error) {
	l := eventTemplates(t)
	return func(name string) (payload.Template, error) {
		f, err := l.Find(t.Context(), name)
		if err != nil {
			return payload.Template{}, err
		}
		return payload.Parse(f.Path, string(f.Text))
	}
}

// situations are the names of the templates that the catalog requires, with their content.
func situations() map[string][]string {
	all := map[string][]string{
		"ticket-geolocated":  {"ticket", "update", "geoloc.lat", "geoloc.lng"},
		"conversation-ended": {"conversation", "update", "eventType=conversationEnded", "name", "finishedAt"},
	}
	for _, o := range apizee.Documented().Objects {
		for _, p := range o.Props {
			for _, variant := range p.Variants { // a template per family, such as "ticket" of "ticket.new"
				family, _, _ := strings.Cut(variant.Value, ".")
				all[o.Name+"-"+strings.ToLower(family)] = []string{o.Name, o.DefaultEvent(), p.Path}
			}
		}
		if o.PartlyDocumented {
			continue
		}
		for _, e := range apizee.Documented().EventNames() {
			if e != "update" {
				all[o.Name+"-"+e+"d"] = []string{o.Name, e}
			}
		}
		state, _ := o.Prop("state")
		parent, hasParent := o.Prop("_parent.name")
		for _, s := range state.Values {
			name, want := o.Name+"-"+s, []string{o.Name, "update", "state=" + s}
			if !hasParent {
				all[name] = want
			}
			for _, p := range parent.Values {
				all[name+"-"+p] = append(slices.Clone(want), "_parent.name="+p, "_parent.id")
			}
		}
	}
	return all
}

// unexpected are the findings about an event, except that its object is partly documented.
func unexpected(r apizee.Report) []apizee.Finding {
	o, _ := apizee.Documented().LookupObject(r.Event.Object)
	return slices.DeleteFunc(r.Findings, func(f apizee.Finding) bool { return o.PartlyDocumented && f.Path == "object" })
}

func TestEverySituationHasItsTemplate(t *testing.T) {
	find := finder(t)
	for name, want := range situations() {
		tpl, err := find(name)
		if err != nil {
			t.Error(err)
			continue
		}
		body, err := tpl.Render(nil, sources())
		if err != nil {
			t.Error(err)
			continue
		}
		r := apizee.Documented().Validate(body)
		if findings := unexpected(r); len(findings) > 0 {
			t.Errorf("%s: %s: %v", name, body, findings)
		}
		if r.Event.Object != want[0] || r.Event.Name != want[1] {
			t.Errorf("%s: %s is no %v", name, body, want[:2])
		}
		for _, prop := range want[2:] {
			path, value, _ := strings.Cut(prop, "=")
			if v, ok := r.Event.Prop(path); !ok || value != "" && v.Text() != value {
				t.Errorf("%s: %s has no %s", name, body, prop)
			}
		}
	}
}

// The values of the catalog are all sent by some template.
func TestEveryDocumentedValueIsSent(t *testing.T) {
	sent := map[string]bool{}
	find := finder(t)
	infos, err := eventTemplates(t).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range infos {
		tpl, err := find(info.Name)
		if err != nil {
			t.Fatal(err)
		}
		body, err := tpl.Render(nil, sources())
		if err != nil {
			t.Fatal(err)
		}
		e := apizee.Documented().Validate(body).Event
		sent[e.Object+" "+e.Name] = true
		for _, v := range e.Props {
			sent[e.Object+" "+v.Path] = true
			sent[e.Object+" "+v.Path+"="+v.Text()] = true
		}
	}
	for _, o := range apizee.Documented().Objects {
		if o.PartlyDocumented {
			continue
		}
		for _, e := range apizee.Documented().EventNames() {
			if !sent[o.Name+" "+e] {
				t.Errorf("no template sends %s %s", o.Name, e)
			}
		}
		for _, p := range o.Props {
			if !sent[o.Name+" "+p.Path] {
				t.Errorf("no template sends %s %s", o.Name, p.Path)
			}
			for _, v := range p.Values {
				if !sent[o.Name+" "+p.Path+"="+v] {
					t.Errorf("no template sends %s %s=%s", o.Name, p.Path, v)
				}
			}
		}
	}
}

func TestNoOrphans(t *testing.T) {
	want := situations()
	described := map[string]string{}
	files := 0
	err := fs.WalkDir(templates.FS, "events", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files++
		}
		return err
	})
	if err != nil || files != len(want) {
		t.Errorf("%d files for %d situations, %v", files, len(want), err)
	}
	infos, err := eventTemplates(t).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range infos {
		if _, ok := want[info.Name]; !ok {
			t.Errorf("%s: nothing documented calls for it", info.Name)
		}
		description := payload.Describe(string(info.Text))
		if description == "" || described[description] != "" {
			t.Errorf("%s: description %q, as %s", info.Name, description, described[description])
		}
		described[description] = info.Name
	}
}

// Each template accepts an id, and no variable is required.
func TestVariables(t *testing.T) {
	find := finder(t)
	for name := range situations() {
		tpl, err := find(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range tpl.Vars() {
			if v.Required {
				t.Errorf("%s needs %s", name, v.Name)
			}
		}
		body, err := tpl.Render(payload.Vars{"id": 4211}, sources())
		if err != nil {
			t.Fatal(err)
		}
		if r := apizee.Documented().Validate(body); r.Event.IDText() != "4211" || len(unexpected(r)) > 0 {
			t.Errorf("%s: %s: %v", name, body, r.Findings)
		}
	}
}
