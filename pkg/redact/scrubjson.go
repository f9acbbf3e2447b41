package redact

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// JSON returns a body with its values, and the names that are data, replaced, without white space. A
// body that is not valid JSON is refused. A name that comes twice is not: both values are replaced.
func (s *Scrubber) JSON(body []byte) ([]byte, error) {
	if err := validate(body); err != nil {
		return nil, err
	}
	w := walker{visitor: s, tree: s.tree, text: string(body), out: make([]byte, 0, len(body)*3/2)}
	if err := w.any(s.tree.root, 0); err != nil {
		return nil, err
	}
	return w.out, nil
}

var errInvalid = errors.New("invalid JSON")

// validate returns an error that does not quote the body.
func validate(body []byte) error {
	decoder := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true))
	if jsontext.Value(body).IsValid(jsontext.AllowDuplicateNames(true)) {
		return nil
	}
	var syntax *jsontext.SyntacticError
	if _, err := decoder.ReadValue(); errors.As(err, &syntax) {
		return fmt.Errorf("%w at byte %d", errInvalid, syntax.ByteOffset+1)
	}
	return errInvalid
}

// visitor is what is done with the values of a body.
type visitor interface {
	// replaceName returns what stands for a name that is data. The names of the object that are taken
	// already are by what stands for them.
	replaceName(n *node, name string, taken map[string]string) string
	// keepName is told of each name that stays.
	keepName(n *node)
	// value returns what stands for a string or a number.
	value(n *node, text string, isNumber bool) string
}

// walker goes through the values of a body.
type walker struct {
	visitor
	tree *tree
	text string // what is left of the body
	dry  bool   // nothing is written
	out  []byte
}

// maxNesting is the depth of nested values; jsontext has the same.
const maxNesting = 10_000

// any reads the next value, which is at a node, and writes what stands for it. It assumes valid JSON,
// and returns an error where it cannot go on.
func (w *walker) any(n *node, depth int) error {
	w.space()
	if w.text == "" || depth > maxNesting {
		return errInvalid
	}
	switch c := w.text[0]; {
	case c == '{':
		return w.object(n, depth)
	case c == '[':
		return w.array(n, depth)
	case c == '"':
		text, err := w.string()
		if err != nil {
			return err
		}
		w.quote(w.value(n, text, false))
	case c == '-' || isDigitByte(c):
		number := w.token()
		if number = w.value(n, number, true); number == "" {
			number = "0"
		}
		w.write(number)
	default:
		literal := w.token()
		if literal == "" {
			return errInvalid
		}
		w.write(literal)
	}
	return nil
}

func (w *walker) object(n *node, depth int) error {
	w.next("{")
	var taken map[string]string
	for first := true; ; first = false {
		if done, err := w.more('}', first); done || err != nil {
			return err
		}
		name, err := w.string()
		if err != nil {
			return err
		}
		member := w.tree.member(n, name)
		if member.isData {
			if taken == nil {
				taken = make(map[string]string)
			}
			name = w.replaceName(member, name, taken)
		} else {
			w.keepName(member)
		}
		w.quote(name)
		if w.space(); !strings.HasPrefix(w.text, ":") {
			return errInvalid
		}
		w.next(":")
		if err := w.any(member, depth+1); err != nil {
			return err
		}
	}
}

func (w *walker) array(n *node, depth int) error {
	w.next("[")
	items := w.tree.items(n)
	for first := true; ; first = false {
		if done, err := w.more(']', first); done || err != nil {
			return err
		}
		if err := w.any(items, depth+1); err != nil {
			return err
		}
	}
}

// more reads the end of an object or an array, or the comma before what is next.
func (w *walker) more(end byte, first bool) (done bool, err error) {
	w.space()
	switch {
	case w.text == "":
		return false, errInvalid
	case w.text[0] == end:
		w.next(w.text[:1])
		return true, nil
	case first:
		return false, nil
	case w.text[0] != ',':
		return false, errInvalid
	}
	w.next(",")
	w.space()
	return false, nil
}

// string reads a string.
func (w *walker) string() (string, error) {
	if w.text == "" || w.text[0] != '"' {
		return "", errInvalid
	}
	end := 1 + strings.IndexByte(w.text[1:], '"')
	if end == 0 {
		return "", errInvalid
	}
	text := w.text[1:end]
	if strings.IndexByte(text, '\\') < 0 {
		w.text = w.text[end+1:]
		return text, nil
	}
	for end = 1; end < len(w.text) && w.text[end] != '"'; end++ {
		if w.text[end] == '\\' {
			end++
		}
	}
	if end >= len(w.text) {
		return "", errInvalid
	}
	plain, err := jsontext.AppendUnquote(nil, w.text[:end+1])
	w.text = w.text[end+1:]
	if err != nil {
		return "", errInvalid
	}
	return string(plain), nil
}

// token reads a number or a literal.
func (w *walker) token() string {
	end := 0
	for end < len(w.text) && w.text[end] > ' ' && w.text[end] != ',' && w.text[end] != '}' && w.text[end] != ']' {
		end++
	}
	token := w.text[:end]
	w.text = w.text[end:]
	return token
}

func (w *walker) space() {
	for w.text != "" && w.text[0] <= ' ' {
		w.text = w.text[1:]
	}
}

// next skips and writes punctuation.
func (w *walker) next(punctuation string) {
	w.text = w.text[len(punctuation):]
	w.write(punctuation)
}

func (w *walker) write(s string) {
	if !w.dry {
		w.out = append(w.out, s...)
	}
}

func (w *walker) quote(s string) {
	if !w.dry {
		w.out, _ = jsontext.AppendQuote(w.out, s) // invalid UTF-8 becomes U+FFFD
	}
}
