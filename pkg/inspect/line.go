package inspect

import (
	"bytes"
	"encoding/base64"
	"errors"
	"iter"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"
)

// members yields the members of the object in a line of a recording, with their raw values. It
// allocates nothing, and reads an invalid line as far as it can.
func members(line []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		i := skipSpace(line, 0)
		if i >= len(line) || line[i] != '{' {
			return
		}
		for i++; ; i++ {
			start := skipSpace(line, i)
			end := skipValue(line, start)
			if end-start < 2 || line[start] != '"' {
				return
			}
			colon := skipSpace(line, end)
			if colon >= len(line) || line[colon] != ':' {
				return
			}
			value := skipSpace(line, colon+1)
			if i = skipValue(line, value); i == value || !yield(line[start+1:end-1], line[value:i]) {
				return
			}
			if i = skipSpace(line, i); i >= len(line) || line[i] != ',' {
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
	for i++; i < len(s); {
		end := bytes.IndexByte(s[i:], '"')
		if end < 0 {
			return len(s)
		}
		i += end + 1
		backslashes := 0
		for s[i-2-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return i
		}
	}
	return i
}

var errNotEntry = errors.New("not an entry of a recording")

// unusual returns isUnusual for a line with escapes of ordinary characters, or a body in base64.
func unusual(line []byte) flags {
	for _, part := range []string{`\u`, `\/`, `"bodyBase64":`} {
		if bytes.Contains(line, []byte(part)) {
			return isUnusual
		}
	}
	return 0
}

// unusualBody is unusual for a body that is not in a line yet.
func unusualBody(body []byte) flags {
	isControl := func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }
	if bytes.ContainsFunc(body, isControl) || !utf8.Valid(body) {
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
	var seen struct{ at, method, body bool }
	if !gjson.ValidBytes(line) {
		return h, errNotEntry
	}
	for name, value := range members(line) {
		switch string(name) {
		case "receivedAt":
			at, err := time.Parse(time.RFC3339Nano, plainText(value))
			if h.at, seen.at = at.UnixNano(), err == nil; err != nil {
				return h, errNotEntry
			}
		case "method":
			h.method, seen.method = value, true
		case "path":
			h.path = value
		case "headers":
			h.headers = value
		case "body":
			h.body, seen.body = value, true
		case "bodyBase64":
			h.body, seen.body, h.isBase64 = value, true, true
		case "status":
			h.status = number[uint16](value)
		case "findings":
			h.count(bytes.Count(value, []byte(`"severity":"error"`)), bytes.Count(value, []byte(`"severity":"warning"`)))
		case "took":
			h.took = microseconds(value)
		case "outcome":
			h.flags |= isFailed
		case "forwarded":
			h.flags |= isForwarded
			h.forwarded = uint16(gjson.GetBytes(value, "status").Uint()) //nolint:gosec // a status
		}
	}
	h.flags |= unusual(line)
	if !seen.at || !seen.method || !seen.body || h.path == nil {
		return h, errNotEntry
	}
	return h, nil
}

// plainText returns the text of a raw JSON string.
func plainText(raw []byte) string {
	if len(raw) < 2 {
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

func number[T uint16 | uint32](raw []byte) T {
	n, _ := strconv.ParseUint(string(raw), 10, 16)
	return T(n)
}

// microseconds reads a number of milliseconds.
func microseconds(raw []byte) uint32 {
	const most = 1 << 31
	ms, _ := strconv.ParseFloat(string(raw), 64)
	return uint32(min(max(ms*1000+0.5, 0), most))
}

// plainBody appends the bytes of a raw body.
func (h *header) plainBody(dst []byte) []byte {
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
