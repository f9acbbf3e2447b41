package inspect

import (
	"bytes"
	"encoding/base64"
	"errors"
	"iter"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// cursor reads the members of the object in a line of a recording, with their raw values. It allocates
// nothing, and reads an invalid line as far as it can.
type cursor struct {
	line []byte
	at   int // behind the last member; 0 before the first
}

func (c *cursor) next() (name, value []byte, ok bool) {
	s := c.line
	i := skipSpace(s, c.at)
	if i >= len(s) || s[i] != ',' && (c.at > 0 || s[i] != '{') {
		return nil, nil, false
	}
	start := skipSpace(s, i+1)
	end := skipValue(s, start)
	colon := skipSpace(s, end)
	if !isString(s[start:end]) || colon >= len(s) || s[colon] != ':' {
		return nil, nil, false
	}
	from := skipSpace(s, colon+1)
	c.at = skipValue(s, from)
	return s[start+1 : end-1], s[from:c.at], c.at > from
}

// members yields the members of a line.
func members(line []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		c := cursor{line: line}
		for {
			name, value, ok := c.next()
			if !ok || !yield(name, value) {
				return
			}
		}
	}
}

func skipSpace(s []byte, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the index behind the JSON value at i.
func skipValue(s []byte, i int) int {
	for depth := 0; i < len(s); {
		switch c := s[i]; c {
		case '"':
			i = skipString(s, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
			i++
		case ',', ':', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			i++
			if depth > 0 || i < len(s) && s[i] != ',' && s[i] != '}' && s[i] != ']' && s[i] > ' ' {
				continue
			}
		}
		if depth == 0 {
			return i
		}
	}
	return i
}

// skipString returns the index behind the JSON string at i.
func skipString(s []byte, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return len(s)
}

var errNotEntry = errors.New("not an entry of a recording")

// unusual returns isUnusual for a text with escapes of ordinary characters.
func unusual(text []byte) flags {
	if bytes.Contains(text, []byte(`\u`)) || bytes.Contains(text, []byte(`\/`)) {
		return isUnusual
	}
	return 0
}

// unusualBody returns isUnusual for a body that a line has with such escapes, or in base64.
func unusualBody(body []byte) flags {
	isControl := func(c byte) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' }
	if slices.ContainsFunc(body, isControl) || !utf8.Valid(body) {
		return isUnusual
	}
	return unusual(body)
}

// header is what a line says about an exchange, without its event.
type header struct {
	record
	path, headers, method []byte // raw
	body                  []byte // raw; base64 with isBase64
	isBase64              bool
}

// readHeader reads a line. The error says that it is not an entry of a recording.
func readHeader(line []byte) (header, error) {
	var h header
	if !gjson.ValidBytes(line) {
		return h, errNotEntry
	}
	hasTime, plain := false, plainObject{}
	for name, value := range members(line) {
		plain.add(name, value)
		switch string(name) {
		case "receivedAt":
			at, err := parseTime(value)
			h.at, hasTime = at.UnixMicro(), err == nil
		case "status":
			h.status = number(value)
		case "findings":
			h.count(bytes.Count(value, []byte(`"severity":"error"`)), bytes.Count(value, []byte(`"severity":"warning"`)))
		case "durationMs":
			h.took = microseconds(value)
		case "outcome":
			h.flags |= isFailed
		case "forwarded":
			h.flags |= isForwarded
			h.forwarded = uint16(gjson.GetBytes(value, "status").Uint()) //nolint:gosec // a status
		default:
			h.take(name, value)
		}
	}
	if h.flags |= unusual(h.body); h.isBase64 {
		h.flags |= isUnusual
	}
	if !plain.isPlain() || !isPlainText(line) {
		if _, err := recording.Parse(line); err != nil {
			return h, err
		}
	}
	if !hasTime || !isString(h.method) || !isString(h.path) || !isString(h.body) {
		return h, errNotEntry
	}
	return h, nil
}

// take keeps a member that is searched.
func (h *header) take(name, value []byte) {
	if string(value) == "null" {
		return
	}
	switch string(name) {
	case "method":
		h.method = value
	case "path":
		h.path = value
	case "headers":
		h.headers = value
	case "body":
		h.body = value
	case "bodyBase64":
		h.body, h.isBase64 = value, true
	}
}

// plainText returns the text of a raw JSON string.
func plainText(raw []byte) string {
	if !isString(raw) {
		return ""
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	plain, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return ""
	}
	return string(plain)
}

// parseTime reads a raw time, as recording.Parse does.
func parseTime(raw []byte) (at time.Time, err error) {
	if isString(raw) && bytes.IndexByte(raw, '\\') < 0 {
		err = at.UnmarshalText(raw[1 : len(raw)-1])
	} else {
		err = at.UnmarshalText([]byte(plainText(raw)))
	}
	return at, err
}

func number(raw []byte) uint16 {
	n, _ := strconv.ParseUint(string(raw), 10, 16)
	return uint16(n)
}

// microseconds reads a number of milliseconds.
func microseconds(raw []byte) uint32 {
	const most = 1 << 31
	ms, _ := strconv.ParseFloat(string(raw), 64)
	return uint32(min(max(ms*1000+0.5, 0), most))
}

func isString(raw []byte) bool {
	return len(raw) >= 2 && raw[0] == '"' && raw[len(raw)-1] == '"'
}

// plainBody appends the bytes of a raw body.
func (h *header) plainBody(dst []byte) []byte {
	if !isString(h.body) {
		return dst
	}
	if h.isBase64 {
		dst, _ = base64.StdEncoding.AppendDecode(dst, h.body[1:len(h.body)-1])
		return dst
	}
	if bytes.IndexByte(h.body, '\\') < 0 {
		return append(dst, h.body[1:len(h.body)-1]...)
	}
	dst, _ = jsontext.AppendUnquote(dst, h.body)
	return dst
}
