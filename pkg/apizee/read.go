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

// reader lists the members of an event. The decoder alone decides what is sound JSON.
type reader struct {
	decoder jsontext.Decoder
	input   bytes.Buffer
	nodes   []node
}

// readers spares most events the memory of a decoder.
var readers = sync.Pool{New: func() any { return new(reader) }}

func (r *reader) release() {
	// More were an odd event, not worth to keep room for.
	const mostNodes, mostInput = 256, 64 << 10
	if cap(r.nodes) > mostNodes || r.input.Cap() > mostInput {
		return
	}
	r.nodes = r.nodes[:0]
	readers.Put(r)
}

// read reads a body that holds one JSON value and tells where it is. When it is an object,
// its members are in r.nodes, up to the error if there is one.
func (r *reader) read(text string) (span, error) {
	r.input.Reset()
	r.input.WriteString(text)
	r.decoder.Reset(&r.input)
	value, err := r.value(0)
	if err != nil {
		return span{}, err
	}
	return value, r.end()
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

// value reads a value, and the members of an object that is not too deep.
func (r *reader) value(depth int) (span, error) {
	switch kind := r.decoder.PeekKind(); {
	case kind == '{' && depth < deepest:
		return r.object(depth + 1)
	case kind == '{' || kind == '[':
		return r.skip()
	case kind == '}' || kind == ']':
		return span{}, r.refuse()
	}
	value, err := r.decoder.ReadValue()
	end := r.offset()
	return span{end - len(value), end}, err
}

// refuse is the error of a token that must not stand where it does.
func (r *reader) refuse() error {
	_, err := r.decoder.ReadToken()
	return err
}

// skip passes over an object or an array, token by token: an error in it has a place.
func (r *reader) skip() (span, error) {
	depth := r.decoder.StackDepth()
	_, err := r.decoder.ReadToken()
	start := r.offset() - len("{")
	for err == nil && r.decoder.StackDepth() > depth {
		_, err = r.decoder.ReadToken()
	}
	return span{start, r.offset()}, err
}

func (r *reader) offset() int { return int(r.decoder.InputOffset()) }

func (r *reader) object(depth int) (span, error) {
	if _, err := r.decoder.ReadToken(); err != nil {
		return span{}, err
	}
	start := r.offset() - len("{")
	for r.decoder.PeekKind() != '}' {
		at := len(r.nodes)
		if err := r.member(depth); err != nil {
			r.nodes = r.nodes[:at] // half a member is none
			return span{}, err
		}
	}
	_, err := r.decoder.ReadToken()
	return span{start, r.offset()}, err
}

func (r *reader) member(depth int) error {
	if r.decoder.PeekKind() != '"' {
		return r.refuse()
	}
	name, err := r.value(depth)
	if err != nil {
		return err
	}
	at := len(r.nodes)
	r.nodes = append(r.nodes, node{})
	value, err := r.value(depth)
	if err != nil {
		return err
	}
	r.nodes[at] = node{name, value, at + 1, len(r.nodes)}
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
