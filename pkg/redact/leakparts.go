package redact

import (
	"strings"
	"time"
	"unicode/utf8"
)

// A value is searched for as a whole, and so are its parts: each of those that has a pseudonym of its own could
// have kept its original.

// replaced searches for a value that is replaced, and for its parts.
func (l *LeakSearch) replaced(n *node, text string, kind Kind) {
	switch kind {
	case KindInteger, KindDecimal, KindPosition:
		l.digits(n, text)
		return
	case KindEmail:
		local, domain, _ := strings.Cut(text, "@")
		l.part(n, local)
		if !isExampleDomain(domain) {
			l.part(n, domain)
		}
	case KindURI:
		scheme, rest, _ := strings.Cut(text, ":")
		if isPersonScheme(scheme) || l.scrubber.key.scheme(scheme) == scheme {
			l.stays(scheme)
			l.stays(text[:len(scheme)+len(":")])
		}
		user, host, rest := cutAuthority(strings.TrimPrefix(rest, "//"))
		for part := range strings.FieldsFuncSeq(user, func(r rune) bool { return r == ':' || r == '@' }) {
			l.part(n, unescapePercent(part))
		}
		l.host(n, host)
		l.segments(n, rest)
	case KindDate, KindDateTime:
		l.timeStays(text)
	case KindText:
		l.parts(n, text)
	}
	l.text(n, text, kind)
}

// parts searches for the parts of a text.
func (l *LeakSearch) parts(n *node, text string) {
	if isEmbedded(text) {
		tokens(text, func(_, plain string, kind Kind) {
			if kind != "" {
				l.replaced(n, plain, kind)
			}
		})
		return
	}
	fields(text, func(field string, kind Kind) {
		switch kind {
		case KindEmpty:
		case KindPhone:
			l.replaced(n, field, kind)
		default:
			l.field(n, field)
		}
	})
}

// field searches for a part of a text without spaces.
func (l *LeakSearch) field(n *node, field string) {
	s := splitter{do: l.piece(n)}
	s.percent = func(segment string) {
		if isEscaped(segment) {
			l.part(n, unescapePercent(segment))
		}
		splitter{do: s.do}.split(segment)
	}
	s.split(field)
}

// piece returns a function that searches for a piece.
func (l *LeakSearch) piece(n *node) func(string, Kind) {
	return func(piece string, kind Kind) {
		if isWords(kind) {
			l.words(n, piece)
		} else {
			l.replaced(n, piece, kind)
		}
	}
}

// words searches for the long words of a text, and its numbers.
func (l *LeakSearch) words(n *node, text string) {
	const longWord = 8
	for rest := text; rest != ""; {
		end := runEnd(rest, isAlphanumeric)
		if run := rest[:end]; end >= longWord && skipDigits(run) != "" {
			l.text(n, run, Classify(run))
		}
		_, width := utf8.DecodeRuneInString(rest[end:])
		rest = rest[end+width:]
	}
	l.digits(n, text)
}

// host searches for the host of a URL, and its port.
func (l *LeakSearch) host(n *node, host string) {
	parts := []string{host}
	if colon := strings.LastIndexByte(host, ':'); colon > strings.LastIndexByte(host, ']') {
		parts = append(parts, host[:colon], host[colon+1:])
	}
	for _, part := range parts {
		if l.files.mayHave(part) && l.scrubber.key.host(part) == part {
			l.stays(part)
		} else {
			l.part(n, strings.Trim(unescapePercent(part), "[]"))
		}
	}
}

// timeStays notes the time that stays of a date. Without a letter it is searched for in the skeleton, where it is not.
func (l *LeakSearch) timeStays(date string) {
	rest := date[len(time.DateOnly):]
	if strings.HasPrefix(rest, "T") {
		l.stays(rest)
	}
	if strings.HasSuffix(rest, "Z") {
		l.stays(rest[1:])
	}
}

// segments searches for the segments of a path, and the values of a query and a fragment.
func (l *LeakSearch) segments(n *node, text string) {
	for _, segment := range segments(text) {
		switch {
		case segment == nil:
		case segment.isName && isFieldName(segment.text):
			l.stays(segment.text)
		default:
			name, extension := cutExtension(segment.text)
			l.stays(extension)
			l.stays(strings.TrimPrefix(extension, "."))
			l.part(n, name)
		}
	}
}

// part searches for a part of a URL or an email, which is replaced unless it is documented.
func (l *LeakSearch) part(n *node, part string) {
	kind, kept := l.scrubber.judge(n, part, false)
	if kind == KindDate || kind == KindDateTime {
		l.timeStays(part)
	}
	switch {
	case kept:
		l.stays(part)
	case kind == KindInteger || kind == KindDecimal:
		l.digits(n, part)
	case len(part) >= shortest:
		l.text(n, part, kind)
	}
	if !kept && kind == KindText && levelsOf(part)&(1<<others-1) != 0 {
		splitter{do: l.piece(n)}.split(part)
	}
}
