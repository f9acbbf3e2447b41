package redact

import (
	"encoding/base64"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// searched is a file, in all encodings.
type searched struct {
	name  string
	texts []string
}

// searchedFiles are files that are searched.
type searchedFiles struct {
	files []searched
	grams
}

func newSearchedFiles(texts map[string][]byte) searchedFiles {
	var files []searched
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		files = append(files, searched{name, decodings(name + "\n" + string(texts[name]))})
	}
	return searchedFiles{files, newGrams(files)}
}

// decodings returns a text as it is, and as what decodes it sees it, with spaces for each plus.
func decodings(text string) []string {
	texts := []string{foldPlus(text)}
	for _, escapes := range escapeSets() {
		if strings.ContainsAny(text, escapes) {
			plain, _ := unescape(text, escapes, false)
			texts = append(texts, plain)
		}
	}
	var decoded strings.Builder
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return !isLetter(r) && !isDigit(r) && !strings.ContainsRune("+/-_", r) }) {
		const shortest = 6
		if len(run) < shortest {
			continue
		}
		run = strings.NewReplacer("-", "+", "_", "/").Replace(run)
		if len(run)%4 == 1 {
			run = run[:len(run)-1]
		}
		plain, _ := base64.RawStdEncoding.DecodeString(run)
		decoded.Write(plain)
		decoded.WriteByte('\n')
	}
	return append(texts, foldPlus(decoded.String()))
}

const (
	shortest     = 4 // a shorter one is searched for in quotes
	longEnough   = 8 // such a text may be part of a word
	shortestEver = 2
	fewestDigits = 3
)

// needle returns what is searched for, "" for nothing.
func needle(text string) string {
	if strings.IndexByte(text, '+') >= 0 {
		text = foldPlus(text)
	}
	switch {
	case len(text) < shortestEver:
		return ""
	case len(text) < shortest:
		return `"` + text + `"`
	}
	return text
}

// find returns the name of the first file that has a text.
func find(files []searched, text string) (name string, found bool) {
	whole := needle(text)
	if whole == "" {
		return "", false
	}
	for _, file := range files {
		for _, in := range file.texts {
			if contains(in, whole) {
				return file.name, true
			}
		}
	}
	return "", false
}

// contains reports whether a text has another one in it, which has to stand alone when it is short.
func contains(in, text string) bool {
	for {
		at := strings.Index(in, text)
		if at < 0 {
			return false
		}
		end := at + len(text)
		if len(text) >= longEnough || (at == 0 || !isWordByte(in[at-1]) || !isWordByte(text[0])) && (end == len(in) || !isWordByte(in[end]) || !isWordByte(text[len(text)-1])) {
			return true
		}
		in = in[at+1:]
	}
}

func isWordByte(c byte) bool { return isDigitByte(c) || isLetterByte(c) || c >= utf8.RuneSelf }

// numbers iterates over the groups of digits that are long enough to be searched for.
func numbers(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; i < len(text); i++ {
			if !isDigitByte(text[i]) {
				continue
			}
			start := i
			for i < len(text) && isDigitByte(text[i]) {
				i++
			}
			if i-start >= fewestDigits && !yield(text[start:i]) {
				return
			}
		}
	}
}

// grams is a set of all groups of shortest and of longEnough bytes in the files: a quick no for almost
// every value.
type grams struct {
	seed maphash.Seed
	bits []uint64
}

func newGrams(files []searched) grams {
	size := 0
	for _, file := range files {
		for _, text := range file.texts {
			size += len(text)
		}
	}
	words := 1 << 10
	for words*64 < size*32 {
		words *= 2
	}
	g := grams{maphash.MakeSeed(), make([]uint64, words)}
	for _, file := range files {
		for _, text := range file.texts {
			for i := range len(text) {
				for _, n := range []int{shortest, longEnough} {
					if i+n <= len(text) {
						word, bit := g.at(text[i : i+n])
						g.bits[word] |= bit
					}
				}
			}
		}
	}
	return g
}

func (g grams) at(gram string) (word int, bit uint64) {
	h := maphash.String(g.seed, gram)
	return int(h>>6) & (len(g.bits) - 1), 1 << (h & 63)
}

func (g grams) has(gram string) bool {
	word, bit := g.at(gram)
	return g.bits[word]&bit != 0
}

// mayHave reports whether a text may be in a file. It is false for almost all that are not.
func (g grams) mayHave(text string) bool {
	text = needle(text)
	n := shortest
	switch {
	case text == "":
		return false
	case len(text) >= longEnough:
		n = longEnough
	}
	return g.has(text[:n]) && g.has(text[len(text)-n:])
}
