package apizee

import (
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
)

// checkFields checks the members of the event. It reports missing fields only when
// the body is whole, not truncated.
func (v *validator) checkFields(whole bool) {
	var fields [len(fieldNames)]member // without JSON where they are missing
	others := 0
	for i := 0; i < len(v.nodes); i = v.nodes[i].next {
		f := v.member(i)
		if field := slices.Index(fieldNames[:], f.name); field >= 0 {
			fields[field] = f
		} else {
			others++
		}
	}
	v.findObject(&fields[slices.Index(fieldNames[:], "object")]) // it decides how the others are checked
	for i, name := range fieldNames {
		switch {
		case fields[i].json != "":
			v.checkField(&fields[i])
		case whole:
			v.add(Error, name, 0, "the field is missing")
		}
	}
	if others > 0 {
		v.checkOthers()
	}
}

func (v *validator) checkField(f *member) {
	switch f.name {
	case "event":
		v.checkEvent(f)
	case "time":
		v.checkTime(f)
	case "object":
		v.checkObject(f)
	case "objectId":
		v.checkID(f)
	case "props":
		v.checkProps(f)
	}
}

func (v *validator) checkOthers() {
	for i := 0; i < len(v.nodes); i = v.nodes[i].next {
		f := v.member(i)
		if !slices.Contains(fieldNames[:], f.name) {
			v.unknown(f.name, &f, "not a documented field", v.meantField(f.name), fieldNames[:])
		}
	}
}

// meantField is the path of a prop that was put among the fields by mistake, else the nearest field.
func (v *validator) meantField(name string) string {
	if o := v.object; o != nil && (o.prop(name) != nil || o.isGroup(name)) {
		return "props." + name
	}
	return Nearest(name, fieldNames[:])
}

func (v *validator) checkEvent(f *member) {
	if !v.isText(f, subject{field: f.name}) {
		return
	}
	name := jsonscan.Unquote(f.json)
	v.report.Event.Name = name
	switch {
	case v.isDocumentedEvent(name):
	case slices.Contains(v.catalog.pageEvents(), name):
		v.add(Warning, f.name, f.offset, partlyDocumented(name, "event"))
	case v.isPartly():
		v.word(Warning, f.name, f.offset, quote(name)+" is not a documented event of "+Article(v.object.Name), name, v.catalog.EventNamesOf(*v.object))
	default:
		v.word(Error, f.name, f.offset, quote(name)+" is not a documented event", name, v.catalog.EventNames())
	}
}

func (v *validator) isDocumentedEvent(name string) bool {
	if v.object != nil && v.object.Events != nil {
		return slices.Contains(v.object.Events, name)
	}
	return slices.ContainsFunc(v.catalog.Events, func(w Word) bool { return w.Name == name })
}

// isPartly reports whether the event is about a partly documented object.
func (v *validator) isPartly() bool { return v.object != nil && v.object.PartlyDocumented }

func (v *validator) checkTime(f *member) {
	v.report.Event.Time = f.json
	if !v.isInteger(f, subject{field: f.name}) {
		return
	}
	switch seconds := Seconds(f.json); {
	case seconds < 0:
		v.add(Warning, f.name, f.offset, short(f.json)+" is before 1970; a UNIX timestamp in seconds is documented")
	case IsMilliseconds(seconds):
		v.add(Warning, f.name, f.offset, short(f.json)+" looks like milliseconds; a UNIX timestamp in seconds is documented")
	}
}

func (v *validator) checkObject(f *member) {
	if !v.isText(f, subject{field: f.name}) {
		return
	}
	name := jsonscan.Unquote(f.json)
	switch {
	case v.isPartly():
		v.add(Warning, f.name, f.offset, quote(name)+" is a partly documented object (Apizee's page "+quote(v.object.Page)+")")
	case v.object == nil:
		v.suggest(Error, f.name, f.offset, quote(name)+" is not a documented object", v.catalog.NearestObject(name), v.catalog.DocumentedNames())
	}
}

func (v *validator) findObject(f *member) {
	if !strings.HasPrefix(f.json, `"`) {
		return
	}
	v.report.Event.Object = jsonscan.Unquote(f.json)
	v.object = v.catalog.lookupObject(v.report.Event.Object)
	v.report.Event.documented = v.object
}

// anyID are the types that an objectId may have when its object is unknown.
var anyID = []Type{Integer, Text}

func (v *validator) checkID(f *member) {
	v.report.Event.ID = f.json
	types := anyID
	if v.object != nil {
		types = v.object.ID.Types
	}
	isText := f.json[0] == '"'
	switch {
	case isText && slices.Contains(types, Text):
		if f.json == `""` {
			v.lenient = v.isPartly()
			v.add(Error, f.name, f.offset, "must not be empty")
			v.lenient = false
		}
	case isNumber(f.json) && slices.Contains(types, Integer):
		v.isInteger(f, subject{field: f.name})
	case !v.isPartly():
		v.mustBe(articles(types), f.name, f)
	case isText || isNumber(f.json) && IsWhole(f.json):
		v.add(Warning, f.name, f.offset, "is assumed to be "+articles(types)+", as the page does not say")
	default:
		v.mustBe(articles(anyID), f.name, f)
	}
}
