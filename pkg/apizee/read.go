package apizee

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// span is a part of the body.
type span struct{ start, end int }

// node is one member of the event, of its props or of a group in these. It
// holds no pointers, which keeps the garbage collector away from it.
type node struct {
	name, value span // as JSON
	// The nodes within this one are nodes[from:next], so that next is the index
	// of the one after it.
	from, next int
}

// member is a node as it is checked: its name, its value as JSON, where the
// value begins in the body, and the nodes within.
type member struct {
	name, json         string
	offset, from, next int
}

func (v *validator) member(i int) member {
	n := &v.nodes[i]
	return member{v.name(i), v.text[n.value.start:n.value.end], n.value.start, n.from, n.next}
}

func (v *validator) name(i int) string {
	at := v.nodes[i].name
	return unquote(v.text[at.start:at.end])
}

// deepest is how far down members become nodes: fields, props, and groups such
// as geoloc. No documented name lies deeper.
const deepest = 3

// reader lists the members of an event. The decoder alone decides what is
// sound JSON; the reader looks ahead only to learn where a value begins.
type reader struct {
	decoder jsontext.Decoder
	text    string
	nodes   []node
}

// readers spares most events the memory of a decoder.
var readers = sync.Pool{New: func() any { return new(reader) }}

func (r *reader) release() {
	const most = 256 // more were an odd event, not worth to keep room for
	if cap(r.nodes) > most {
		r.nodes = nil
	}
	r.text, r.nodes = "", r.nodes[:0]
	readers.Put(r)
}

// read reads a body that holds one JSON value and returns that value. When it is an object, its members are in r.nodes, up to the error
// if there is one.
func (r *reader) read(text string) (value string, err error) {
	r.text = text
	r.decoder.Reset(bytes.NewBufferString(text))
	start, first := r.ahead()
	if err := r.value(first, 0); err != nil {
		return "", err
	}
	return r.text[start:r.offset()], r.end()
}

// end makes sure that nothing follows the value.
func (r *reader) end() error {
	switch _, err := r.decoder.ReadToken(); {
	case err == io.EOF:
		return nil
	case err != nil:
		return err
	}
	return errSecondValue
}

func (r *reader) offset() int { return int(r.decoder.InputOffset()) }

// ahead is where the next token begins, and its first byte: 0 at the end.
// Whether what it passes over belongs there is for the decoder to say.
func (r *reader) ahead() (offset int, first byte) {
	for offset = r.offset(); offset < len(r.text); offset++ {
		switch c := r.text[offset]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
		default:
			return offset, c
		}
	}
	return offset, 0
}

// value reads the value that begins with the given byte.
func (r *reader) value(first byte, depth int) error {
	switch {
	case first == '{' && depth < deepest:
		return r.members(depth + 1)
	case first == '{' || first == '[':
		return r.decoder.SkipValue()
	}
	_, err := r.decoder.ReadToken()
	return err
}

func (r *reader) members(depth int) error {
	if _, err := r.decoder.ReadToken(); err != nil {
		return err
	}
	for {
		start, first := r.ahead()
		if first == '}' {
			_, err := r.decoder.ReadToken()
			return err
		}
		at := len(r.nodes)
		if err := r.member(start, depth); err != nil {
			r.nodes = r.nodes[:at] // half a member is none
			return err
		}
	}
}

func (r *reader) member(start, depth int) error {
	if _, err := r.decoder.ReadToken(); err != nil {
		return err
	}
	name := span{start, r.offset()}
	start, first := r.ahead()
	at := len(r.nodes)
	r.nodes = append(r.nodes, node{})
	if err := r.value(first, depth); err != nil {
		return err
	}
	r.nodes[at] = node{name, span{start, r.offset()}, at + 1, len(r.nodes)}
	return nil
}

// unquote is the text of a JSON string, or the JSON itself when it is none.
func unquote(json string) string {
	if len(json) < 2 || json[0] != '"' {
		return json
	}
	if strings.IndexByte(json, '\\') < 0 {
		return json[1 : len(json)-1]
	}
	text, err := jsontext.AppendUnquote(nil, json)
	if err != nil {
		return json
	}
	return string(text)
}
