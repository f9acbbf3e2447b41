package shape

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// vocabulary is the documented words of a catalog, partly documented ones included.
type vocabulary struct {
	fields  map[string][]string // by the name of a field of the event
	events  []string            // those of the field event
	objects []string            // and of the field object
	of      map[string]*objectWords
}

// objectWords are the documented words of an object.
type objectWords struct {
	props map[string][]string // by path
	word  string              // the name of the state or event type, "" if there is none
	words []string            // the words of that
	times []string            // the paths of times
}

func newVocabulary(c *apizee.Catalog) vocabulary {
	v := vocabulary{fields: map[string][]string{}, of: map[string]*objectWords{}}
	for _, f := range c.Fields() {
		v.fields[f.Name] = slices.Concat(f.Values, f.PartlyDocumented)
	}
	v.events, v.objects = v.fields["event"], v.fields["object"]
	for _, o := range c.Objects {
		w := &objectWords{props: map[string][]string{}}
		for _, p := range o.Props {
			words := slices.Concat(p.Values, p.PartlyDocumented)
			w.props[p.Path] = words
			if p.Type == apizee.DateTime {
				w.times = append(w.times, p.Path)
			}
			if len(words) > 0 && w.word == "" && !strings.Contains(p.Path, ".") {
				w.word, w.words = p.Path, words
			}
		}
		v.of[o.Name] = w
	}
	return v
}

// object returns the words of an object, which are none if it is not documented.
func (v vocabulary) object(name string) *objectWords {
	if w := v.of[name]; w != nil {
		return w
	}
	return &objectWords{}
}

// at returns the documented words at a path of an event about an object.
func (v vocabulary) at(object, path string) []string {
	if prop, is := strings.CutPrefix(path, "props."); is {
		return v.object(object).props[prop]
	}
	return v.fields[path]
}

// isDocumented reports whether a path, or one inside it, is documented.
func (v vocabulary) isDocumented(object, path string) bool {
	if _, is := v.fields[path]; is {
		return true
	}
	prop, _ := strings.CutPrefix(path, "props.")
	for documented := range v.object(object).props {
		if documented == prop || strings.HasPrefix(documented, prop+".") {
			return true
		}
	}
	return false
}

// head is what identifies an event.
type head struct {
	kind   Kind
	fields int    // how many of the fields of an event there are
	id     string // the JSON of the objectId
	time   time.Time
	word   string // the JSON of the state or event type, "" if it is missing
	props  string // JSON
}

// head reads what identifies an event.
func (v vocabulary) head(event string) head {
	var h head
	var name, object, at string
	for in := jsonscan.Object(event); in.More(); {
		var field *string
		switch in.Name() {
		case "event":
			field = &name
		case "object":
			field = &object
		case "objectId":
			field = &h.id
		case "time":
			field = &at
		case "props":
			field = &h.props
		}
		if value := in.Skip(); field != nil && *field == "" {
			*field = value
			h.fields++
		}
	}
	h.kind = Kind{Event: wordOf(v.events, name), Object: wordOf(v.objects, object)}
	h.time = instant(at)
	w := v.of[h.kind.Object]
	if w == nil || w.word == "" {
		return h
	}
	for in := jsonscan.Object(h.props); in.More(); {
		if name, value := in.Name(), in.Skip(); name == w.word {
			h.kind.Word, h.word = wordOf(w.words, value), value
			break
		}
	}
	return h
}

// headOf returns what identifies an event that was read already.
func (v vocabulary) headOf(e apizee.Event) head {
	h := head{kind: Kind{Event: word(v.events, e.Name), Object: word(v.objects, e.Object)}, time: instant(e.Time)}
	if w := v.of[h.kind.Object]; w != nil && w.word != "" {
		value, _ := e.Prop(w.word)
		h.kind.Word, h.word = wordOf(w.words, value.JSON), value.JSON
	}
	return h
}

// IsObject reports whether a text is one JSON object, perhaps with duplicate names.
func IsObject(text string) bool {
	value := jsontext.Value(text)
	return value.Kind() == '{' && value.IsValid(jsontext.AllowDuplicateNames(true))
}

// wordOf returns a value that is one of the words, as the catalog has it, else "".
func wordOf(words []string, value string) string {
	if len(words) == 0 || value == "" || value[0] != '"' {
		return ""
	}
	return word(words, jsonscan.Unquote(value))
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

// KindOf returns a function that returns the kind of an event.
func KindOf(c *apizee.Catalog) func(event string) Kind {
	v := newVocabulary(c)
	return func(event string) Kind { return v.head(event).kind }
}

// Documented returns a function that reports whether a value at a path is a word of the
// documentation, and says nothing about what was captured. It is for the options of a scrubber.
func Documented(c *apizee.Catalog) func(path, value string) bool {
	v := newVocabulary(c)
	words := maps.Clone(v.fields) // of all objects
	for _, w := range v.of {
		for prop, of := range w.props {
			words["props."+prop] = slices.Concat(words["props."+prop], of)
		}
	}
	return func(path, value string) bool {
		switch path {
		case "time":
			return redact.Classify(value) == redact.KindInteger && len(value) <= len("1575976413000")
		case "headers.User-Agent":
			return value == apizee.UserAgent
		case "headers.Content-Type":
			mediaType, charset, _ := strings.Cut(strings.ToLower(value), ";")
			return strings.EqualFold(mediaType, apizee.ContentType) && slices.Contains([]string{"", "charset=utf-8"}, strings.TrimSpace(charset))
		}
		return slices.Contains(words[path], value)
	}
}
