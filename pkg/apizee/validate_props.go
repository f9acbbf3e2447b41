package apizee

import (
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
)

func (v *validator) checkProps(f *member) {
	if f.json[0] != '{' {
		v.mustBe("an object", f.name, f)
		return
	}
	if f.from == f.next {
		return
	}
	v.report.Event.Props = make([]Value, 0, f.next-f.from)
	v.lenient = v.isPartly()
	for i := f.from; i < f.next; i = v.nodes[i].next {
		m := v.member(i)
		v.checkMember(&m)
	}
	if v.nested && v.dotted && !v.twice {
		v.add(Warning, f.name, f.offset, "nested and dotted names are mixed; use one form")
	}
	v.lenient = false
}

// checkMember checks one member of props: a prop, or a group of them.
func (v *validator) checkMember(m *member) {
	if v.object == nil {
		v.remember(m.name, m)
		return
	}
	if prop := v.object.prop(m.name); prop != nil {
		v.dotted = v.dotted || strings.Contains(m.name, ".")
		v.checkProp(prop, m)
		return
	}
	if v.object.isGroup(m.name) {
		v.checkGroup(m)
		return
	}
	v.undocumented(m.name, m)
}

// checkGroup checks the props that nest under one name, such as geoloc.
func (v *validator) checkGroup(group *member) {
	if group.json[0] != '{' {
		v.remember(group.name, group)
		v.mustBe("an object", "props."+group.name, group)
		return
	}
	for i := group.from; i < group.next; i = v.nodes[i].next {
		m := v.member(i)
		if prop := v.object.nestedProp(group.name, m.name); prop != nil {
			v.nested = true
			v.checkProp(prop, &m)
		} else {
			v.undocumented(group.name+"."+m.name, &m)
		}
	}
}

func (v *validator) undocumented(path string, m *member) {
	v.remember(path, m)
	if v.object.PartlyDocumented {
		return
	}
	documented := v.object.PropPaths()
	v.unknown("props."+path, m, "not a documented prop of "+Article(v.object.Name), Nearest(path, documented), documented)
}

func (v *validator) remember(path string, m *member) {
	v.report.Event.Props = append(v.report.Event.Props, Value{Path: path, JSON: m.json})
}

// isGroup reports whether documented props nest under a name.
func (o *Object) isGroup(name string) bool {
	for i := range o.Props {
		if _, within := o.Props[i].within(name); within {
			return true
		}
	}
	return false
}

// nestedProp finds a documented prop by the two parts of its path.
func (o *Object) nestedProp(group, name string) *Prop {
	for i := range o.Props {
		if rest, within := o.Props[i].within(group); within && rest == name {
			return &o.Props[i]
		}
	}
	return nil
}

// within is the rest of the prop's path after a group's name.
func (p *Prop) within(group string) (rest string, ok bool) {
	n := len(group)
	if len(p.Path) > n && p.Path[n] == '.' && p.Path[:n] == group {
		return p.Path[n+1:], true
	}
	return "", false
}

func (v *validator) checkProp(p *Prop, m *member) {
	s := subject{object: v.object, prop: p}
	if v.nested && v.dotted && v.isGiven(p.Path) {
		v.twice = true
		v.add(Warning, s.path(), m.offset, "the prop is given twice, nested and dotted")
	}
	v.remember(p.Path, m)
	switch p.Type {
	case Integer:
		v.isInteger(m, s)
	case Number:
		v.checkNumber(m, s)
	case DateTime:
		v.checkDate(m, s)
	default:
		v.checkText(m, s)
	}
}

func (v *validator) isGiven(path string) bool {
	return slices.ContainsFunc(v.report.Event.Props, func(given Value) bool { return given.Path == path })
}

func (v *validator) checkText(m *member, s subject) {
	if !v.isText(m, s) || len(s.prop.Values) == 0 {
		return
	}
	got := jsonscan.Unquote(m.json)
	switch {
	case slices.Contains(s.prop.Values, got):
	case slices.Contains(s.prop.PartlyDocumented, got):
		v.add(Warning, s.path(), m.offset, partlyDocumented(got, s.noun()))
	default:
		v.word(Error, s.path(), m.offset, quote(got)+" is not a documented "+s.noun(), got, s.prop.Values)
	}
}

func (v *validator) checkNumber(m *member, s subject) {
	if !isNumber(m.json) {
		v.mustBe("a number", s.path(), m)
		return
	}
	if r := s.prop.Range; r != nil && !r.contains(m.json) {
		what := "from " + r.String()
		if r.Of != "" {
			what = Article(r.Of) + " " + what
		}
		v.mustBe(what, s.path(), m)
	}
}

func (v *validator) checkDate(m *member, s subject) {
	if !v.isText(m, s) {
		return
	}
	switch got := jsonscan.Unquote(m.json); {
	case !IsDateTime(got):
		v.add(Error, s.path(), m.offset, quote(got)+" is not a valid RFC 3339 time such as 2021-09-20T13:25:06+00:00")
	case strings.HasSuffix(got, "Z"):
		v.add(Warning, s.path(), m.offset, quote(got)+" ends in Z; Apizee writes the offset as +00:00")
	}
}
