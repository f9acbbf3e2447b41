package generate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// prop is a documented prop as it is written: its place and its value.
type prop struct {
	group string // `"geoloc":{`, or "" without a group
	name  string // `"lat":`
	value value
}

// propsOf returns the props of an object in documented order, those of a group together.
func propsOf(o apizee.Object, values map[string]value) []prop {
	var props []prop
	toldStage := false
	for _, p := range o.Props {
		own := prop{name: key(p.Path), value: values[p.Path]}
		if group, rest, nested := strings.Cut(p.Path, "."); nested {
			own.group, own.name = key(group)+"{", key(rest)
		}
		switch {
		case own.value != nil:
		case !toldStage && len(p.Values) > 0:
			own.value, toldStage = appendState, true
		default:
			own.value = anyValue(p)
		}
		if states := shownWith(o, p.Path); states != nil {
			own.value = own.value.only(states)
		}
		at := len(props)
		for i := range props {
			if own.group != "" && props[i].group == own.group {
				at = i + 1
			}
		}
		props = slices.Insert(props, at, own)
	}
	return props
}

// shownWith returns the values of another prop with which a prop is documented, or nil if it
// does not depend on one.
func shownWith(o apizee.Object, path string) []string {
	var states []string
	for _, p := range o.Props {
		for _, variant := range p.Variants {
			if slices.Contains(variant.Props, path) {
				states = append(states, variant.Value)
			}
		}
	}
	return states
}

// only omits the prop in other states.
func (v value) only(states []string) value {
	return func(dst []byte, m moment) []byte {
		if !slices.Contains(states, m.stage.state) {
			return dst
		}
		return v(dst, m)
	}
}

func key(name string) string { return quoted(name) + ":" }

// appendEvent writes an event of an object.
func (p *population) appendEvent(dst []byte, event string, e *entity, m moment) []byte {
	dst = append(dst, `{"event":"`...)
	dst = append(dst, event...)
	dst = append(dst, `","time":`...)
	dst = strconv.AppendInt(dst, m.now, 10)
	dst = append(dst, `,"object":`...)
	dst = append(dst, p.quoted...)
	dst = append(dst, `,"objectId":`...)
	dst = p.appendID(dst, e)
	dst = append(dst, `,"props":{`...)
	if event != apizee.Delete {
		dst = p.appendProps(dst, m)
	}
	return append(dst, "}}"...)
}

func (p *population) appendID(dst []byte, e *entity) []byte {
	if p.shape == "" {
		return strconv.AppendUint(dst, e.id, 10)
	}
	dst = append(dst, '"')
	dst = append(dst, e.publicID[:len(p.shape)]...)
	return append(dst, '"')
}

func (p *population) appendProps(dst []byte, m moment) []byte {
	group := ""
	for i := range p.props {
		own := &p.props[i]
		before := len(dst)
		dst = own.appendName(dst, group)
		begin := len(dst)
		if dst = own.value(dst, m); len(dst) == begin {
			dst = dst[:before] // omit it
			continue
		}
		group = own.group
	}
	if group != "" {
		dst = append(dst, '}')
	}
	return dst
}

// appendName begins a prop, and closes the open group if the prop is not in it; "" is
// none.
func (p *prop) appendName(dst []byte, open string) []byte {
	if open != "" && p.group != open {
		dst = append(dst, '}')
	}
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	if p.group != open {
		dst = append(dst, p.group...)
	}
	return append(dst, p.name...)
}
