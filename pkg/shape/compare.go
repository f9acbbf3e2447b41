package shape

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
)

// The severities of a drift. They differ from those of the documentation, which another witness
// gives.
const (
	Breaking apizee.Severity = "breaking" // code that relied on the baseline fails
	Warning  apizee.Severity = "drift"    // such code misses something
	Info     apizee.Severity = "info"     // worth a look, or too few events to tell
)

// Rule is what a drift is about.
type Rule string

const (
	Missing   Rule = "missing"    // a value that was always there
	OtherType Rule = "type"       // a type that was not seen
	OtherWord Rule = "word"       // an undocumented text where only documented words were seen
	NewWord   Rule = "new-word"   // a documented word that was not seen
	NewField  Rule = "new-field"  // a member that was not seen
	NewFormat Rule = "new-format" // a format that was not seen
	OutOfSpan Rule = "range"      // a number outside the range
	NewKind   Rule = "new-kind"   // a kind of event that was not seen
)

// Drift is one difference of an event from the baseline. It has no value of the event.
type Drift struct {
	apizee.Finding
	Rule   Rule
	Kind   Kind
	Times  int  // how often the event has it: items of an array have the same path
	Events int  // how many events of the baseline the rule rests on
	Few    bool // whether these are too few to tell; the severity is Info then
}

// Consequence says what a drift means for an endpoint, "" if nothing is known to fail.
func (d Drift) Consequence() string {
	switch d.Rule {
	case Missing:
		return "code that reads it gets nothing"
	case OtherType:
		return "code that decodes it into one type fails"
	case OtherWord:
		return "code that handles the known values handles this one as an error, or not at all"
	case NewWord, NewKind:
		return "code that was tested with the captured events has not seen it"
	case NewField:
		return "code ignores it, unless it rejects unknown fields"
	case NewFormat:
		return "code that parses the text may fail"
	case OutOfSpan:
		return "code with limits of its own may reject it"
	}
	return ""
}

// Comparison is how one event drifts from a baseline.
type Comparison struct {
	Kind   Kind
	Time   time.Time // of the event; zero if it has none
	Drifts []Drift
}

// Has reports whether there is a drift of a severity.
func (c Comparison) Has(s apizee.Severity) bool {
	return slices.ContainsFunc(c.Drifts, func(d Drift) bool { return d.Severity == s })
}

// Findings returns the drifts as findings.
func (c Comparison) Findings() []apizee.Finding {
	findings := make([]apizee.Finding, len(c.Drifts))
	for i, d := range c.Drifts {
		findings[i] = d.Finding
		if d.Rule == NewKind {
			findings[i].Message += ": " + d.Kind.String()
		}
		if d.Times > 1 {
			findings[i].Message += fmt.Sprintf("; %d times", d.Times)
		}
	}
	return findings
}

// Compare returns how an event, which must be valid JSON and was read to validate it, drifts from the
// baseline. A rule that rests on less than minEvents is not one. It is safe for concurrent use, but not
// while events are learned.
func (b *Baseline) Compare(read apizee.Event, event string, minEvents int) Comparison {
	h := b.words.headOf(read)
	c := comparison{Baseline: b, kind: h.kind, events: b.Events, min: minEvents}
	if s := b.kinds[h.kind]; s != nil {
		c.events = s.Events
		c.compare(s.Root, &jsonscan.Scanner{Text: event}, 0)
	} else {
		c.newKind(h)
	}
	return Comparison{h.kind, h.time, c.drifts}
}

// comparison is that of one event.
type comparison struct {
	*Baseline
	kind   Kind
	events int // which the rules rest on
	min    int
	drifts []Drift
	found  map[change]int // indexes of drifts
}

// add adds a drift that rests on a number of values, of which an event may have many.
func (c *comparison) add(s apizee.Severity, r Rule, path string, rests, offset int, format string, args ...any) {
	d := Drift{
		Finding: apizee.Finding{Severity: s, Path: path, Message: fmt.Sprintf(format, args...), Offset: offset},
		Rule:    r, Kind: c.kind, Times: 1, Events: min(rests, c.events),
	}
	if d.Events < c.min {
		d.Severity, d.Few = Info, true
		d.Message += fmt.Sprintf("; too few to tell (%d in the baseline)", d.Events)
	}
	if i, found := c.found[d.change()]; found {
		c.drifts[i].Times++
		return
	}
	if c.found == nil {
		c.found = map[change]int{}
	}
	c.found[d.change()] = len(c.drifts)
	c.drifts = append(c.drifts, d)
}

// newKind adds the drift of an event whose kind is not in the baseline.
func (c *comparison) newKind(h head) {
	events := 0 // with the same object and event name
	var words []string
	for _, s := range c.order {
		if s.Kind.Object == c.kind.Object && s.Kind.Event == c.kind.Event {
			events += s.Events
			if s.Kind.Word != "" {
				words = append(words, s.Kind.Word)
			}
		}
	}
	slices.Sort(words)
	seen := strings.Join(words, ", ")
	switch path := "props." + c.words.object(c.kind.Object).word; {
	case len(words) == 0 || c.kinds[Kind{c.kind.Object, c.kind.Event, ""}] != nil && c.kind.Word == "":
		c.add(Warning, NewKind, "", c.Events, 0, "no such event before")
	case h.word == "":
		c.add(Breaking, Missing, path, events, 0, "missing; always there before")
	case typeOfToken(h.word) != Text:
		c.add(Breaking, OtherType, path, events, 0, "%s; always %s before", typeOfToken(h.word), Text)
	case c.kind.Word == "":
		c.add(Breaking, OtherWord, path, events, 0, "an undocumented value; only documented ones before (%s)", seen)
	default:
		c.add(Warning, NewWord, path, events, 0, "%q was not seen before (%s)", c.kind.Word, seen)
	}
}

// compare compares the next value.
func (c *comparison) compare(f *Field, in *jsonscan.Scanner, depth int) {
	t := typeOf(in.Peek())
	offset, token := in.At, ""
	if t < Array || depth == MaxDepth {
		token = in.Skip()
		t = typeOfToken(token)
	}
	if !f.allows(t) {
		if token == "" {
			in.Skip()
		}
		c.add(Breaking, OtherType, f.Path, f.Seen, offset, "%s; always %s before", t, strings.Join(f.schemaTypes(), " or "))
		return
	}
	switch {
	case t == Text:
		c.compareText(f, jsonscan.Unquote(token), offset)
	case t == Integer || t == Number:
		c.compareNumber(f, token, offset)
	case token != "" || t < Array:
	case t == Object:
		c.compareMembers(f, in, depth)
	default:
		for in.At++; in.More(); {
			if f.Items == nil {
				in.Skip()
				continue
			}
			c.compare(f.Items, in, depth+1)
		}
	}
}

// allows reports whether a type was seen. An integer is a number, too.
func (f *Field) allows(t Type) bool {
	return f.Types[t] > 0 || t == Integer && f.Types[Number] > 0
}

func (c *comparison) compareNumber(f *Field, token string, offset int) {
	r := f.Range
	if r == nil {
		return
	}
	if n, err := strconv.ParseFloat(token, 64); err != nil || n < r.Min || n > r.Max {
		c.add(Info, OutOfSpan, f.Path, f.Seen, offset, "a number outside %v to %v", r.Min, r.Max)
	}
}

func (c *comparison) compareText(f *Field, text string, offset int) {
	texts := f.Types[Text]
	known := word(f.documented, text)
	switch {
	case known == "" && f.onlyWords():
		c.add(Breaking, OtherWord, f.Path, texts, offset, "an undocumented value; only documented ones before (%s)", strings.Join(f.Words, ", "))
	case known == "":
		if format := formatOf(text); f.Texts&(format|anyText) == 0 {
			c.add(Warning, NewFormat, f.Path, texts, offset, "looks like %s; always like %s before", format, f.Texts)
		}
	case !slices.Contains(f.Words, known) && f.onlyWords():
		c.add(Warning, NewWord, f.Path, texts, offset, "%q was not seen before (%s)", known, strings.Join(f.Words, ", "))
	}
}

// compareMembers compares the members of an object, and finds those that are missing.
func (c *comparison) compareMembers(f *Field, in *jsonscan.Scanner, depth int) {
	found, start := 0, in.At
	in.At++
	for i := 0; in.More(); i++ {
		name := in.Name()
		switch m := f.find(name, i); {
		case m != nil:
			if f.isRequired(m) {
				found++
			}
			c.compare(m, in, depth+1)
		case f.Others != nil:
			c.compare(f.Others, in, depth+1)
		default:
			in.Peek()
			offset, token := in.At, in.Skip()
			c.add(Warning, NewField, c.path(f, name), f.Types[Object], offset, "new, of type %s", typeOfToken(token))
		}
	}
	if found == f.required() {
		return
	}
	for _, m := range f.sorted() {
		if f.isRequired(m) && !has(in.Text[start:in.At], m.Name) {
			c.add(Breaking, Missing, m.Path, m.Seen, start, "missing; always there before")
		}
	}
}

// path returns the path of a member that is not in the baseline. A name that looks like data
// is not shown.
func (c *comparison) path(f *Field, name string) string {
	if !c.mayName(c.kind, f, name) {
		name = "*"
	}
	return strings.TrimPrefix(f.Path+"."+name, ".")
}

// required returns the number of members that were in all objects.
func (f *Field) required() int {
	n := 0
	for _, m := range f.Members {
		if f.isRequired(m) {
			n++
		}
	}
	return n
}

// has reports whether an object has a member.
func has(value, name string) bool {
	for in := jsonscan.Object(value); in.More(); in.Skip() {
		if in.Name() == name {
			return true
		}
	}
	return false
}
