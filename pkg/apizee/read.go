package apizee

import (
	"bytes"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
)

// span is a part of the body.
type span struct{ start, end int }

// node is one member of the event, of its props or of a group in them. It has no
// pointers, so that the garbage collector need not scan it.
type node struct {
	name, value span // as JSON
	// The nodes inside this one follow it; next is the index of the one after them.
	next int
}

// member is a node with its texts: its name, its value as JSON, the offset of the
// value in the body, and the range of the nodes inside.
type member struct {
	name, json         string
	offset, from, next int
}

func (v *validator) member(i int) member {
	n := &v.nodes[i]
	name := jsonscan.Unquote(v.text[n.name.start:n.name.end])
	return member{name, v.text[n.value.start:n.value.end], n.value.start, i + 1, n.next}
}

// deepest is the depth to which members become nodes: fields, props, and groups such
// as geoloc. No documented name is deeper.
const deepest = 3

// reader lists the members of an event. Only the decoder decides what is valid JSON.
type reader struct {
	decoder jsontext.Decoder
	input   bytes.Buffer
	nodes   []node
	open    int // how many objects and arrays have no end in an invalid text
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
	plain := plainReader{nodes: r.nodes}
	value, isPlain := plain.read(text)
	if r.nodes = plain.nodes; isPlain {
		return value, nil
	}
	r.nodes = r.nodes[:0]
	return r.decode(text)
}

// decode is read of any text. To decode a value as a whole is faster than token by token.
func (r *reader) decode(text string) (span, error) {
	r.begin(text)
	value, err := r.decoder.ReadValue()
	end := r.offset()
	if err != nil {
		end, err = r.fault(text)
	} else {
		err = r.end()
	}
	if in := (jsonscan.Scanner{Text: text[:end]}); in.Peek() == '{' {
		r.object(&in, 1)
	}
	return span{end - len(value), end}, err
}

func (r *reader) begin(text string) {
	r.input.Reset()
	r.input.WriteString(text)
	r.decoder.Reset(&r.input)
	r.open = 0
}

func (r *reader) offset() int { return int(r.decoder.InputOffset()) }

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

// fault reads an invalid text token by token, and returns the end of the last valid one and
// the error after it.
func (r *reader) fault(text string) (end int, err error) {
	r.begin(text)
	for err == nil {
		_, err = r.decoder.ReadToken()
	}
	r.open = r.decoder.StackDepth()
	return r.offset(), err
}

// object lists the members of an object, and those inside up to the depth of deepest. It
// leaves out a member without its end.
func (r *reader) object(in *jsonscan.Scanner, depth int) {
	for in.At++; in.More(); {
		at := len(r.nodes)
		name := span{start: in.At}
		name.end = name.start + len(in.QuotedName())
		r.nodes = append(r.nodes, node{name: name})
		kind := in.Peek()
		value := span{start: in.At}
		switch {
		case kind == '{' && depth < deepest:
			r.object(in, depth+1)
		case kind != 0:
			in.Skip()
		}
		if kind == 0 || in.At == len(in.Text) && depth < r.open {
			r.nodes = r.nodes[:at]
			return
		}
		value.end = in.At
		r.nodes[at].value, r.nodes[at].next = value, len(r.nodes)
	}
}
