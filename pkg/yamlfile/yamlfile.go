// Package yamlfile parses YAML files, and finds the line and column of syntax errors: the
// parser gives a line at most. It also expands ${NAME} in values.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// OwnPrefix is the prefix of top-level keys that are ignored, as in compose files. They
// can define anchors.
const OwnPrefix = "x-"

// Modeline names a schema, whose file follows it, for editors. It is the first line of a file.
const Modeline = "# yaml-language-server: $schema="

// SyntaxError is a syntax error with its place.
type SyntaxError struct {
	// Line and Column count from 1, the column in characters. Line is 0 if the place is
	// unknown.
	Line, Column int
	Message      string
	// UnknownAnchor is the anchor that an alias refers to, if it does not exist; else "".
	UnknownAnchor string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// Documents returns the root of each document that is not empty. Nodes have their lines
// and columns; mappings may have duplicate keys. The error is a *SyntaxError.
func Documents(source []byte) ([]*yaml.Node, error) {
	roots, err := parse(source)
	if err != nil {
		return nil, locate(source, err)
	}
	for _, root := range roots {
		if braces := unquotedBraces(root); braces != nil {
			return nil, &SyntaxError{Line: braces.Line, Column: braces.Column, Message: mustBeQuoted("{{")}
		}
	}
	return roots, nil
}

// unquotedBraces returns the first value that begins with {{, which YAML reads as a mapping whose key is a
// mapping; nil if there is none.
func unquotedBraces(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
		if key := n.Content[0]; key.Kind == yaml.MappingNode && key.Line == n.Line && key.Column == n.Column+1 {
			return n
		}
	}
	for _, inner := range n.Content {
		if found := unquotedBraces(inner); found != nil {
			return found
		}
	}
	return nil
}

func mustBeQuoted(start string) string { return "text that begins with " + start + " must be quoted" }

func parse(source []byte) (roots []*yaml.Node, err error) {
	for decoder := yaml.NewDecoder(bytes.NewReader(source)); ; {
		var document yaml.Node
		switch err := decoder.Decode(&document); {
		case errors.Is(err, io.EOF):
			return roots, nil
		case err != nil:
			return nil, err
		}
		retag(&document)
		if root := document.Content[0]; root.Kind != yaml.ScalarNode || root.Tag != "!!null" {
			roots = append(roots, root)
		}
	}
}

// locate finds the place of a parser error.
func locate(source []byte, err error) *SyntaxError {
	e := &SyntaxError{Message: strings.TrimPrefix(err.Error(), "yaml: ")}
	if anchor, ok := strings.CutPrefix(e.Message, "unknown anchor '"); ok {
		e.UnknownAnchor = strings.TrimSuffix(anchor, "' referenced")
		e.Message = fmt.Sprintf("unknown anchor %q", e.UnknownAnchor)
		if at := bytes.Index(source, []byte("*"+e.UnknownAnchor)); at >= 0 {
			e.at(source, at)
		}
		return e
	}
	if m := regexp.MustCompile(`^line (\d+): (.*)$`).FindStringSubmatch(e.Message); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.Column, e.Message = 1, m[2]
	}
	if strings.HasPrefix(e.Message, "exceeded max") {
		return e // a limit of the parser, which has no place
	}
	find := mistake
	if e.Message == noToken {
		find = firstUnscanned
	}
	if at := find(source); at >= 0 {
		e.at(source, at)
		e.explain(source, at)
	}
	return e
}

// noToken is the parser's message about a character such as @, ` or a tab.
const noToken = "found character that cannot start any token"

// at sets the place to an index of the text.
func (e *SyntaxError) at(source []byte, index int) {
	before := source[:index]
	line := bytes.LastIndexByte(before, '\n') + 1
	e.Line, e.Column = 1+bytes.Count(before, []byte("\n")), 1+utf8.RuneCount(before[line:])
}

// explain makes some messages of the parser about the text at an index more specific.
func (e *SyntaxError) explain(source []byte, at int) {
	first, _ := utf8.DecodeRune(source[at:])
	switch {
	case first == '\t' || strings.HasPrefix(e.Message, "found a tab"):
		e.Message = "a tab cannot indent or begin text; use spaces"
	case e.Message == noToken:
		e.Message = mustBeQuoted(string(first))
	case e.Message == "found unexpected end of stream" && (first == '"' || first == '\''):
		e.Message = "the quoted string is not closed"
	case unquoted().Match(lineTo(source, at)):
		e.Message = mustBeQuoted("{{")
	}
}

// unquoted matches a line with a value that begins with {{, and more after its }}.
var unquoted = pattern(`^[^"']*[:,\[-] +\{\{[^"']*\}\}`)

// lineTo returns the line of an index, up to it.
func lineTo(source []byte, at int) []byte {
	return source[bytes.LastIndexByte(source[:at], '\n')+1 : at]
}

// mistake is the index of the error: the end of the longest prefix that is valid YAML. It
// is -1 if the search takes too long.
func mistake(source []byte) int {
	work := 1 << 20 // bytes to parse, in about half a second
	isYAML := func(n int) bool {
		work -= n + 1
		_, err := parse(source[:n])
		return err == nil
	}
	end := stop(source)
	for end > 0 && work > 0 {
		line := bytes.LastIndexByte(source[:end-1], '\n') + 1
		if line > 0 && !isYAML(line) {
			end = line
			continue
		}
		for end--; end > line && work > 0 && !isYAML(end); end-- {
		}
		break
	}
	if work <= 0 {
		return -1
	}
	return end
}

// firstUnscanned is the index of the character that no token begins with: the last of the shortest
// text with that error. The parser reads no more than a few characters beyond it.
func firstUnscanned(source []byte) int {
	at := stop(source)
	for isUnscanned := true; isUnscanned; {
		_, size := utf8.DecodeLastRune(source[:at]) // half a character is another error
		at -= size
		_, err := parse(source[:at])
		isUnscanned = err != nil && strings.HasSuffix(err.Error(), noToken)
	}
	return at
}

// stop is the number of bytes that the parser reads until it finds the error.
func stop(source []byte) int {
	unread := bytes.NewReader(source)
	for decoder := yaml.NewDecoder(oneByOne{unread}); ; {
		if err := decoder.Decode(new(yaml.Node)); err != nil {
			return len(source) - unread.Len()
		}
	}
}

// oneByOne is a reader that does not read ahead.
type oneByOne struct{ io.Reader }

func (r oneByOne) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 1)]) }
