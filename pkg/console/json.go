package console

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/tidwall/pretty"
)

// maxDepth is the deepest nesting that JSON lays out. Indentation multiplies the
// size of a text by its depth, and the text may be from any sender.
const maxDepth = 32

// JSON formats the JSON text b for a terminal: indented with two spaces per level,
// short arrays on one line, colored by p, escaped as by SafeJSON, and with a final
// newline. Keys keep their order, duplicates included, and numbers their digits;
// without color it is still JSON of the same value.
// JSON nested deeper than 32 levels is kept on one line.
//
// If b is not JSON (or not UTF-8, which RFC 8259 section 8.1 requires), its
// SafeLines are returned instead. An empty b gives an empty text.
func JSON(b []byte, p Palette) []byte {
	if !utf8.Valid(b) || !json.Valid(b) {
		return joinLines(SafeLines(string(b)))
	}
	laidOut := layOut(SafeJSON(b))
	if !p.Enabled() {
		return laidOut
	}
	return pretty.Color(laidOut, jsonStyle(p))
}

func layOut(b []byte) []byte {
	if depth(b) > maxDepth {
		return append(pretty.Ugly(b), '\n')
	}
	return pretty.PrettyOptions(b, &pretty.Options{Width: 80, Indent: "  "})
}

// jsonStyle does not color punctuation and escapes in strings, so that an escape
// is visible in the text around it.
func jsonStyle(p Palette) *pretty.Style {
	pair := func(m meaning) [2]string {
		s := p.style(m)
		return [2]string{s.before, s.after}
	}
	literal := pair(jsonLiteral)
	return &pretty.Style{
		Key:    pair(jsonKey),
		String: pair(jsonString),
		Number: pair(jsonNumber),
		True:   literal,
		False:  literal,
		Null:   literal,
	}
}

// depth is the nesting depth of valid JSON.
func depth(b []byte) int {
	deepest, level, inString := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			inString = !inString
		case inString && c == '\\':
			i++ // skip the escaped byte
		case inString:
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return deepest
}

func joinLines(lines []string) []byte {
	var out []byte
	for _, line := range lines {
		out = append(append(out, line...), '\n')
	}
	return out
}
