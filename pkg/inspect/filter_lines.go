// This file is about the terms of a filter that need the line of an exchange. A recording of a million
// lines must be filtered within a second: so a line is read only as far as a term needs it, the results for
// paths and headers, which are often the same, are remembered, and a body is searched in its escaped form.

package inspect

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// lineView is a line, and what was read of it. It is reused for other lines, by one goroutine.
type lineView struct {
	store  *Store
	cursor cursor
	header header
	body   []byte // plain, once hasBody
	buffer []byte
	event  apizee.Event

	hasBody, hasEvent, isUnusual bool
}

// set begins with another line.
func (l *lineView) set(r *record, raw []byte) {
	l.isUnusual = r.is(isUnusual)
	l.cursor, l.header, l.hasBody, l.hasEvent = cursor{line: raw}, header{}, false, false
}

// read reads the line up to a member of l.header, and returns it.
func (l *lineView) read(member *[]byte) []byte {
	for *member == nil {
		name, value, ok := l.cursor.next()
		if !ok {
			return nil
		}
		l.header.take(name, value)
	}
	return *member
}

// bytes returns the body.
func (l *lineView) bytes() []byte {
	if !l.hasBody {
		l.read(&l.header.body)
		l.body, l.hasBody = l.header.plainBody(l.body[:0]), true
	}
	return l.body
}

// bodyContains reports whether the body contains a text in lowercase, which is escaped as in JSON.
func (l *lineView) bodyContains(folded string, escaped []byte) bool {
	if !l.isUnusual {
		l.buffer = appendFolded(l.buffer[:0], l.read(&l.header.body))
		i := bytes.Index(l.buffer, escaped)
		if i < 0 {
			return false
		}
		// Not the quote before the body, and neither in the middle of an escape nor one itself.
		if i > 0 && l.buffer[i-1] != '\\' && bytes.IndexByte(escaped, '\\') < 0 {
			return true
		}
	}
	l.buffer = appendFolded(l.buffer[:0], l.bytes())
	return bytes.Contains(l.buffer, []byte(folded))
}

func (l *lineView) readEvent() apizee.Event {
	if !l.hasEvent {
		l.event, l.hasEvent = l.store.options.Catalog.Validate(l.bytes()).Event, true
	}
	return l.event
}

// appendFolded appends a text in lowercase.
func appendFolded(dst, text []byte) []byte {
	at := len(dst)
	dst = slices.Grow(dst, len(text))[:at+len(text)]
	folded, all := dst[at:], byte(0)
	for i, c := range text {
		all |= c
		if c-'A' < 26 { // also false for less than 'A', since bytes wrap
			c += 'a' - 'A'
		}
		folded[i] = c
	}
	if all < utf8.RuneSelf {
		return dst
	}
	return appendFoldedUnicode(dst[:at], text)
}

func appendFoldedUnicode(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError {
			dst = append(dst, text[i:i+size]...)
		} else {
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		}
		i += size
	}
	return dst
}

// fold returns a text in lowercase, as appendFolded.
func fold(text string) string { return string(appendFolded(nil, []byte(text))) }

// escaped returns a text as it is within a JSON string.
func escaped(text string) []byte {
	quoted, _ := jsontext.AppendQuote(nil, text)
	return quoted[1 : len(quoted)-1]
}

// memory remembers the results of a test for texts that recur, such as the headers of all requests of
// one sender.
type memory struct {
	mu      sync.RWMutex // guards results
	results map[string]bool
}

const (
	mostRemembered    = 4096
	longestRemembered = 2 << 10
)

func (m *memory) get(text []byte, test func(raw []byte, name, folded string) bool, name, folded string) bool {
	if len(text) > longestRemembered {
		return test(text, name, folded)
	}
	m.mu.RLock()
	result, ok := m.results[string(text)]
	m.mu.RUnlock()
	if ok {
		return result
	}
	result = test(text, name, folded)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.results == nil || len(m.results) == mostRemembered {
		m.results = map[string]bool{}
	}
	m.results[string(text)] = result
	return result
}

func (p *parser) freeText(t token) *FilterError {
	word := fold(t.text)
	raw := escaped(word)
	var paths, headers memory
	p.slow(t.negate, func(l *lineView) bool {
		return paths.get(l.read(&l.header.path), l.store.pathContains, "", word) ||
			headers.get(l.read(&l.header.headers), l.store.headersContain, "", word) || l.bodyContains(word, raw)
	})
	return nil
}

func (p *parser) path(t token, value string) *FilterError {
	word := fold(value)
	var paths memory
	p.slow(t.negate, func(l *lineView) bool { return paths.get(l.read(&l.header.path), l.store.pathContains, "", word) })
	return nil
}

func (p *parser) header(t token, name, value string) *FilterError {
	word := fold(value)
	var headers memory
	p.slow(t.negate, func(l *lineView) bool {
		return headers.get(l.read(&l.header.headers), l.store.headersContain, name, word)
	})
	return nil
}

func (p *parser) method(t token, value string) *FilterError {
	words := strings.Split(value, ",")
	p.slow(t.negate, func(l *lineView) bool {
		method := plainText(l.read(&l.header.method))
		return slices.ContainsFunc(words, func(word string) bool { return strings.EqualFold(word, method) })
	})
	return nil
}

// pathContains and headersContain search what is shown, in which secrets are masked.

func (s *Store) pathContains(raw []byte, _, folded string) bool {
	return strings.Contains(fold(s.maskURL(plainText(raw))), folded)
}

// maskURL masks the secrets of a path.
func (s *Store) maskURL(path string) string {
	if s.options.ShowSecrets {
		return path
	}
	return redact.URL(path)
}

// headersContain searches the headers of a name, or with "" all of them, names included.
func (s *Store) headersContain(raw []byte, name, folded string) bool {
	var headers map[string][]string
	if json.Unmarshal(raw, &headers) != nil {
		return false
	}
	for n, values := range headers {
		if name != "" && !strings.EqualFold(n, name) {
			continue
		}
		if name == "" && strings.Contains(fold(n), folded) {
			return true
		}
		for _, value := range values {
			if strings.Contains(fold(s.mask(n, value)), folded) {
				return true
			}
		}
	}
	return false
}

// mask masks the secrets of a header.
func (s *Store) mask(name, value string) string {
	if s.options.ShowSecrets {
		return value
	}
	return redact.Header(name, value, s.options.SecretHeaders...)
}

// eventTest tests the event with a filter of one condition. When the condition is not negated, the line
// must contain one of its values.
func eventTest(f apizee.Filter, values string, negated bool) func(l *lineView) bool {
	var needles [][]byte
	for value := range strings.SplitSeq(values, ",") {
		needles = append(needles, escaped(strings.TrimSpace(value)))
	}
	return func(l *lineView) bool {
		found := l.isUnusual
		for _, needle := range needles {
			found = found || bytes.Contains(l.cursor.line, needle)
		}
		if !found {
			return negated
		}
		return f.Match(l.readEvent())
	}
}

// wordTest tests the object and the name of the event with a filter of one condition.
func (s *Store) wordTest(f apizee.Filter) func(*query, int, *record) bool {
	return func(_ *query, _ int, r *record) bool {
		return f.Match(apizee.Event{Object: s.words.text(r.name), Name: s.words.text(r.event)})
	}
}
