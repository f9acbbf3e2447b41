package redact

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A pseudonym that is a word has five syllables of a consonant and a vowel: a keyed number, and a keyed
// check of it, by which it is recognized when it comes again. No name of a person has both.
const (
	consonants    = "bcdfgjklmnprstvz"
	vowels        = "aeiou"
	syllables     = 5
	wordChecks    = 1 << 10
	words         = 3_200_000 // times wordChecks, it is the number of words of five syllables
	wordLetters   = 2 * syllables
	syllableKinds = uint64(len(consonants) * len(vowels))
)

// word returns the pseudonym of a word, which is the same in lowercase, uppercase and capitalized.
func (k *secretKey) word(word string) string {
	lower := folded(word)
	if k.isWord(lower) {
		return word
	}
	n := k.number("word", lower, words)
	return inCaseOf(word, spell(n*wordChecks+k.check(n)%wordChecks))
}

// folded returns a text in lowercase, and with one code point for a letter and its accents.
func folded(text string) string {
	lower := strings.ToLower(text)
	if strings.ContainsFunc(lower, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return norm.NFC.String(lower)
	}
	return lower
}

func spell(n uint64) string {
	var out [wordLetters]byte
	for i := wordLetters - 2; i >= 0; i -= 2 {
		syllable := n % syllableKinds
		out[i], out[i+1] = consonants[syllable/uint64(len(vowels))], vowels[syllable%uint64(len(vowels))]
		n /= syllableKinds
	}
	return string(out[:])
}

// isWord reports whether a lowercase word is a pseudonym of this key.
func (k *secretKey) isWord(word string) bool {
	if len(word) != wordLetters {
		return false
	}
	n := uint64(0)
	for i := 0; i < wordLetters; i += 2 {
		consonant, vowel := strings.IndexByte(consonants, word[i]), strings.IndexByte(vowels, word[i+1])
		if consonant < 0 || vowel < 0 {
			return false
		}
		n = n*syllableKinds + uint64(consonant*len(vowels)+vowel)
	}
	return n%wordChecks == k.check(n/wordChecks)%wordChecks
}

// inCaseOf writes a lowercase word as another one is written.
func inCaseOf(model, word string) string {
	first, width := utf8.DecodeRuneInString(model)
	switch rest := model[width:]; {
	case !unicode.IsUpper(first):
		return word
	case rest != "" && rest == strings.ToUpper(rest) && rest != strings.ToLower(rest):
		return strings.ToUpper(word)
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// text returns the pseudonym of a text: word for word, with the emails, numbers and the like in it as
// they are alone. Spaces and ASCII punctuation stay, and other symbols become a dot.
func (k *secretKey) text(text string) string {
	if isEmbedded(text) {
		return k.embedded(text)
	}
	var out strings.Builder
	fields(text, func(field string, kind Kind) {
		switch kind {
		case KindEmpty:
			out.WriteString(field)
		case KindPhone:
			out.WriteString(k.phone(field))
		default:
			k.field(&out, field)
		}
	})
	return out.String()
}

// field writes the pseudonym of a text without spaces. What is escaped as in a URL stays so.
func (k *secretKey) field(out *strings.Builder, field string) {
	s := splitter{do: k.piece(out)}
	s.percent = func(segment string) {
		if isEscaped(segment) {
			out.WriteString(escapeSegment(k.unescaped(unescapePercent(segment))))
			return
		}
		out.WriteString(k.unescaped(segment))
	}
	s.split(field)
}

// piece returns a function that writes the pseudonym of a piece.
func (k *secretKey) piece(out *strings.Builder) func(string, Kind) {
	return func(piece string, kind Kind) {
		if isWords(kind) {
			k.runs(out, piece)
		} else {
			out.WriteString(k.replace(kind, piece))
		}
	}
}

// unescaped returns the pseudonym of a text that was escaped.
func (k *secretKey) unescaped(text string) string {
	var out strings.Builder
	splitter{do: k.piece(&out)}.split(text)
	return out.String()
}

// runs writes the pseudonyms of the runs of letters and of digits.
func (k *secretKey) runs(out *strings.Builder, text string) {
	for text != "" {
		end := runEnd(text, isAlphanumeric)
		if end == 0 {
			r, width := utf8.DecodeRuneInString(text)
			switch {
			case isSpace(r):
				r = ' '
			case r >= utf8.RuneSelf:
				r = '·'
			}
			out.WriteRune(r)
			text = text[width:]
			continue
		}
		k.run(out, text[:end])
		text = text[end:]
	}
}

// run writes the pseudonym of letters and digits: of a token as a whole.
func (k *secretKey) run(out *strings.Builder, run string) {
	if kind := Classify(run); kind == KindUID || kind == KindToken {
		out.WriteString(k.coded(kind, run))
		return
	}
	k.sorts(out, run)
}

// sorts writes the pseudonyms of the letters and of the digits of a run.
func (k *secretKey) sorts(out *strings.Builder, run string) {
	for part, isNumber := range sorts(run) {
		if isNumber {
			out.WriteString(k.digits(part))
		} else {
			out.WriteString(k.word(part))
		}
	}
}

// areWords reports whether all letters of a run are of pseudonyms.
func (k *secretKey) areWords(run string) bool {
	for part, isNumber := range sorts(run) {
		if !isNumber && !k.isWord(strings.ToLower(part)) {
			return false
		}
	}
	return true
}

// sorts splits a run into digits and letters.
func sorts(run string) iter.Seq2[string, bool] {
	return func(yield func(part string, isNumber bool) bool) {
		for run != "" {
			end := runEnd(run, isDigit)
			isNumber := end > 0
			if !isNumber {
				end = runEnd(run, func(r rune) bool { return !isDigit(r) })
			}
			if !yield(run[:end], isNumber) {
				return
			}
			run = run[end:]
		}
	}
}

func isSpace(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

func runEnd(text string, is func(rune) bool) int {
	if end := strings.IndexFunc(text, func(r rune) bool { return !is(r) }); end >= 0 {
		return end
	}
	return len(text)
}

func isAlphanumeric(r rune) bool {
	return isLetter(r) || isDigit(r) || r >= utf8.RuneSelf && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r))
}
