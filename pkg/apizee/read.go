package apizee

import (
	"bytes"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// span is a part of the body.
type span struct{ start, end int }

// node is one member of the event, of its props or of a group in them. It has no
// pointers, so that the garbage collector need not scan it.
type node struct {
	name, value span // as JSON
	// The nodes inside this one are nodes[from:next]; next is also the index of the
	// one after it.
	from, next int
}

// member is a node with its texts: its name, its value as JSON, the offset of the
// value in the body, and the range of the nodes inside.
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

// deepest is the depth to which members become nodes: fields, props, and groups such
// as geoloc. No documented name is deeper.
const deepest = 3

// reader lists the members of an event. Only the decoder decides what is valid JSON.
type reader struct {
	decoder jsontext.Decoder
	input   bytes.Buffer
	nodes   []node
}

func (c *Catalog) newReader() *reader {
	if r, used := c.readers.Get().(*reader); used {
		return r
	}
	return new(reader)
}

func (c *Catalog) release(r *reader) {
	// Do not keep the memory of an unusually large event.
	const mostNodes, mostInput = 256, 64 << 10
	if cap(r.nodes) > mostNodes || r.input.Cap() > mostInput {
		return
	}
	r.nodes = r.nodes[:0]
	c.readers.Put(r)
}

// read reads a body with one JSON value and returns where that is. The members of an
// object are in r.nodes, up to the error if there is one.
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

// end checks that nothing follows the value.
func (r *reader) end() error {
	switch _, err := r.decoder.ReadToken(); {
	case err == io.EOF:
		return nil
	case err != nil:
		return err
	}
	return errSecondValue
}

// value reads a value, and the members of an object up to the depth of deepest.
func (r *reader) value(depth int) (span, error) {
	switch kind := r.decoder.PeekKind(); {
	case kind == '{' && depth < deepest:
		return r.object(depth + 1)
	case kind == '{' || kind == '[':
		return r.skip()
	case kind == '}' || kind == ']':
		return span{}, r.unexpected()
	}
	value, err := r.decoder.ReadValue()
	end := r.offset()
	return span{end - len(value), end}, err
}

// unexpected returns the decoder's error about a token in the wrong place.
func (r *reader) unexpected() error {
	_, err := r.decoder.ReadToken()
	return err
}

// skip reads past an object or an array, token by token, so that an error has an offset.
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
			r.nodes = r.nodes[:at] // drop the incomplete member
			return span{}, err
		}
	}
	_, err := r.decoder.ReadToken()
	return span{start, r.offset()}, err
}

func (r *reader) member(depth int) error {
	if r.decoder.PeekKind() != '"' {
		return r.unexpected()
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

// unquote is the text of a JSON string; other JSON is returned as it is.
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
