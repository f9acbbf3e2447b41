package shape

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
)

// Field is what the values at one path have in common.
type Field struct {
	Name  string        // of a member
	Path  string        // "props.agent.email"; items of an array are at "props.list[]"
	Seen  int           // how often it was there
	Types [numTypes]int // how often it had each type
	Words []string      // the documented words, sorted
	Texts Formats       // formats of the texts that are not documented words
	Range *Range        // of the numbers; nil if it is not kept

	Members []*Field // of objects, in the order in which they were first seen
	Others  *Field   // members that are not named, together; nil if there are none
	Items   *Field   // of arrays, together; nil if there are none

	byName     map[string]*Field
	object     int      // number of the last object that had it
	documented []string // words
	ranged     bool     // whether the range is kept
}

// Type is the type of a JSON value. An integer is a number without a fraction.
type Type int

const (
	Null Type = iota
	Boolean
	Integer
	Number
	Text
	Array
	Object
	numTypes = iota
)

// String returns the name that JSON Schema has for the type.
func (t Type) String() string {
	return [numTypes]string{"null", "boolean", "integer", "number", "string", "array", "object"}[t]
}

// typeOf returns the type of a value that begins with a byte; Number may be Integer.
func typeOf(first byte) Type {
	switch first {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return Text
	case 't', 'f':
		return Boolean
	case 'n':
		return Null
	}
	return Number
}

// typeOfToken returns the type of a value.
func typeOfToken(token string) Type {
	t := typeOf(token[0])
	if t == Number && apizee.IsWhole(token) {
		return Integer
	}
	return t
}

// field returns an empty field of events of a kind.
func (b *Baseline) field(k Kind, path, name string) *Field {
	if path != "" && name != "" {
		path += "."
	}
	path += name
	return &Field{
		Name: name, Path: path, documented: b.words.at(k.Object, path),
		ranged: b.rules.Number != nil && b.rules.Number(path),
	}
}

// addValue adds the next value.
func (b *Baseline) addValue(s *Shape, f *Field, in *jsonscan.Scanner, depth int) {
	f.Seen++
	t := typeOf(in.Peek())
	if t < Array || depth == MaxDepth {
		t = f.addScalar(t, in.Skip())
	}
	f.Types[t]++
	switch {
	case t < Array || depth == MaxDepth:
	case t == Object:
		in.At++
		b.objects++
		for i, object := 0, b.objects; in.More(); i++ {
			m := b.member(s, f, in.Name(), i)
			if m.object == object && m != f.Others { // a duplicate name
				in.Skip()
				continue
			}
			m.object = object
			b.addValue(s, m, in, depth+1)
		}
	default:
		for in.At++; in.More(); {
			b.addValue(s, b.items(s.Kind, f), in, depth+1)
		}
	}
}

// addScalar adds what a value without members says, and returns its type.
func (f *Field) addScalar(t Type, token string) Type {
	switch t {
	case Number:
		if f.ranged {
			f.widen(token)
		}
		if apizee.IsWhole(token) {
			return Integer
		}
	case Text:
		f.addText(jsonscan.Unquote(token))
	}
	return t
}

// member returns the field of the i-th member, or the one of all that are not named.
func (b *Baseline) member(s *Shape, f *Field, name string, i int) *Field {
	if m := f.find(name, i); m != nil {
		return m
	}
	if b.mayName(s.Kind, f, name) {
		return f.insert(b.field(s.Kind, f.Path, strings.Clone(name))) // it is a part of the event
	}
	return b.others(s.Kind, f)
}

// others returns the field of all members that are not named.
func (b *Baseline) others(k Kind, f *Field) *Field {
	if f.Others == nil {
		f.Others = b.field(k, f.Path, "*")
	}
	return f.Others
}

// items returns the field of all items.
func (b *Baseline) items(k Kind, f *Field) *Field {
	if f.Items == nil {
		f.Items = b.field(k, f.Path+"[]", "")
	}
	return f.Items
}

// find returns a member by its name. Most events have it at the same place as the first one.
func (f *Field) find(name string, i int) *Field {
	if i < len(f.Members) && f.Members[i].Name == name {
		return f.Members[i]
	}
	return f.byName[name]
}

// insert adds a member.
func (f *Field) insert(m *Field) *Field {
	if f.byName == nil {
		f.byName = map[string]*Field{}
	}
	f.byName[m.Name] = m
	f.Members = append(f.Members, m)
	return m
}

// mayName reports whether a member of an object may be named.
func (b *Baseline) mayName(k Kind, f *Field, name string) bool {
	path := name
	if f.Path != "" {
		path = f.Path + "." + name
	}
	return b.words.isDocumented(k.Object, path) || len(f.Members) < MaxMembers && b.rules.Name != nil && b.rules.Name(f.Path, name)
}

func (f *Field) addText(text string) {
	documented := word(f.documented, text)
	if documented == "" {
		f.Texts |= formatOf(text)
		return
	}
	f.addWord(documented)
}

func (f *Field) addWord(word string) {
	if i, found := slices.BinarySearch(f.Words, word); !found {
		f.Words = slices.Insert(f.Words, i, word)
	}
}

// onlyWords reports whether all texts were documented words.
func (f *Field) onlyWords() bool { return len(f.Words) > 0 && f.Texts == 0 }

// sorted returns the members by name.
func (f *Field) sorted() []*Field {
	return slices.SortedFunc(slices.Values(f.Members), func(x, y *Field) int { return strings.Compare(x.Name, y.Name) })
}

// isRequired reports whether a member was in all objects.
func (f *Field) isRequired(m *Field) bool { return m.Seen == f.Types[Object] }

// Range is an inclusive interval.
type Range struct{ Min, Max float64 }

// widen includes a number in the range. The bounds are rounded outward, so that they are not
// numbers of an event.
func (f *Field) widen(token string) {
	number, err := strconv.ParseFloat(token, 64)
	if err != nil { // it is too large for a bound
		f.Range, f.ranged = nil, false
		return
	}
	if f.Range == nil {
		f.Range = &Range{floor(number), round(number)}
		return
	}
	if number < f.Range.Min {
		f.Range.Min = floor(number)
	}
	if number > f.Range.Max {
		f.Range.Max = round(number)
	}
}

// floor is the counterpart of round, for the other bound.
func floor(number float64) float64 { return 0 - round(-number) }

// round returns the next number that is not less, of 1, 2 and 5 times a power of ten.
func round(number float64) float64 {
	if number == 0 {
		return number
	}
	size := math.Abs(number)
	power := math.Pow(10, math.Floor(math.Log10(size)))
	steps := []float64{1, 2, 5, 10}
	if number > 0 {
		for _, step := range steps {
			if step*power >= size {
				return step * power
			}
		}
		return 20 * power
	}
	for _, step := range slices.Backward(steps) {
		if step*power <= size {
			return -step * power
		}
	}
	return -power
}
