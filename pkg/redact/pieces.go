package redact

import (
	"strings"
	"unicode/utf8"
)

// A value in a text has the pseudonym that it has alone. It is found where the text is split: at spaces, and then
// at what separates values more and more rarely. What is a value is not split further, since a comma may be a part
// of a URL, and a colon one of a date.

// fields calls do with the parts of a text: phone numbers that are written with spaces, spaces as KindEmpty, and what
// is between them as KindText.
func fields(text string, do func(field string, kind Kind)) {
	text = plainSpaces(text)
	for text != "" {
		phone, end := findPhone(text)
		for before := text[:phone]; before != ""; {
			space := indexFunc(before, isSpace)
			if space == 0 {
				_, width := utf8.DecodeRuneInString(before)
				do(before[:width], KindEmpty)
				before = before[width:]
				continue
			}
			do(before[:space], KindText)
			before = before[space:]
		}
		if phone < end {
			do(text[phone:end], KindPhone)
		}
		text = text[end:]
	}
}

// plainSpaces replaces control characters and the spaces that are not ASCII, such as those that do not break.
func plainSpaces(text string) string {
	isOther := func(r rune) bool { return r != ' ' && r != '\t' && r != '\r' && r != '\n' && isSpace(r) }
	if !strings.ContainsFunc(text, isOther) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if isOther(r) {
			return ' '
		}
		return r
	}, text)
}

// findPhone returns where the first phone number is that is written with spaces, or the end of the text.
func findPhone(text string) (start, end int) {
	const longest, mostDigits = 32, 13
	before := onlyPunctuation
	for start, r := range text {
		mayStart := (r == '+' || r == '0' || r == '(') && (before == onlyPunctuation || before == wordPunctuation)
		if before = before.next(r); !mayStart {
			continue
		}
		spaces := false
		for at := start; at < len(text) && at-start < longest && (at == start || strings.IndexByte("0123456789 .-()", text[at]) >= 0); at++ {
			spaces = spaces || text[at] == ' '
			if !spaces || !isDigitByte(text[at]) || !mayFollowPhone(text[at+1:]) {
				continue
			}
			phone, ok := parsePhone(text[start : at+1])
			if !ok {
				continue
			}
			if _, reserved := phone.reserved(); reserved != "" { // it has the digits of its country
				return start, at + 1
			}
			if end == 0 || len(phone.prefix)+len(phone.number) <= mostDigits {
				end = at + 1
			}
		}
		if end > 0 {
			return start, end
		}
	}
	return len(text), len(text)
}

// beforePhone is what there is between a space and a phone number: punctuation and perhaps a word, which have no other
// end when they are replaced.
type beforePhone int

const (
	onlyPunctuation beforePhone = iota
	aWord
	wordPunctuation
	otherBefore // no phone number starts behind it
)

func (b beforePhone) next(r rune) beforePhone {
	switch {
	case r == ' ':
		return onlyPunctuation
	case isAround(r) || isSymbol(r):
		if b == aWord {
			return wordPunctuation
		}
		return b
	case isAlphanumeric(r) && !isDigit(r) && (b == onlyPunctuation || b == aWord):
		return aWord
	}
	return otherBefore
}

func mayFollowPhone(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return text == "" || isSpace(r) || isAround(r) || isSymbol(r)
}

// isSymbol reports whether a character is neither ASCII nor a letter or a digit, such as a typographic quote.
func isSymbol(r rune) bool { return r >= utf8.RuneSelf && !isAlphanumeric(r) }

// Levels of what separates values in a text without spaces, the surest first.
const (
	quotes = iota
	commas
	brackets
	paths
	joints // are in values, too
	others
	alphanumeric
)

// levelOf returns the level of a character.
func levelOf(r rune) int {
	switch r {
	case '"', '`', '<', '>', '|', '{', '}', '\\', ' ', '\t', '\r', '\n':
		return quotes
	case ',':
		return commas
	case '(', ')', '[', ']':
		return brackets
	case '/', '?', '#', '&', ';', '=':
		return paths
	case ':', '-', '_', '\'':
		return joints
	}
	switch {
	case isAlphanumeric(r):
		return alphanumeric
	case isSymbol(r) || isSpace(r):
		return quotes
	}
	return others
}

// levelsOf returns the levels of the characters of a text as bits.
func levelsOf(text string) (levels uint) {
	for _, r := range text {
		levels |= 1 << levelOf(r)
	}
	return levels
}

// splitter splits a text without spaces into values of a kind, and what is between them as KindText.
type splitter struct {
	do      func(piece string, kind Kind)
	percent func(segment string) // for what may be escaped as a segment of a URL; nil is for a text that was
}

func (s splitter) split(text string) {
	if levelsOf(text) == 1<<alphanumeric { // as most words are
		s.do(text, s.kind(text))
		return
	}
	s.level(text, 0)
}

func (s splitter) level(text string, level int) {
	before, core, after := trimField(text)
	if before != "" {
		s.do(before, KindText)
	}
	if kind := s.kind(core); !isWords(kind) {
		s.do(core, kind)
	} else if core != "" {
		s.words(core, level)
	}
	if after != "" {
		s.do(after, KindText)
	}
}

// words splits what is no value at the surest of the levels that are left.
func (s splitter) words(text string, level int) {
	levels := levelsOf(text)
	for level < joints && levels&(1<<level) == 0 {
		level++
	}
	if level == paths && s.percent != nil { // a URL may have what separates paths
		if url := schemeStart(text); url > 0 {
			s.level(text[:url], level)
			s.level(text[url:], level)
			return
		}
	}
	switch {
	case level < joints:
		isSeparator := func(r rune) bool { return levelOf(r) == level }
		for text != "" {
			end := indexFunc(text, isSeparator)
			switch {
			case end == 0:
				_, end = utf8.DecodeRuneInString(text)
				s.do(text[:end], KindText)
			case level == paths && s.percent != nil && isPercent(text[:end]):
				s.percent(text[:end]) // with what is around it, since http: may be escaped
			default:
				s.level(text[:end], level+1)
			}
			text = text[end:]
		}
	case s.percent != nil && strings.Contains(text, "%"):
		s.percent(text)
	case levels&(1<<joints) != 0:
		s.joined(text)
	default:
		s.do(text, KindText)
	}
}

// isPercent reports whether a text has what may be an escape, and is no URL such as mailto:.
func isPercent(text string) bool {
	if !strings.Contains(text, "%") {
		return false
	}
	_, core, _ := trimField(text)
	return !isURI(core)
}

const allJoints = ":-_'"

// joined splits a text at joints. A value is as long as it can be.
func (s splitter) joined(text string) {
	const most = 8
	for at := 0; at < len(text); {
		rest := text[at:]
		first := separator(rest, allJoints)
		if first == 0 {
			s.do(rest[:1], KindText)
			at++
			continue
		}
		longest := first
		for n := 0; longest < len(rest) && n < most; n++ {
			longest += 1 + separator(rest[longest+1:], allJoints)
		}
		end, kind := first, KindText
		for candidate := longest; candidate > 0; candidate = strings.LastIndexAny(rest[:candidate], allJoints) {
			if k := s.kind(rest[:candidate]); !isWords(k) {
				end, kind = candidate, k
				break
			}
		}
		s.do(rest[:end], kind)
		at += end
	}
}

// schemeStart returns where the scheme of a URL starts behind a separator in a text, or 0.
func schemeStart(text string) int {
	for at := 0; ; {
		end := strings.Index(text[at:], "://")
		if end < 0 {
			return 0
		}
		start := at + strings.LastIndexFunc(text[at:at+end], endsScheme) + 1
		first, _ := utf8.DecodeRuneInString(text[start:])
		if start > 0 && isAlphanumeric(first) && strings.IndexByte(":=;&?#/", text[start-1]) >= 0 {
			return start
		}
		at += end + len("://")
	}
}

// kind returns the kind of a piece. A URL in an escaped text is a text, since there is no end to how deep they can be
// nested.
func (s splitter) kind(piece string) Kind {
	kind := Classify(piece)
	if kind == KindURI && s.percent == nil {
		return KindText
	}
	return kind
}

func indexFunc(text string, is func(rune) bool) int {
	if end := strings.IndexFunc(text, is); end >= 0 {
		return end
	}
	return len(text)
}

// trimField splits a text without spaces into what it is about and the punctuation around it.
func trimField(field string) (before, core, after string) {
	core = strings.TrimLeftFunc(field, isAround)
	before = field[:len(field)-len(core)]
	after = core
	core = strings.TrimRightFunc(core, isAround)
	return before, core, after[len(core):]
}

// isAround reports whether a character around a value is not part of it.
func isAround(r rune) bool {
	return r < utf8.RuneSelf && strings.IndexByte("<>()[]{}\"'`,;:.!?", byte(r)) >= 0
}

// isWords reports whether a part of a text is replaced by its runs of letters and of digits. A number is not:
// the digits and the e of one with an exponent may look like a uid.
func isWords(kind Kind) bool { return kind == KindEmpty || kind == KindText }
