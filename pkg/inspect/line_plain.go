// This file is about lines that need no whole parsing to know that they are valid. To parse a line takes
// nearly as long as all else that opening a recording does with it.

package inspect

import (
	"bytes"
	"unicode/utf8"
)

// isPlainText reports whether valid JSON has no bytes and no escapes that are not Unicode.
func isPlainText(line []byte) bool { return utf8.Valid(line) && !bytes.Contains(line, []byte(`\u`)) }

// plainObject is a line, or its forwarded response, whose members are added. It is plain when recording.Parse
// certainly accepts each, as those of most lines that a Writer writes. That none is missing is not checked.
type plainObject struct {
	seen  uint16 // a bit for each member
	other bool   // one is not plain, or there twice
}

func (o *plainObject) isPlain() bool { return !o.other }

func (o *plainObject) add(name, value []byte) {
	member, isPlain := uint16(0), false
	switch string(name) {
	case "receivedAt":
		member, isPlain = 1<<0, isPlainTime(value)
	case "method":
		member, isPlain = 1<<1, isString(value)
	case "path":
		member, isPlain = 1<<2, isString(value)
	case "headers":
		member, isPlain = 1<<3, isPlainHeaders(value)
	case "body":
		member, isPlain = 1<<4, isString(value)
	case "status":
		member, isPlain = 1<<5, isPlainNumber(value, "0123456789")
	case "findings":
		member, isPlain = 1<<6, string(value) == "[]"
	case "durationMs":
		member, isPlain = 1<<7, isPlainNumber(value, "0123456789.")
	case "remote":
		member, isPlain = 1<<8, isString(value)
	case "responseHeaders":
		member, isPlain = 1<<9, isPlainHeaders(value)
	case "url":
		member, isPlain = 1<<10, isString(value)
	case "forwarded":
		isNested := bytes.Contains(value, []byte(`"forwarded":`)) // and each level would be read again
		member, isPlain = 1<<11, value[0] == '{' && !isNested && isPlainForwarded(value)
	}
	o.other = o.other || !isPlain || o.seen&member != 0
	o.seen |= member
}

func isPlainForwarded(object []byte) bool {
	var o plainObject
	for name, value := range members(object) {
		o.add(name, value)
	}
	return o.isPlain()
}

// isPlainTime reports whether a text has the form of a time in UTC. Package time accepts more than is valid.
func isPlainTime(value []byte) bool {
	const end = len(`"2006-01-02T15:04:05`)
	return len(value) > end+1 && value[end-6] == ':' && (value[end] == '.' || value[end] == 'Z') && value[len(value)-2] == 'Z'
}

// isPlainNumber reports whether a number is short and has no other characters than those.
func isPlainNumber(value []byte, characters string) bool {
	const longest = 16
	return len(value) <= longest && len(bytes.Trim(value, characters)) == 0
}

// isPlainHeaders reports whether headers are sorted by name, and their values are texts.
func isPlainHeaders(headers []byte) bool {
	if headers[0] != '{' {
		return false
	}
	var last []byte
	for name, values := range members(headers) {
		if bytes.Compare(last, name) >= 0 || !isTexts(values) {
			return false
		}
		last = name
	}
	return true
}

// isTexts reports whether a valid JSON value is an array of strings, without spaces between them.
func isTexts(array []byte) bool {
	if array[0] != '[' {
		return false
	}
	for i := 1; array[i] == '"'; i++ {
		if i = skipString(array, i); array[i] == ']' {
			return true
		}
	}
	return false
}
