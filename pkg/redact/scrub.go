package redact

import (
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// ScrubOptions say what a [Scrubber] keeps.
type ScrubOptions struct {
	// Key makes the pseudonyms of two scrubbers the same. Without one they are of a random key that
	// nobody gets to know.
	Key []byte

	// Keep are paths whose values stay: "props.name", "props.agents[].email", "headers.X-Team".
	Keep []string

	// Documented reports whether a string or a number at a path is a word of the documentation, which
	// stays. nil is never.
	Documented func(path, value string) bool
}

// Scrubber replaces the values of what was captured by pseudonyms. A value stays when it is
// documented, at a path to keep, masked, or says nothing: true, false, null, an empty text or zero. It
// is replaced otherwise: what is not known to be safe is not.
//
// The same value has the same pseudonym wherever it stands, so that references hold. A pseudonym has
// the shape of what it replaces, and except for numbers, and for phone numbers with 00 behind the code of the
// country, it is recognized when it comes again, and stays.
//
// A Scrubber is not safe for concurrent use.
type Scrubber struct {
	key        *secretKey
	keep       map[string]bool
	named      map[string]bool // paths of members whose names may stay; nil is all
	documented func(path, value string) bool
	isBlank    bool
	tree       *tree
}

// NewScrubber returns a Scrubber.
func NewScrubber(options ScrubOptions) *Scrubber {
	s := &Scrubber{
		key:        newSecretKey(options.Key),
		keep:       make(map[string]bool),
		documented: options.Documented,
	}
	if s.documented == nil {
		s.documented = func(string, string) bool { return false }
	}
	for _, path := range options.Keep {
		s.keep[path] = true
	}
	s.tree = s.newTree()
	return s
}

// KeepNamesOf sets the paths of the members whose names may stay. Before, it is those of all names
// that look like names of fields. It must be called before anything is scrubbed.
func (s *Scrubber) KeepNamesOf(paths map[string]bool) {
	s.named = paths
	s.tree = s.newTree()
}

func (s *Scrubber) newTree() *tree { return newTree(s.keep, s.named) }

// Blank returns a Scrubber that keeps the same values, and writes nothing in place of the others: an
// empty text, or zero. What it leaves does not come from a value that is replaced.
func (s *Scrubber) Blank() *Scrubber {
	return &Scrubber{key: s.key, keep: s.keep, documented: s.documented, named: s.named, isBlank: true, tree: s.newTree()}
}

// Value returns what stands for a string at a path.
func (s *Scrubber) Value(path, text string) string { return s.value(s.tree.at(path), text, false) }

func (s *Scrubber) value(n *node, text string, isNumber bool) string {
	kind, kept := s.judge(n, text, isNumber)
	switch {
	case kept:
		return text
	case s.isBlank:
		return ""
	}
	return s.key.at(n, kind, text)
}

// at returns the pseudonym of a value.
func (k *secretKey) at(n *node, kind Kind, text string) string {
	if kind == KindPosition {
		return k.coordinate(text, n.limit)
	}
	return k.settled(kind, text)
}

// settled returns the pseudonym of a value. Those of the parts of a text may be a value of another kind with what is
// around them, which would have another pseudonym when it comes again: it is replaced until it stays, but for digits.
func (k *secretKey) settled(kind Kind, text string) string {
	const most = 8
	pseudonym := k.replace(kind, text)
	if kind != KindText && kind != KindURI || sameButDigits(pseudonym, text) {
		return pseudonym
	}
	for range most {
		again := k.replace(Classify(pseudonym), pseudonym)
		if sameButDigits(again, pseudonym) {
			break
		}
		pseudonym = again
	}
	return pseudonym
}

// sameButDigits reports whether two texts are the same but for their digits.
func sameButDigits(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && !(isDigitByte(a[i]) && isDigitByte(b[i])) {
			return false
		}
	}
	return true
}

// replaceName numbers pseudonyms that are the same: by chance, as of one IP address of 700, or because the
// names differ in case or in symbols.
func (s *Scrubber) replaceName(_ *node, name string, taken map[string]string) string {
	if s.isBlank {
		return "*"
	}
	first := s.key.settled(Classify(name), name)
	pseudonym := first
	for i := len(taken) + 1; ; i++ {
		if of, isTaken := taken[pseudonym]; !isTaken || of == name {
			taken[pseudonym] = name
			return pseudonym
		}
		pseudonym = first + " " + strconv.Itoa(i)
	}
}

func (s *Scrubber) keepName(*node) {}

// judge returns the kind of a value, and whether it stays.
func (s *Scrubber) judge(n *node, text string, isNumber bool) (kind Kind, kept bool) {
	switch {
	case slices.Contains(n.words, text):
		return KindDocumented, true
	case n.keeps, saysNothing(text):
		return kindOf(n, text, isNumber), true
	case s.documented(n.path, text):
		if !isNumber && len(n.words) < mostWords {
			n.words = append(n.words, strings.Clone(text))
		}
		return KindDocumented, true
	case isMasked(text):
		return KindSecret, true
	}
	return kindOf(n, text, isNumber), false
}

func saysNothing(text string) bool {
	switch text {
	case "", "0", "true", "false", "null":
		return true
	}
	return false
}

// kindOf returns the kind of a value, for which the path may matter.
func kindOf(n *node, text string, isNumber bool) Kind {
	kind := KindInteger
	switch {
	case !isNumber:
		kind = Classify(text)
	case strings.ContainsAny(text, ".eE"):
		kind = KindDecimal
	}
	if n.limit > 0 && (kind == KindInteger || kind == KindDecimal) && isCoordinate(text, n.limit) {
		return KindPosition
	}
	return kind
}

// isMasked reports whether a value was masked when it was recorded.
func isMasked(text string) bool { return strings.Trim(text, "*") == "" && len(text) >= len(Masked)-1 }

// positionLimit returns the largest latitude or longitude when the last name of a path is that of one.
func positionLimit(path string) float64 {
	switch strings.ToLower(path[strings.LastIndexByte(path, '.')+1:]) {
	case "lat", "latitude":
		return 90
	case "lng", "lon", "long", "longitude":
		return 180
	}
	return 0
}

// KeepsNumber reports whether the numbers at a path stay.
func (s *Scrubber) KeepsNumber(path string) bool { return s.keep[path] || s.documented(path, "0") }

// KeepsName reports whether the name of a member stays: when it looks like the name of a field, and not
// like an email, a number or a name of a person that is used as one; or when it is to be kept.
func (s *Scrubber) KeepsName(path, name string) bool {
	return isFieldName(name) || s.keep[joinPath(path, name)] || s.keep[joinPath(path, "*")]
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// isFieldName reports whether a text is a name as programs give fields: it starts with a lowercase
// letter or _, and has only ASCII letters, few digits and uppercase letters, and separators.
func isFieldName(name string) bool {
	const longest, longestWord, mostDigits = 40, 20, 2
	if name == "" || len(name) > longest || name[0] != '_' && (name[0] < 'a' || name[0] > 'z') {
		return false
	}
	digits, uppercase, word := 0, 0, 0
	for i := range len(name) {
		word++
		switch c := name[i]; {
		case isDigitByte(c):
			digits++
		case 'a' <= c && c <= 'z':
		case 'A' <= c && c <= 'Z':
			uppercase++
			word = 0
		case c == '_' || c == '-' || c == '.':
			word = 0
		default:
			return false
		}
		if word > longestWord {
			return false
		}
	}
	return digits <= mostDigits && uppercase <= max(3, len(name)/5)
}

// Header returns what stands for the value of a header. The scheme of a credential stays.
func (s *Scrubber) Header(name, value string) string {
	n := s.tree.at("headers." + textproto.CanonicalMIMEHeaderKey(name))
	kind, kept := s.judge(n, value, false)
	if IsSecret(name) {
		kind = KindSecret
	}
	scheme, credentials, found := strings.Cut(value, " ")
	switch {
	case kept:
		return value
	case s.isBlank:
		return ""
	case strings.EqualFold(name, "Host"):
		return s.key.host(value)
	case kind == KindSecret && found && isScheme(scheme):
		return scheme + " " + s.key.settled(KindText, credentials)
	}
	return s.key.at(n, kind, value)
}

func isScheme(word string) bool {
	return strings.EqualFold(word, "Bearer") || strings.EqualFold(word, "Basic") || strings.EqualFold(word, "Digest")
}
