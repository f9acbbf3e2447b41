package apizee

import (
	"slices"
	"strings"
)

// checkFields checks the five members of the body. Of a body that was cut
// short it does not say what is missing.
func (v *validator) checkFields(fields []member, whole bool) {
	var known [len(fieldNames)]*member
	for i, f := range fields {
		if at := slices.Index(fieldNames[:], f.name); at >= 0 {
			known[at] = &fields[i]
		}
	}
	checks := [len(fieldNames)]func(member){v.checkEvent, v.checkTime, v.checkObject, v.checkID, v.checkProps}
	for i, check := range checks {
		switch {
		case known[i] != nil:
			check(*known[i])
		case whole:
			v.add(Error, fieldNames[i], 0, "the field is missing")
		}
	}
	for _, f := range fields {
		if !slices.Contains(fieldNames[:], f.name) {
			v.undocumented(f.name, f.offset, "not a documented field", fieldNames[:])
		}
	}
}

func (v *validator) undocumented(path string, offset int, message string, documented []string) {
	v.report.Findings = append(v.report.Findings, Finding{
		Severity: Notice, Path: path, Message: message, Offset: offset,
		Suggestion: Nearest(strings.TrimPrefix(path, "props."), documented),
	})
}

func (v *validator) checkEvent(f member) {
	if !v.isText(f, f.name, "the event's name") {
		return
	}
	name := unquote(f.raw)
	v.report.Event.Name = name
	for _, e := range events {
		if e.Name == name {
			return
		}
	}
	if slices.Contains(elsewhereEvents, name) {
		v.add(Notice, f.name, f.offset, quote(name)+" is not a documented event, but another Apizee page names it")
		return
	}
	v.word(Error, f.name, f.offset, quote(name)+" is not a documented event", name, EventNames())
}

func (v *validator) checkTime(f member) {
	v.report.Event.Time = string(f.raw)
	if !v.isInteger(f, f.name, "the time") {
		return
	}
	switch seconds := Seconds(string(f.raw)); {
	case seconds < 0:
		v.add(Notice, f.name, f.offset, string(f.raw)+" is before 1970; a UNIX timestamp in seconds is documented")
	case isMilliseconds(seconds):
		v.add(Notice, f.name, f.offset, string(f.raw)+" looks like milliseconds; a UNIX timestamp in seconds is documented")
	}
}

func (v *validator) checkObject(f member) {
	if !v.isText(f, f.name, "the object's name") {
		return
	}
	name := unquote(f.raw)
	v.report.Event.Object = name
	v.object = lookupObject(name)
	switch {
	case v.object != nil:
	case slices.Contains(elsewhereObjects, name):
		v.add(Notice, f.name, f.offset, quote(name)+" is not a documented object, but another Apizee page names it; its props are not checked")
	default:
		v.word(Error, f.name, f.offset, quote(name)+" is not a documented object", name, ObjectNames())
	}
}

func (v *validator) checkID(f member) {
	v.report.Event.ID = unquote(f.raw)
	owner, types := "an objectId", []Type{Integer, Text}
	if v.object != nil {
		owner, types = article(v.object.Name)+"'s objectId", v.object.ID.Types
	}
	kind := f.raw[0]
	switch {
	case kind == '"' && slices.Contains(types, Text):
		if len(f.raw) == len(`""`) {
			v.add(Error, f.name, f.offset, "the id is empty")
		}
	case isNumber(f.raw) && slices.Contains(types, Integer):
		v.isInteger(f, f.name, owner)
	default:
		v.add(Error, f.name, f.offset, describe(f.raw)+", but "+owner+" is "+articles(types))
	}
}
