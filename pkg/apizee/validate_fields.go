package apizee

import "slices"

// checkFields checks the members of the event. It reports missing fields only when
// the body is whole, not truncated.
func (v *validator) checkFields(whole bool) {
	var at [len(fieldNames)]int // of each field's node, plus one
	others := 0
	for i := 0; i < len(v.nodes); i = v.nodes[i].next {
		if field := slices.Index(fieldNames[:], v.name(i)); field >= 0 {
			at[field] = i + 1
		} else {
			others++
		}
	}
	for field, name := range fieldNames {
		switch {
		case at[field] > 0:
			f := v.member(at[field] - 1)
			v.checkField(&f)
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
	name := unquote(f.json)
	v.report.Event.Name = name
	switch {
	case v.catalog.isDocumentedEvent(name):
	case slices.Contains(v.catalog.PartlyDocumentedEvents, name):
		v.add(Warning, f.name, f.offset, partlyDocumented(name, "event"))
	default:
		v.word(Error, f.name, f.offset, quote(name)+" is not a documented event", name, v.catalog.EventNames())
	}
}

func (c *Catalog) isDocumentedEvent(name string) bool {
	return slices.ContainsFunc(c.Events, func(w Word) bool { return w.Name == name })
}

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
	name := unquote(f.json)
	v.report.Event.Object = name
	v.object = v.catalog.lookupObject(name)
	v.report.Event.documented = v.object
	switch {
	case v.object != nil:
	case slices.Contains(v.catalog.PartlyDocumentedObjects, name):
		v.add(Warning, f.name, f.offset, partlyDocumented(name, "object")+"; its props are not checked")
	default:
		v.word(Error, f.name, f.offset, quote(name)+" is not a documented object", name, v.catalog.ObjectNames())
	}
}

// anyID are the types that an objectId may have when its object is unknown.
var anyID = []Type{Integer, Text}

func (v *validator) checkID(f *member) {
	v.report.Event.ID = f.json
	types := anyID
	if v.object != nil {
		types = v.object.ID.Types
	}
	switch {
	case f.json[0] == '"' && slices.Contains(types, Text):
		if f.json == `""` {
			v.add(Error, f.name, f.offset, "must not be empty")
		}
	case isNumber(f.json) && slices.Contains(types, Integer):
		v.isInteger(f, subject{field: f.name})
	default:
		v.mustBe(articles(types), f.name, f)
	}
}
