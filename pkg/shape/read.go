package shape

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// MaxFile is the largest size of a baseline, in bytes.
const MaxFile = 16 << 20

// The JSON of a baseline. Members that are not here are errors, since a misspelled name would
// be a rule that is not checked.
type (
	schemaFile struct {
		Schema      string        `json:"$schema"`
		Comment     string        `json:"$comment"`
		Title       string        `json:"title"`
		Description string        `json:"description"`
		Version     int           `json:"x-baseline"`
		Events      int           `json:"x-events"`
		Since       time.Time     `json:"x-since"`
		Until       time.Time     `json:"x-until"`
		AnyOf       []schemaShape `json:"anyOf"`
	}
	schemaShape struct {
		Kind   *Kind `json:"x-kind"`
		Events int   `json:"x-events"`
		schemaField
	}
	schemaField struct {
		Title       string                  `json:"title"`
		Description string                  `json:"description"`
		Comment     string                  `json:"$comment"`
		Type        jsontext.Value          `json:"type"`
		Types       map[string]int          `json:"x-types"`
		Enum        []*string               `json:"enum"`
		Words       []string                `json:"x-words"`
		Formats     []string                `json:"x-formats"`
		Minimum     *float64                `json:"minimum"`
		Maximum     *float64                `json:"maximum"`
		Seen        *int                    `json:"x-seen"`
		Required    []string                `json:"required"`
		Properties  map[string]*schemaField `json:"properties"`
		Others      *schemaField            `json:"additionalProperties"`
		Items       *schemaField            `json:"items"`
	}
)

// Read reads a baseline that Schema wrote. The error is a *FileError, unless the text is another kind of
// JSON or has another version.
func Read(text []byte, rules Rules) (*Baseline, error) {
	if err := checkVersion(text); err != nil {
		return nil, err
	}
	var file schemaFile
	if err := json.Unmarshal(text, &file, json.RejectUnknownMembers(true)); err != nil {
		return nil, jsonError(text, err)
	}
	r := fileReader{New(rules), text}
	if err := r.read(file); err != nil {
		return nil, err
	}
	return r.Baseline, nil
}

// fileReader turns the JSON of a baseline into one.
type fileReader struct {
	*Baseline
	text []byte
}

// fail returns an error about the value at a path.
func (r fileReader) fail(path []string, format string, args ...any) error {
	var pointer jsontext.Pointer
	for _, name := range path {
		pointer = pointer.AppendToken(name)
	}
	return &FileError{lineOf(r.text, offsetOf(r.text, pointer)), string(pointer), fmt.Sprintf(format, args...)}
}

func (r fileReader) read(file schemaFile) error {
	sum := 0
	for i, each := range file.AnyOf {
		path := []string{"anyOf", fmt.Sprint(i)}
		if err := r.shapeOf(each, path); err != nil {
			return err
		}
		sum += each.Events
	}
	switch {
	case len(file.AnyOf) == 0:
		return r.fail([]string{"anyOf"}, "there are no kinds of events")
	case file.Events != sum:
		return r.fail([]string{xEvents}, "%d, but the kinds of events have %d together", file.Events, sum)
	}
	r.Events, r.Since, r.Until = sum, file.Since, file.Until
	return nil
}

func (r fileReader) shapeOf(from schemaShape, path []string) error {
	switch {
	case from.Kind == nil:
		return r.fail(path, "%s is missing", xKind)
	case from.Events < 1:
		return r.fail(append(path, xEvents), "must be 1 or more")
	case r.kinds[*from.Kind] != nil:
		return r.fail(append(path, xKind), "the second one of this kind")
	}
	for _, part := range []struct {
		name, word string
		words      []string
	}{
		{"object", from.Kind.Object, r.words.at("", "object")},
		{"event", from.Kind.Event, r.words.at("", "event")},
		{"word", from.Kind.Word, r.words.object(from.Kind.Object).words},
	} {
		if part.word != "" && !slices.Contains(part.words, part.word) {
			return r.fail(append(path, xKind, part.name), "%q is not documented%s", part.word, apizee.DidYouMean(part.word, part.words))
		}
	}
	s := r.shape(*from.Kind)
	s.Events = from.Events
	return r.fieldOf(s, s.Root, from.schemaField, from.Events, path)
}

// fieldOf reads a value that was there in some or all of the given number of cases.
func (r fileReader) fieldOf(s *Shape, f *Field, from schemaField, seen int, path []string) error {
	f.Seen = seen
	for _, step := range []func(*Field, schemaField, []string) error{r.types, r.forms, r.bounds} {
		if err := step(f, from, path); err != nil {
			return err
		}
	}
	for _, name := range from.Required {
		if from.Properties[name] == nil {
			return r.fail(append(path, "required"), "%q is not in properties", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(from.Properties)) {
		member, path := from.Properties[name], append(slices.Clone(path), "properties", name)
		seen, err := r.seenOf(member, slices.Contains(from.Required, name), f.Types[Object], path)
		if err != nil {
			return err
		}
		m := f.insert(r.field(s.Kind, f.Path, strings.Clone(name)))
		if err := r.fieldOf(s, m, *member, seen, path); err != nil {
			return err
		}
	}
	return r.unnamed(s, f, from, path)
}

// unnamed reads the members that have no name, and the items.
func (r fileReader) unnamed(s *Shape, f *Field, from schemaField, path []string) error {
	for _, each := range []struct {
		from *schemaField
		name string
		to   func(Kind, *Field) *Field
	}{
		{from.Others, "additionalProperties", r.others},
		{from.Items, "items", r.items},
	} {
		if each.from == nil {
			continue
		}
		path := append(slices.Clone(path), each.name)
		if each.from.Seen == nil || *each.from.Seen < 1 {
			return r.fail(path, "%s must be 1 or more", xSeen)
		}
		if err := r.fieldOf(s, each.to(s.Kind, f), *each.from, *each.from.Seen, path); err != nil {
			return err
		}
	}
	return nil
}

// seenOf returns how often a member was there in a number of objects.
func (r fileReader) seenOf(member *schemaField, required bool, objects int, path []string) (int, error) {
	switch {
	case member == nil:
		return 0, r.fail(path, "must be an object")
	case required && member.Seen != nil:
		return 0, r.fail(append(path, xSeen), "a required value has no %s; remove it, or the name from required", xSeen)
	case required:
		return objects, nil
	case member.Seen == nil:
		return 0, r.fail(path, "is not required and has no %s; add one of them", xSeen)
	case *member.Seen < 1 || *member.Seen >= objects:
		return 0, r.fail(append(path, xSeen), "must be from 1 to %d, one less than the objects that it may be in", objects-1)
	}
	return *member.Seen, nil
}

// types reads the types and how often there was each.
func (r fileReader) types(f *Field, from schemaField, path []string) error {
	var names []string
	if json.Unmarshal(from.Type, &names) != nil {
		names = make([]string, 1)
		if json.Unmarshal(from.Type, &names[0]) != nil {
			return r.fail(append(path, "type"), "must be a type or a list of types")
		}
	}
	counts := from.Types
	if counts == nil && len(names) == 1 {
		counts = map[string]int{names[0]: f.Seen}
	}
	sum := 0
	for t := range Type(numTypes) {
		n, counted := counts[t.String()]
		if counted && n < 1 {
			return r.fail(append(path, xTypes, t.String()), "must be 1 or more")
		}
		f.Types[t] = n
		sum += n
		delete(counts, t.String())
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		return r.fail(append(path, "type"), "%q is not a type", name)
	}
	switch want := f.schemaTypes(); {
	case sum != f.Seen:
		return r.fail(path, "the counts of %s must be %d together, one for each value", xTypes, f.Seen)
	case !slices.Equal(slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(want))):
		return r.fail(append(path, "type"), "differs from %s, which has %s", xTypes, strings.Join(want, ", "))
	}
	return nil
}

// forms reads the words and the formats of the texts.
func (r fileReader) forms(f *Field, from schemaField, path []string) error {
	words := from.Words
	for _, word := range from.Enum {
		if word != nil {
			words = append(words, *word)
		}
	}
	for _, word := range words {
		if !slices.Contains(f.documented, word) {
			return r.fail(path, "%q is not documented%s", word, apizee.DidYouMean(word, f.documented))
		}
		f.addWord(strings.Clone(word))
	}
	for _, name := range from.Formats {
		format := parseFormat(name)
		if format == 0 {
			return r.fail(path, "%q is not a format of a baseline", name)
		}
		f.Texts |= format
	}
	hasForm := len(words)+len(from.Formats) > 0
	switch {
	case f.Types[Text] == 0 && hasForm:
		return r.fail(path, "has words or formats, but no value is a string")
	case f.Types[Text] > 0 && !hasForm:
		f.Texts = anyText
	}
	return nil
}

// bounds reads the range.
func (r fileReader) bounds(f *Field, from schemaField, path []string) error {
	switch {
	case from.Minimum == nil && from.Maximum == nil:
		f.ranged = f.ranged && f.Types[Integer]+f.Types[Number] == 0 // that of further events is not that of all
		return nil
	case from.Minimum == nil || from.Maximum == nil || *from.Minimum > *from.Maximum:
		return r.fail(path, "needs a minimum and a maximum that is not less")
	case f.Types[Integer]+f.Types[Number] == 0:
		return r.fail(path, "has a range, but no value is a number")
	}
	f.Range, f.ranged = &Range{*from.Minimum, *from.Maximum}, true // else the file would not allow further events that it counts
	return nil
}
