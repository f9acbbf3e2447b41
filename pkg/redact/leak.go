package redact

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A LeakSearch is the second look at what scrubbing wrote: whatever the code that wrote it believes,
// no value that should have been replaced may stand in it. It takes all originals again, one by one, and
// looks for each in the output, which is small, so that its memory does not grow with the captures.
//
// The rules, and what they leave out:
//   - A text is searched for in all files, as it is and as JSON, HTML, a URL or base64 encode it. Besides
//     the whole text, its emails, URLs, parts of URLs, tokens and long words are.
//   - One of fewer than 8 bytes has to stand alone, not inside of a word, one of fewer than 4 has to be
//     in quotes, and one byte is not searched for.
//   - A number is searched for only in the skeleton: the same files, without what the scrubber wrote in
//     place of values. The pseudonym of one id is another's id by chance, since ids are dense; in the
//     skeleton no pseudonym is left. Numbers below 100 are not searched for. So is a text of digits and
//     punctuation, such as 14:30, and a short code of hexadecimal digits, such as those in a UUID.
//   - What also stands in the public output, which is made without the captures, is nobody's secret. So
//     is the name of a field, also with punctuation around it, or of a parameter that stays, a value that
//     stays, such as the scheme of a URL or the time of a date, and what is a pseudonym already.
type LeakSearch struct {
	scrubber *Scrubber
	files    searchedFiles
	skeleton searchedFiles
	public   []searched
	numbers  map[string]string // of the skeleton, and in which file each is

	verdicts map[string]verdict
	kept     map[string]bool // values and names that stay and are in a file
	tree     *tree
	bodies   int
}

// Output is what is searched.
type Output struct {
	Files    map[string][]byte // by name, without counts and times
	Skeleton map[string][]byte // made from what [Scrubber.Blank] returns, without counts
	Public   [][]byte          // made from what is public
}

// LeakError is a value that should have been replaced and is in the output. It does not have the value.
type LeakError struct {
	Path string // of the value
	File string // of the output
}

func (e *LeakError) Error() string {
	return fmt.Sprintf("a value of %s, which should have been replaced, is in %s", e.Path, e.File)
}

// verdict is what became of the search for a value.
type verdict struct {
	path, file string // both empty: it is not there, or nobody's secret
}

// NewLeakSearch returns a search for what a Scrubber replaces.
func (s *Scrubber) NewLeakSearch(output Output) *LeakSearch {
	l := &LeakSearch{
		scrubber: s,
		numbers:  make(map[string]string),
		verdicts: make(map[string]verdict),
		kept:     make(map[string]bool),
		tree:     s.newTree(),
		files:    newSearchedFiles(output.Files),
		skeleton: newSearchedFiles(output.Skeleton),
	}
	publicNumbers := make(map[string]bool) // also in a word, such as 3339 in rfc3339
	for _, text := range append(output.Public, []byte(strings.Join(exampleDomains(), " "))) {
		l.public = append(l.public, searched{"", decodings(string(text))})
		for number := range numbers(string(text)) {
			publicNumbers[number] = true
		}
	}
	for _, file := range l.skeleton.files {
		for _, text := range file.texts {
			for number := range numbers(text) {
				if !publicNumbers[number] {
					l.numbers[number] = file.name
				}
			}
		}
	}
	return l
}

// JSON searches for the values of a body that is valid JSON, as [Scrubber.JSON] replaces them.
func (l *LeakSearch) JSON(body string) error {
	l.bodies++
	w := walker{visitor: l, tree: l.tree, text: body, dry: true}
	return w.any(l.tree.root, 0)
}

// Err returns the first leak, by path, as a *LeakError.
func (l *LeakSearch) Err() error {
	names := make(map[string]bool)
	l.tree.root.usual(l.bodies, names)
	var first *LeakError
	for value, v := range l.verdicts {
		_, core, _ := trimField(strings.TrimSpace(value))
		if v.file == "" || l.kept[value] || names[core] {
			continue
		}
		if leak := (&LeakError{v.path, v.file}); first == nil || leak.Error() < first.Error() {
			first = leak
		}
	}
	if first == nil {
		return nil
	}
	return first
}

// usual collects the names that are those of fields, and not data that looks like one: they come again
// and again.
func (n *node) usual(bodies int, names map[string]bool) {
	const often = 20
	for _, m := range n.members {
		if !m.isData && (m.seen >= often || m.seen*10 >= bodies) {
			names[m.name] = true
		}
		m.usual(bodies, names)
	}
	if n.itemNode != nil {
		n.itemNode.usual(bodies, names)
	}
}

// Report returns what was kept and what was replaced in all that was searched for.
func (l *LeakSearch) Report() []Row { return l.tree.rows() }

func (l *LeakSearch) keepName(n *node) { n.seen++ }

func (l *LeakSearch) replaceName(n *node, name string, _ map[string]string) string {
	n.count(KindName, false)
	l.replaced(n, name, Classify(name))
	return ""
}

func (l *LeakSearch) value(n *node, text string, isNumber bool) string {
	isKnown := slices.Contains(n.words, text)
	kind, kept := l.scrubber.judge(n, text, isNumber)
	n.count(kind, kept)
	switch {
	case isKnown: // and noted
	case kept:
		l.stays(text)
	default:
		l.replaced(n, text, kind)
	}
	return ""
}

// stays notes a value that stays, if it is in a file.
func (l *LeakSearch) stays(text string) {
	if len(l.numbers) > 0 {
		for number := range numbers(text) {
			if _, found := l.numbers[number]; found {
				l.kept[number] = true
			}
		}
	}
	if !l.files.mayHave(text) || l.kept[text] {
		return
	}
	if _, found := find(l.files.files, text); found {
		l.kept[text] = true
	}
}

// digits searches for the numbers in a text.
func (l *LeakSearch) digits(n *node, text string) {
	if len(l.numbers) == 0 {
		return
	}
	for number := range numbers(text) {
		if file, found := l.numbers[number]; found {
			l.note(number, verdict{n.path, file})
		}
	}
}

// text searches for a text.
func (l *LeakSearch) text(n *node, text string, kind Kind) {
	in := l.files
	if kind == KindText && isDense(text) {
		in = l.skeleton
	}
	if !in.mayHave(text) {
		return
	}
	if _, known := l.verdicts[text]; known {
		return
	}
	var v verdict
	if file, found := find(in.files, text); found {
		if _, isPublic := find(l.public, text); !isPublic && !l.isPseudonym(n, text, kind) {
			v = verdict{n.path, file}
		}
	}
	l.note(text, v)
}

// isDense reports whether a text may be the pseudonym of another one, or a part of it, as a number may.
func isDense(text string) bool {
	isHex := shortest <= len(text) && len(text) < longEnough && (text == strings.ToLower(text) || text == strings.ToUpper(text))
	return !strings.ContainsFunc(text, func(r rune) bool {
		return isAlphanumeric(r) && !isDigit(r) && !(isHex && r < utf8.RuneSelf && isHexByte(byte(r)))
	})
}

// isPseudonym reports whether a value is known to be a pseudonym: since a keyed check is in it, or since it is of
// a range that nobody's values are of. That a phone number stays is not enough.
func (l *LeakSearch) isPseudonym(n *node, text string, kind Kind) bool {
	if phone, ok := parsePhone(text); ok {
		return phone.isReserved()
	}
	return l.scrubber.key.at(n, kind, text) == text
}

// mostVerdicts is how many verdicts are kept. The output is small, and so is the number of values that
// may be in it.
const mostVerdicts = 100_000

func (l *LeakSearch) note(value string, v verdict) {
	if len(l.verdicts) < mostVerdicts {
		l.verdicts[value] = v
	} else if v.file != "" {
		l.verdicts["\x00"] = v // without the value, so that it is not taken for one that stays
	}
}
