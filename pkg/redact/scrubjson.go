package redact

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// JSON returns a body with its values, and the names that are data, replaced, without white space. A
// body that is not valid JSON is refused. A name that comes twice is not: both values are replaced.
func (s *Scrubber) JSON(body []byte) ([]byte, error) {
	return s.scratch.walk(body, s)
}

// visitor is what is done with the values of a body.
type visitor interface {
	KeepsName(path, name string) bool
	// replaceName returns what stands for a name that is data.
	replaceName(path, name string) string
	// value returns what stands for a string or a number.
	value(path, text string, kind Kind) string
}

func (s *Scrubber) replaceName(path, name string) string {
	s.count(path, KindKey, false)
	if s.isBlank {
		return "*"
	}
	return s.key.value(name)
}

// value returns the pseudonym of a text by what it looks like.
func (k *secretKey) value(text string) string { return k.replace(Classify(text), text) }

// scratch is memory that is used again for each body.
type scratch struct {
	decoder  jsontext.Decoder
	reader   bytes.Reader
	path     []byte
	text     []byte
	out      []byte
	interned map[string]string
}

const (
	mostInterned = 10_000 // paths and names that are remembered
	longestPath  = 512    // bytes; what is deeper has the path of what it is in
)

// intern returns a path as a string, mostly without allocating one.
func (w *scratch) intern(path []byte) string {
	if s, ok := w.interned[string(path)]; ok {
		return s
	}
	s := string(path)
	if w.interned == nil {
		w.interned = make(map[string]string)
	}
	if len(w.interned) < mostInterned && len(s) <= longestPath {
		w.interned[s] = s
	}
	return s
}

func (w *scratch) walk(body []byte, v visitor) ([]byte, error) {
	w.reader.Reset(body)
	w.decoder.Reset(&w.reader, jsontext.AllowDuplicateNames(true))
	w.path, w.out = w.path[:0], w.out[:0]
	if err := w.any(v); err != nil {
		return nil, fmt.Errorf("invalid JSON: %w", unquoted(err))
	}
	if _, err := w.decoder.ReadToken(); err != io.EOF {
		return nil, errors.New("invalid JSON: more than one value")
	}
	return bytes.Clone(w.out), nil
}

// unquoted returns an error without what it quotes of the body.
func unquoted(err error) error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		return fmt.Errorf("at byte %d", syntax.ByteOffset+1)
	}
	return errors.New("truncated")
}

// any reads the next value, and writes what stands for it.
func (w *scratch) any(v visitor) error {
	switch w.decoder.PeekKind() {
	case '{':
		return w.object(v)
	case '[':
		return w.array(v)
	}
	raw, err := w.decoder.ReadValue()
	if err != nil {
		return err
	}
	switch raw.Kind() {
	case '"':
		if w.text, err = jsontext.AppendUnquote(w.text[:0], raw); err != nil {
			return err
		}
		text := string(w.text)
		w.out, err = jsontext.AppendQuote(w.out, v.value(w.intern(w.path), text, Classify(text)))
		return err
	case '0':
		replaced := v.value(w.intern(w.path), string(raw), numberKind(raw))
		if replaced == "" {
			replaced = "0"
		}
		w.out = append(w.out, replaced...)
	default:
		w.out = append(w.out, raw...)
	}
	return nil
}

func numberKind(raw []byte) Kind {
	if bytes.ContainsAny(raw, ".eE") {
		return KindDecimal
	}
	return KindInteger
}

func (w *scratch) object(v visitor) error {
	if _, err := w.decoder.ReadToken(); err != nil {
		return err
	}
	w.out = append(w.out, '{')
	parent := len(w.path)
	for w.decoder.PeekKind() != '}' {
		if w.out[len(w.out)-1] != '{' {
			w.out = append(w.out, ',')
		}
		raw, err := w.decoder.ReadValue()
		if err != nil {
			return err
		}
		if w.text, err = jsontext.AppendUnquote(w.text[:0], raw); err != nil {
			return err
		}
		name := w.intern(w.text)
		path := w.intern(w.path)
		if v.KeepsName(path, name) {
			w.enter(name)
		} else {
			w.enter("*")
			name = v.replaceName(w.intern(w.path), name)
		}
		if w.out, err = jsontext.AppendQuote(w.out, name); err != nil {
			return err
		}
		w.out = append(w.out, ':')
		if err := w.any(v); err != nil {
			return err
		}
		w.path = w.path[:parent]
	}
	w.out = append(w.out, '}')
	_, err := w.decoder.ReadToken()
	return err
}

// enter appends a name to the path.
func (w *scratch) enter(name string) {
	if len(w.path) >= longestPath {
		return
	}
	if len(w.path) > 0 {
		w.path = append(w.path, '.')
	}
	w.path = append(w.path, name...)
}

func (w *scratch) array(v visitor) error {
	if _, err := w.decoder.ReadToken(); err != nil {
		return err
	}
	w.out = append(w.out, '[')
	parent := len(w.path)
	if parent < longestPath {
		w.path = append(w.path, "[]"...)
	}
	for w.decoder.PeekKind() != ']' {
		if w.out[len(w.out)-1] != '[' {
			w.out = append(w.out, ',')
		}
		if err := w.any(v); err != nil {
			return err
		}
	}
	w.path = w.path[:parent]
	w.out = append(w.out, ']')
	_, err := w.decoder.ReadToken()
	return err
}
