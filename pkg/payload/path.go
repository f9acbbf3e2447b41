package payload

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// maxDepth is the largest depth of a path. Few JSON decoders accept much more.
const maxDepth = 1000

// pathError is an error about the path of a Change.
func pathError(path string, reason error) error { return fmt.Errorf("%q: %w", path, reason) }

// key is one part of a path, without its escapes.
type key struct {
	name string
	// forced means that a colon is before a number: it is a name, not an index.
	forced bool
}

var (
	errEmptyPart = errors.New("a part of the path is empty")
	errQuery     = errors.New(`the path must name one place; escape *, ?, #, @ and | with \`)
	errBackslash = errors.New(`\ must be followed by the character that it escapes`)
)

// parsePath splits a path as sjson does, and rejects queries, which name many places.
func parsePath(path string) ([]key, error) {
	switch {
	case !utf8.ValidString(path):
		return nil, pathError(path, errors.New("the path is not UTF-8"))
	case strings.Count(path, ".") >= maxDepth:
		return nil, pathError(path[:40]+"…", errors.New("the path is too deep"))
	}
	var keys []key
	for rest, more := path, true; more; {
		var k key
		var err error
		if k, rest, more, err = nextKey(rest); err != nil {
			return nil, pathError(path, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func nextKey(path string) (k key, rest string, more bool, err error) {
	path, k.forced = strings.CutPrefix(path, ":")
	var name strings.Builder
	for i := 0; i < len(path); i++ {
		switch c := path[i]; c {
		case '.':
			rest, more, path = path[i+1:], true, path[:i]
		case '|', '#', '@', '*', '?':
			return k, "", false, errQuery
		case '\\':
			if i++; i == len(path) {
				return k, "", false, errBackslash
			}
			name.WriteByte(path[i])
		default:
			name.WriteByte(c)
		}
	}
	if k.name = name.String(); k.name == "" {
		return k, "", false, errEmptyPart
	}
	return k, rest, more, nil
}

// joinPath joins keys to a path, with the special characters of gjson and sjson escaped.
func joinPath(keys []key) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = k.escaped()
	}
	return strings.Join(parts, ".")
}

func (k key) escaped() string {
	name := gjson.Escape(k.name)
	switch {
	case k.forced:
		return ":" + name
	case strings.HasPrefix(name, ":"):
		return `\` + name
	}
	return name
}

// index is the key as the index of an item in an array; -1 is the one after the last.
func (k key) index() (n int, ok bool) {
	if k.forced {
		return 0, false
	}
	n, err := strconv.Atoi(k.name)
	return n, err == nil && n >= -1 && strconv.Itoa(n) == k.name
}
