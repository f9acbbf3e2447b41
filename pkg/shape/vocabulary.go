package shape

import (
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// vocabulary is the documented words of a catalog, partly documented ones included.
type vocabulary struct {
	fields map[string][]string            // by the name of a field of the event
	props  map[string]map[string][]string // by object, and path of the prop
	word   map[string]string              // by object, the name of its state or event type
	times  map[string][]string            // by object, the paths of its times
}

func newVocabulary(c *apizee.Catalog) vocabulary {
	v := vocabulary{fields: map[string][]string{}, props: map[string]map[string][]string{}, word: map[string]string{}, times: map[string][]string{}}
	for _, f := range c.Fields() {
		v.fields[f.Name] = slices.Concat(f.Values, f.PartlyDocumented)
	}
	for _, o := range c.Objects {
		v.props[o.Name] = map[string][]string{}
		for _, p := range o.Props {
			words := slices.Concat(p.Values, p.PartlyDocumented)
			v.props[o.Name][p.Path] = words
			if p.Type == apizee.DateTime {
				v.times[o.Name] = append(v.times[o.Name], p.Path)
			}
			if len(words) > 0 && v.word[o.Name] == "" && !strings.Contains(p.Path, ".") {
				v.word[o.Name] = p.Path
			}
		}
	}
	return v
}

// at returns the documented words at a path of an event about an object.
func (v vocabulary) at(object, path string) []string {
	if prop, is := strings.CutPrefix(path, "props."); is {
		return v.props[object][prop]
	}
	return v.fields[path]
}

// isDocumented reports whether a path, or one inside it, is documented.
func (v vocabulary) isDocumented(object, path string) bool {
	if _, is := v.fields[path]; is {
		return true
	}
	prop, _ := strings.CutPrefix(path, "props.")
	for documented := range v.props[object] {
		if documented == prop || strings.HasPrefix(documented, prop+".") {
			return true
		}
	}
	return false
}

// head is what identifies an event.
type head struct {
	kind  Kind
	id    string // the JSON of the objectId
	time  time.Time
	word  string // the JSON of the state or event type, "" if it is missing
	props string // JSON
}

// head reads what identifies an event.
func (v vocabulary) head(event string) head {
	var h head
	for in := object(event); in.more(); {
		switch name, value := in.name(), in.skip(); name {
		case "event":
			h.kind.Event = wordOf(v.fields[name], value)
		case "object":
			h.kind.Object = wordOf(v.fields[name], value)
		case "objectId":
			h.id = value
		case "time":
			h.time = instant(value)
		case "props":
			h.props = value
		}
	}
	if prop := v.word[h.kind.Object]; prop != "" {
		for in := object(h.props); in.more(); {
			if name, value := in.name(), in.skip(); name == prop {
				h.kind.Word, h.word = wordOf(v.props[h.kind.Object][prop], value), value
				break
			}
		}
	}
	return h
}

// IsObject reports whether a text is one JSON object, perhaps with duplicate names.
func IsObject(text string) bool {
	value := jsontext.Value(text)
	return value.Kind() == '{' && value.IsValid(jsontext.AllowDuplicateNames(true))
}

// IsEvent reports whether a JSON object has two or more of the fields of an event.
func IsEvent(text string) bool {
	found := 0
	for in := object(text); in.more(); in.skip() {
		switch in.name() {
		case "event", "time", "object", "objectId", "props":
			found++
		}
	}
	return found > 1
}

// object returns a scanner inside an object, at the end for any other value.
func object(value string) scanner {
	in := scanner{text: value}
	if in.peek() != '{' {
		return scanner{}
	}
	in.at++
	return in
}

// wordOf returns a value that is one of the words, as the catalog has it, else "".
func wordOf(words []string, value string) string {
	if len(words) == 0 || value == "" || value[0] != '"' {
		return ""
	}
	return word(words, unquote(value))
}

// word returns a text that is one of the words, as the catalog has it, else "".
func word(words []string, text string) string {
	if i := slices.Index(words, text); i >= 0 {
		return words[i]
	}
	return ""
}

// instant returns the time of an event, zero if it has none in seconds.
func instant(value string) time.Time {
	if value == "" || typeOf(value[0]) != Number {
		return time.Time{}
	}
	seconds := apizee.Seconds(value)
	if seconds <= 0 || apizee.IsMilliseconds(seconds) {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// Documented returns a function that reports whether a value at a path is a word of the
// documentation, and says nothing about what was captured. It is for the options of a scrubber.
func Documented(c *apizee.Catalog) func(path, value string) bool {
	v := newVocabulary(c)
	return func(path, value string) bool {
		switch path {
		case "time":
			return value != "" && typeOf(value[0]) == Number
		case "headers.User-Agent":
			return value == apizee.UserAgent
		case "headers.Content-Type":
			return value == apizee.ContentType
		}
		if slices.Contains(v.fields[path], value) {
			return true
		}
		prop := strings.TrimPrefix(path, "props.")
		return slices.ContainsFunc(c.Objects, func(o apizee.Object) bool {
			return slices.Contains(v.at(o.Name, path), value) || slices.Contains(v.times[o.Name], prop) && apizee.IsDateTime(value)
		})
	}
}
