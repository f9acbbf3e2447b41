package console

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/tidwall/pretty"
)

// maxDepth is the deepest nesting JSON lays out. Indentation multiplies the
// size of a text by its depth, and what is shown may come from anybody.
const maxDepth = 32

// JSON returns the JSON text b for a terminal: laid out with two spaces a
// level, short arrays on one line, coloured by p, safe as SafeJSON makes it,
// and ended by a newline. Keys keep their order, duplicates included, and
// numbers their digits; without colour it is still JSON of the same value.
// JSON nested deeper than 32 levels is kept on one line.
//
// When b is not JSON (or not UTF-8, which RFC 8259 section 8.1 asks for), its
// SafeLines are returned instead. An empty b gives nothing.
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

// jsonStyle leaves punctuation and the escapes inside strings uncoloured, so
// that an escape stands out from the text around it.
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

// depth is how deep the objects and arrays of valid JSON are nested.
func depth(b []byte) int {
	deepest, level, inString := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			inString = !inString
		case inString && c == '\\':
			i++ // the escaped byte ends no string
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
