package apizee

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

func (v *validator) checkProps(f member) {
	if f.raw[0] != '{' {
		v.add(Error, f.name, f.offset, describe(f.raw)+", but props is an object")
		return
	}
	members(f, func(m member) { v.checkMember(m, "") })
}

// members hands on the members of an object that was read before, so that it
// cannot fail.
func members(object member, yield func(member)) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(object.raw))
	_ = eachMember(dec, object.raw, func(m member) {
		m.offset += object.offset
		yield(m)
	})
}

// checkMember checks one key of props, or of a group such as geoloc in it.
func (v *validator) checkMember(m member, group string) {
	path := group + m.name
	if v.object == nil {
		v.remember(path, m)
		return
	}
	if prop := v.object.prop(path); prop != nil && (group == "" || !strings.Contains(m.name, ".")) {
		if _, twice := v.report.Event.Prop(path); twice {
			v.add(Notice, "props."+path, m.offset, "the prop is given twice, nested and dotted")
		}
		v.remember(path, m)
		v.checkProp(prop, m)
		return
	}
	if group == "" && v.object.isGroup(m.name) {
		if m.raw[0] != '{' {
			v.remember(path, m)
			v.add(Error, "props."+path, m.offset, describe(m.raw)+", but "+path+" is an object")
			return
		}
		members(m, func(inner member) { v.checkMember(inner, m.name+".") })
		return
	}
	v.remember(path, m)
	v.undocumented("props."+path, m.offset, "not a documented prop of "+article(v.object.Name), v.object.PropPaths())
}

func (v *validator) remember(path string, m member) {
	v.report.Event.Props = append(v.report.Event.Props, Value{Path: path, JSON: string(m.raw)})
}

// isGroup tells whether documented props nest under a key.
func (o *Object) isGroup(name string) bool {
	return slices.ContainsFunc(o.Props, func(p Prop) bool {
		group, _, nested := strings.Cut(p.Path, ".")
		return nested && group == name
	})
}

func (v *validator) checkProp(p *Prop, m member) {
	path := "props." + p.Path
	noun := v.object.Name + " " + p.Path
	switch p.Type {
	case Integer:
		v.isInteger(m, path, article(noun))
	case Number:
		v.checkNumber(p, m, path, noun)
	case DateTime:
		v.checkDate(m, path, noun)
	default:
		v.checkText(p, m, path, noun)
	}
}

func (v *validator) checkText(p *Prop, m member, path, noun string) {
	if !v.isText(m, path, article(noun)) || len(p.Values) == 0 {
		return
	}
	got := unquote(m.raw)
	switch {
	case slices.Contains(p.Values, got):
	case slices.Contains(p.Elsewhere, got):
		v.add(Notice, path, m.offset, quote(got)+" is not a documented "+noun+", but another Apizee page names it")
	default:
		v.word(Error, path, m.offset, quote(got)+" is not a documented "+noun, got, p.Values)
	}
}

func (v *validator) checkNumber(p *Prop, m member, path, noun string) {
	if !isNumber(m.raw) {
		v.add(Error, path, m.offset, describe(m.raw)+", but "+article(noun)+" is a number")
		return
	}
	if p.Range != nil && !p.Range.contains(string(m.raw)) {
		v.add(Error, path, m.offset, short(m.raw)+" is out of range; "+article(noun)+" is from "+p.Range.String())
	}
}

func (v *validator) checkDate(m member, path, noun string) {
	if !v.isText(m, path, article(noun)) {
		return
	}
	switch got := unquote(m.raw); {
	case !isDateTime(got):
		v.add(Error, path, m.offset, quote(got)+" is not a date such as 2021-09-20T13:25:06+00:00 (RFC 3339)")
	case strings.HasSuffix(got, "Z"):
		v.add(Notice, path, m.offset, quote(got)+" ends in Z; Apizee writes the offset as +00:00")
	}
}
