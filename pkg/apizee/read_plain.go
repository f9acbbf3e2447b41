package apizee

import (
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
)

// plainReader lists the members of a plain event in one pass, which takes a fifth of the time of the
// decoder and the pass over what it found valid. Of an event that is not plain it says only that: the
// decoder decides about it. Plain is valid JSON that has only what the documented events have:
//
//   - an object, with objects up to the depth of deepest, and no arrays;
//   - texts of ASCII without escapes, integers, decimal numbers, true, false and null;
//   - in one object at most mostPlain members, no two with the same name.
type plainReader struct {
	jsonscan.Scanner
	nodes []node
}

const mostPlain = 32

// read returns where the event is; false if it is not plain.
func (r *plainReader) read(text string) (span, bool) {
	r.Text, r.At = text, 0
	isObject := r.Peek() == '{'
	value := span{start: r.At}
	if !isObject || !r.object(1) {
		return span{}, false
	}
	value.end = r.At
	r.Peek()
	return value, r.At == len(text)
}

// object reads an object, of which the first byte is next.
func (r *plainReader) object(depth int) bool {
	first := len(r.nodes)
	r.At++
	if r.Peek() == '}' {
		r.At++
		return true
	}
	for range mostPlain {
		if !r.member(first, depth) {
			return false
		}
		end := r.Peek()
		r.At++
		if end == '}' {
			return true
		}
		if end != ',' || r.Peek() != '"' {
			return false
		}
	}
	return false
}

// member reads a member of the object whose first member is the node first.
func (r *plainReader) member(first, depth int) bool {
	at := len(r.nodes)
	n := node{name: span{start: r.At}}
	if !r.string() {
		return false
	}
	n.name.end = r.At
	name := r.Text[n.name.start:n.name.end]
	for i := first; i < at; i = r.nodes[i].next {
		if other := r.nodes[i].name; r.Text[other.start:other.end] == name {
			return false
		}
	}
	if r.Peek() != ':' {
		return false
	}
	r.At++
	r.nodes = append(r.nodes, n)
	kind := r.Peek()
	value := span{start: r.At}
	if !r.value(kind, depth) {
		return false
	}
	value.end = r.At
	r.nodes[at].value, r.nodes[at].next = value, len(r.nodes)
	return true
}

// value reads a value that begins with kind.
func (r *plainReader) value(kind byte, depth int) bool {
	switch kind {
	case '"':
		return r.string()
	case '{':
		return depth < deepest && r.object(depth+1)
	case 't':
		return r.word("true")
	case 'f':
		return r.word("false")
	case 'n':
		return r.word("null")
	}
	return r.number(kind)
}

func (r *plainReader) word(word string) bool {
	r.At += len(word)
	return strings.HasPrefix(r.Text[r.At-len(word):], word)
}

func (r *plainReader) string() bool {
	if r.At == len(r.Text) || r.Text[r.At] != '"' {
		return false
	}
	for at := r.At + 1; at < len(r.Text); at++ {
		switch c := r.Text[at]; {
		case c == '"':
			r.At = at + 1
			return true
		case c == '\\' || c < ' ' || c > '~':
			return false
		}
	}
	return false
}

// number reads a number without an exponent.
func (r *plainReader) number(first byte) bool {
	if first == '-' {
		r.At++
	}
	start := r.At
	n := r.digits()
	if n == 0 || n > 1 && r.Text[start] == '0' {
		return false
	}
	if r.At == len(r.Text) || r.Text[r.At] != '.' {
		return true
	}
	r.At++
	return r.digits() > 0
}

// digits skips digits and returns their number.
func (r *plainReader) digits() int {
	start := r.At
	for r.At < len(r.Text) && r.Text[r.At]-'0' <= 9 {
		r.At++
	}
	return r.At - start
}
