package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Filter selects exchanges. The zero value selects all of them. It is safe for concurrent use.
type Filter struct {
	text  string
	zone  int    // offset of the time zone that its times are of, in seconds
	quick []test // need only the record
	slow  []test // need the line, which costs far more

	// passing means that the result changes although no exchange does: it depends on the current time,
	// or on pins.
	passing bool
}

// test is one term of a filter. Exactly one of quick and slow is set.
type test struct {
	negate bool
	quick  func(q *query, id int, r *record) bool
	slow   func(l *lineView) bool
}

// FilterError is a mistake in a filter.
type FilterError struct {
	Position int // of the term, in bytes
	Message  string
	Hint     string // the next step; may be empty
}

func (e *FilterError) Error() string { return e.Message }

// token is one term as it is written.
type token struct {
	at     int // offset in the filter
	text   string
	quoted bool // it starts with a quote, so it is free text
	negate bool
}

// tokens splits a filter at spaces. Quotes keep spaces, also within a term, and a backslash in quotes
// escapes a quote or a backslash. A quote that is not closed ends with the filter, so that a filter
// is valid while it is being typed.
func tokens(filter string) []token {
	var list []token
	for i := 0; i < len(filter); {
		if filter[i] == ' ' || filter[i] == '\t' || filter[i] == '\n' {
			i++
			continue
		}
		t := token{at: i}
		if filter[i] == '-' && i+1 < len(filter) && filter[i+1] != ' ' {
			t.negate = true
			i++
		}
		t.quoted = filter[i] == '"'
		var word strings.Builder
		for inQuotes := false; i < len(filter); i++ {
			switch c := filter[i]; {
			case c == '"':
				inQuotes = !inQuotes
				continue
			case c == '\\' && inQuotes && i+1 < len(filter) && (filter[i+1] == '"' || filter[i+1] == '\\'):
				i++
			case (c == ' ' || c == '\t' || c == '\n') && !inQuotes:
				goto end
			}
			word.WriteByte(filter[i])
		}
	end:
		if t.text = word.String(); t.text != "" {
			list = append(list, t)
		}
	}
	return list
}

// parser parses a filter.
type parser struct {
	store  *Store
	now    time.Time
	filter Filter
	fields []string // the expressions as of the command line's --filter
}

// ParseFilter parses a filter: terms separated by spaces, which must all match.
//
//	object=ticket, event!=delete, props.state=invited,closed   as --filter on the command line
//	is:invalid        or another one of states
//	status:5xx        or status:404
//	path:/x method:PUT header.Name:text file:name id:12
//	took:>500ms
//	after:12:04 before:2026-11-28T12:00:00Z after:-5m
//	word "two words"  in the path, the headers or the body, in any case
//	-term             excludes what the term selects
//
// A time without a date is one of the day of the last exchange. The error is a *FilterError.
func (s *Store) ParseFilter(filter string, now time.Time) (Filter, error) {
	_, zone := now.Zone()
	p := parser{store: s, now: now, filter: Filter{text: filter, zone: zone}}
	if !utf8.ValidString(filter) {
		return Filter{}, &FilterError{Message: "the filter is not valid UTF-8"}
	}
	const longest = 4096
	if len(filter) > longest {
		return Filter{}, &FilterError{Message: fmt.Sprintf("the filter is longer than %d bytes", longest), Hint: "use fewer terms."}
	}
	for _, t := range tokens(filter) {
		if err := p.term(t); err != nil {
			err.Position = t.at
			return Filter{}, err
		}
	}
	if _, err := s.options.Catalog.ParseFilter(p.fields); err != nil { // terms that exclude each other
		return Filter{}, fieldError(err)
	}
	return p.filter, nil
}

// IsAll reports whether the filter selects all exchanges.
func (f Filter) IsAll() bool { return len(f.quick)+len(f.slow) == 0 }

func (p *parser) term(t token) *FilterError {
	sign := strings.IndexAny(t.text, ":=")
	if t.quoted || sign < 0 {
		return p.freeText(t)
	}
	if t.text[sign] == '=' {
		return p.field(t)
	}
	key, value := t.text[:sign], t.text[sign+1:]
	const quote = " Quote text that has a colon."
	parse, field := keyParser(key), p.fieldKey(key)
	switch {
	case strings.HasPrefix(value, "//") && parse == nil:
		return p.freeText(t)
	case value == "" && (parse != nil && !isHeader(key) || field != ""):
		return nil // it is being typed
	case parse != nil:
		return parse(p, t, value)
	case field != "":
		_, err := p.store.options.Catalog.ParseFilter([]string{field + "=" + value})
		return wrongSign(key, ":", writeTerm(t.negate, field+"=", value, fieldError(err))+quote)
	case isHeader(key):
		return bareHeader(t.negate, value, quote)
	}
	if near := apizee.Nearest(key, keyNames(filterKeys())); near != "" {
		return unknownKey(key, near, quote)
	}
	return p.freeText(t)
}

// fieldKey returns the key of a field of an event, which may be named without "props."; or "".
func (p *parser) fieldKey(name string) string {
	const props = "props."
	known := p.store.options.Catalog.FilterKeys()
	switch {
	case slices.Contains(known, name), strings.HasPrefix(name, props) && name != props:
		return name
	case slices.Contains(known, props+name):
		return props + name
	}
	return ""
}

// wrongSign is the error about a key that is followed by another sign than its own.
func wrongSign(key, sign, hint string) *FilterError {
	return &FilterError{Message: fmt.Sprintf("%q cannot be followed by %q", key, sign), Hint: hint}
}

func unknownKey(key, near, more string) *FilterError {
	return &FilterError{Message: fmt.Sprintf("unknown key %q", key), Hint: fmt.Sprintf("did you mean %s:?", near) + more}
}

func bareHeader(negate bool, value, more string) *FilterError {
	return &FilterError{Message: "the name of the header is missing", Hint: writeTerm(negate, headerKey+"NAME:", value, nil) + more}
}

// writeTerm is the hint that says how to write a term, and what would be wrong with its value.
func writeTerm(negate bool, key, value string, mistake *FilterError) string {
	end := "."
	switch {
	case mistake != nil:
		value, end = "…", "; "+cmp.Or(mistake.Hint, mistake.Message+".")
	case value == "":
		value = "…"
	case strings.ContainsAny(value, " \t\n\""):
		value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
	}
	if negate {
		key = "-" + key
	}
	return "write " + key + value + end
}

// field adds a term in the syntax of the command line.
func (p *parser) field(t token) *FilterError {
	key, values, _ := strings.Cut(t.text, "=")
	key, negated := strings.CutSuffix(key, "!")
	negated = negated != t.negate
	expression := key + "=" + values
	if negated {
		expression = key + "!=" + values
	}
	catalog := p.store.options.Catalog
	f, err := catalog.ParseFilter([]string{expression})
	parse, near := keyParser(key), apizee.Nearest(key, keyNames(filterKeys()))
	switch {
	case key == "":
		return &FilterError{Message: `"=" has no key`, Hint: `write a key before it without a space, such as object=ticket. Quote text that begins with "=".`}
	case values == "" && (parse != nil && !isHeader(key) || err != nil && slices.Contains(catalog.FilterKeys(), key)):
		return nil // it is being typed
	case parse != nil:
		return wrongSign(key, "=", writeTerm(negated, key+":", values, parse(&parser{store: p.store, now: p.now}, t, values)))
	case isHeader(key):
		return bareHeader(negated, values, "")
	case near != "" && p.fieldKey(key) == "" && apizee.Nearest(key, catalog.FilterKeys()) == "":
		return unknownKey(key, near, "")
	case err != nil:
		return fieldError(err)
	}
	p.fields = append(p.fields, expression)
	switch strings.TrimSpace(key) {
	case "object", "event":
		p.quick(false, p.store.wordTest(f))
	default:
		p.slow(false, eventTest(f, values, negated))
	}
	return nil
}

func fieldError(err error) *FilterError {
	if err == nil {
		return nil
	}
	message, hint, _ := strings.Cut(err.Error(), "; ")
	if hint != "" {
		hint += "."
	}
	return &FilterError{Message: message, Hint: hint}
}

func (p *parser) quick(negate bool, f func(q *query, id int, r *record) bool) {
	p.filter.quick = append(p.filter.quick, test{negate: negate, quick: f})
}

func (p *parser) slow(negate bool, f func(l *lineView) bool) {
	p.filter.slow = append(p.filter.slow, test{negate: negate, slow: f})
}
