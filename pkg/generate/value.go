package generate

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// moment is what the value of a prop depends on.
type moment struct {
	random random
	of     *entity
	stage  *route // the current one
	now    int64
}

// value appends the value of a prop as JSON, or nothing to omit the prop.
type value func(dst []byte, m moment) []byte

// appendState is the value of the prop that has the state.
func appendState(dst []byte, m moment) []byte {
	if m.stage.state == "" {
		return dst
	}
	return append(dst, m.stage.quoted...)
}

// anyValue is the value of a prop that has no behavior of its own: one of the documented
// values, a number in the documented range, the time of the event, or the documented
// example.
func anyValue(p apizee.Prop) value {
	switch {
	case len(p.Values) > 0:
		return oneOf(p.Values)
	case p.Range != nil:
		return numberWithin(*p.Range, p.Type)
	case p.Type == apizee.DateTime:
		return appendNow
	}
	return func(dst []byte, _ moment) []byte { return append(dst, p.Example...) }
}

func oneOf(words []string) value {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = quoted(word)
	}
	return func(dst []byte, m moment) []byte { return append(dst, all[m.random.below(len(all))]...) }
}

// numberWithin is a number in the range, with six decimals unless it is an integer.
func numberWithin(r apizee.Range, t apizee.Type) value {
	if t == apizee.Integer {
		least, count := int64(r.Min), int(r.Max-r.Min)+1
		return func(dst []byte, m moment) []byte {
			return strconv.AppendInt(dst, least+int64(m.random.below(count)), 10)
		}
	}
	least, count := int(r.Min*degree), int((r.Max-r.Min)*degree)+1
	return func(dst []byte, m moment) []byte { return appendDegrees(dst, least+m.random.below(count)) }
}

func appendNow(dst []byte, m moment) []byte {
	dst = append(dst, '"')
	dst = time.Unix(m.now, 0).UTC().AppendFormat(dst, apizee.TimeLayout)
	return append(dst, '"')
}

// quoted is a documented word as JSON.
func quoted(word string) string {
	text, err := jsontext.AppendQuote(nil, word)
	if err != nil {
		panic("generate: the catalog is not UTF-8: " + err.Error())
	}
	return string(text)
}
