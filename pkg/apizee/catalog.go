package apizee

import (
	"strconv"
	"strings"
	"sync"

	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
)

// The fixed parts of the request, as documented under "Webhooks > Events".
const (
	// Method is the only HTTP method Apizee sends.
	Method = "POST"
	// UserAgent is the documented default header.
	UserAgent = "Cloud Apizee"
	// ContentType has JSON in uppercase, as in the documentation's curl command.
	// Media types are case-insensitive (RFC 9110, 8.3.1), but an endpoint that
	// compares strings must get exactly this one.
	ContentType = "application/JSON"
)

// Type is the JSON type that a documented value has.
type Type string

// The types that the documentation uses.
const (
	Integer  Type = "integer"
	Number   Type = "number"
	Text     Type = "string"
	DateTime Type = "date-time" // a string, RFC 3339 with a numeric offset
	ID       Type = "id"        // integer or string; see Object.ID
	Map      Type = "object"
)

// Word is one documented word and what it means.
type Word struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// Field is one of the five members of an event's body, in documented order.
type Field struct {
	Name        string   `json:"name"`
	Type        Type     `json:"type"`
	Description string   `json:"description"`
	Values      []string `json:"values,omitempty"`
	// PartlyDocumented are words as in Prop.
	PartlyDocumented []string `json:"partlyDocumented,omitempty"`
}

// Range is an inclusive interval. It is that of a quantity, since the documentation has none.
type Range struct {
	// Of is the quantity, such as "latitude", or "".
	Of  string  `json:"-"`
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// Prop is one documented property of an object.
type Prop struct {
	// Path is the documented name; a dot in it means nesting by default.
	Path string `json:"path"`
	// Flag is its name on the command line.
	Flag        string `json:"flag"`
	Type        Type   `json:"type"`
	Description string `json:"description"`
	// Values are the documented words; when empty, any value of Type is valid.
	Values []string `json:"values,omitempty"`
	// PartlyDocumented are words of other public Apizee pages that the webhook page
	// does not list. They give a warning, not an error.
	PartlyDocumented []string `json:"partlyDocumented,omitempty"`
	Range            *Range   `json:"range,omitempty"`
	// Example is the documented example value as JSON, or ours where there is none.
	Example string `json:"example"`
	// Default reports whether the example event has the prop.
	Default bool `json:"default"`
	// Pair is set on the first of two props that are shown as one; else nil.
	Pair *Pair `json:"-"`
	// Variants has, for each of the Values, the props that are documented with it; nil if
	// the other props do not depend on this one.
	Variants []Variant `json:"variants,omitempty"`
}

// Variant is a value of a prop and the props that are documented with it.
type Variant struct {
	Value string   `json:"value"`
	Props []string `json:"props,omitempty"` // paths
	// Open means that it is not known which props are documented with the value.
	Open bool `json:"open,omitempty"`
}

// Possible describes the valid values: the words, the range, or an example.
func (p Prop) Possible() string {
	switch {
	case len(p.Values) > longestList:
		return "one of " + strconv.Itoa(len(p.Values)) + ", such as " + p.ExampleText()
	case len(p.Values) > 0:
		return strings.Join(p.Values, ", ")
	case p.Range != nil:
		return p.Range.String() + ", such as " + p.Example
	}
	return "such as " + p.Example
}

// ExampleText is the example, a string without its quotes.
func (p Prop) ExampleText() string { return jsonscan.Unquote(p.Example) }

// Pair joins two props into one word: "47.866675,-3.865805", "ticket/100".
type Pair struct {
	With  string // the path of the second prop
	Joint string // the separator between the two
	// Flag is the command-line flag for both, separated by a slash; "" for none.
	Flag string
}

// HasPairFlag reports whether the prop is the first of a pair that has a flag.
func (p Prop) HasPairFlag() bool { return p.Pair != nil && p.Pair.Flag != "" }

// Identifier describes the objectId of an object.
type Identifier struct {
	Types       []Type `json:"types"`
	Example     string `json:"example"` // as JSON
	Description string `json:"description"`
}

// Object is one target object.
type Object struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	// AlsoCalled is another name of the object in the documentation, which no event has.
	AlsoCalled string `json:"-"`
	// Page is the title of the public Apizee page that the object is from.
	Page string `json:"page,omitempty"`
	// PartlyDocumented means that the page leaves out too much to call an event invalid:
	// beyond the JSON types of the fields, its findings are warnings, and other props are
	// accepted.
	PartlyDocumented bool `json:"partlyDocumented,omitempty"`
	// Assumptions are what the page leaves open.
	Assumptions []Assumption `json:"assumptions,omitempty"`
	// Events are the names of the documented events; nil means all of the catalog.
	Events []string   `json:"events,omitempty"`
	ID     Identifier `json:"id"`
	Props  []Prop     `json:"props"`
}

// Assumption is what the program does where the documentation is silent.
type Assumption struct {
	About   string `json:"about"`
	Assumed string `json:"assumed"`
}

// Catalog is a set of documented events and objects, with everything that is
// derived from them. It must not be changed once it is in use.
type Catalog struct {
	Events  []Word
	Objects []Object // in documented order, the partly documented ones last

	readers sync.Pool // of *reader: to reuse one saves most events the allocation
}

// String is the range in words, such as "-90 to 90".
func (r Range) String() string {
	return strconv.FormatFloat(r.Min, 'g', -1, 64) + " to " + strconv.FormatFloat(r.Max, 'g', -1, 64)
}
