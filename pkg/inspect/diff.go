package inspect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wI2L/jsondiff"
)

// Difference is how two bodies differ.
type Difference struct {
	A       int64    `json:"a"`
	B       int64    `json:"b"`
	Equal   bool     `json:"equal"` // without the ignored parts
	Changes []Change `json:"changes"`
	Ignored int      `json:"ignored"`        // number of changes that were ignored
	More    int      `json:"more,omitempty"` // number of changes that are not in Changes
	Text    bool     `json:"text,omitempty"` // a body is not JSON, so that they were compared as a whole
}

// Change is one difference. From and To are JSON texts, of at most 4 KiB around the first difference.
type Change struct {
	Op   string `json:"op"`   // add, remove or replace
	Path string `json:"path"` // such as props.geoloc.lat; "" is the whole body
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

const (
	mostChanges    = 1000
	mostChangeText = 4 << 10

	// mostCompared limits size times depth of two bodies: the library compares a value again at each
	// level that it descends.
	mostCompared = 256 << 20
)

func (h *handler) diff(_ http.ResponseWriter, r *http.Request) (any, error) {
	query := r.URL.Query()
	var ids [2]int64
	var bodies [2][]byte
	for i, name := range []string{"a", "b"} {
		ids[i], _ = strconv.ParseInt(query.Get(name), 10, 64)
		entry, err := h.store.entry(ids[i])
		if err != nil {
			return nil, err
		}
		bodies[i] = entry.Body
	}
	var ignore []string
	for _, paths := range query["ignore"] {
		for path := range strings.SplitSeq(paths, ",") {
			if path = strings.TrimSpace(path); path != "" {
				ignore = append(ignore, path)
			}
		}
	}
	d, err := compare(bodies[0], bodies[1], ignore)
	d.A, d.B = ids[0], ids[1]
	return d, err
}

// compare compares two bodies. Numbers are compared by their digits: 1.0 is not 1. Changes at or below
// an ignored path are only counted.
func compare(a, b []byte, ignore []string) (Difference, error) {
	d := Difference{Changes: []Change{}}
	depth := max(depthOf(a), depthOf(b))
	if (len(a)+len(b))*depth > mostCompared {
		return d, &httpError{http.StatusUnprocessableEntity, "the bodies are too large to compare", "copy both, and compare them with another program."}
	}
	var values [2]any
	for i, body := range [][]byte{a, b} {
		if err := decode(body, &values[i]); err != nil {
			return compareTexts(a, b), nil //nolint:nilerr // texts need not be JSON
		}
	}
	patch, err := jsondiff.CompareWithoutMarshal(values[0], values[1])
	if err != nil {
		return d, fmt.Errorf("compare: %w", err)
	}
	removed := map[string]int{} // per path: the library names the same index for each item
	for _, operation := range patch {
		path := dotted(operation.Path)
		switch parent, last := cutLast(path); {
		case operation.Type == jsondiff.OperationRemove && isIndex(last):
			n, _ := strconv.Atoi(last)
			removed[path]++
			path = parent + strconv.Itoa(n+removed[path]-1)
		case operation.Type == jsondiff.OperationAdd && last == "-":
			removed[path]++
			path = parent + strconv.Itoa(lengthAt(values[0], operation.Path)+removed[path]-1)
		}
		if isIgnored(path, ignore) {
			d.Ignored++
			continue
		}
		if len(d.Changes) == mostChanges {
			d.More++
			continue
		}
		c := Change{Op: operation.Type, Path: path}
		if c.Op == jsondiff.OperationAdd && path == "" { // values of two types, at the root
			c.Op = jsondiff.OperationReplace
		}
		if c.Op != jsondiff.OperationAdd {
			c.From = jsonText(operation.OldValue)
		}
		if c.Op != jsondiff.OperationRemove {
			c.To = jsonText(operation.Value)
		}
		c.shorten()
		d.Changes = append(d.Changes, c)
	}
	d.Equal = len(d.Changes) == 0
	return d, nil
}

func compareTexts(a, b []byte) Difference {
	d := Difference{Text: true, Equal: bytes.Equal(a, b), Changes: []Change{}}
	if !d.Equal {
		c := Change{Op: jsondiff.OperationReplace, From: quotedText(a), To: quotedText(b)}
		c.shorten()
		d.Changes = append(d.Changes, c)
	}
	return d
}

// quotedText returns a text as JSON; with the escapes of Go when it has bytes that JSON cannot have.
func quotedText(text []byte) string {
	if !utf8.Valid(text) {
		return strconv.Quote(string(text))
	}
	return jsonText(string(text))
}

// decode decodes one JSON value, and keeps the digits of numbers.
func decode(text []byte, value *any) error {
	if problem, _ := jsonProblem(text); problem != "" {
		return fmt.Errorf("not JSON: %s", problem)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(value)
}

// jsonText returns a value as JSON.
func jsonText(value any) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // it was decoded from JSON
	return strings.TrimSuffix(out.String(), "\n")
}

// shorten leaves out what is before the first difference, if that would not be shown otherwise, and what
// is too much.
func (c *Change) shorten() {
	const before = 64
	first := 0
	for first < min(len(c.From), len(c.To)) && c.From[first] == c.To[first] {
		first++
	}
	isLate := first > mostChangeText/2 && max(len(c.From), len(c.To)) > mostChangeText
	for _, text := range []*string{&c.From, &c.To} {
		start, end := "", ""
		if isLate {
			start, *text = "…", (*text)[first-before:]
		}
		if len(*text) > mostChangeText {
			end, *text = "…", (*text)[:mostChangeText]
		}
		*text = start + strings.ToValidUTF8(*text, "") + end
	}
}

// depthOf returns how deep a JSON text is nested, at least 1.
func depthOf(text []byte) int {
	depth, deepest := 0, 1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = skipString(text, i) - 1
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
	}
	return deepest
}

// dotted returns a JSON pointer as a path with dots, as findings and filters have it.
func dotted(pointer string) string {
	path := strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(path)
}

// cutLast cuts a path before its last name.
func cutLast(path string) (parent, last string) {
	i := strings.LastIndexByte(path, '.') + 1
	return path[:i], path[i:]
}

func isIndex(name string) bool { return name != "" && strings.Trim(name, "0123456789") == "" }

// lengthAt returns the length of the array that a pointer with a final "-" appends to.
func lengthAt(value any, pointer string) int {
	for name := range strings.SplitSeq(strings.TrimPrefix(strings.TrimSuffix(pointer, "/-"), "/"), "/") {
		name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			if i, err := strconv.Atoi(name); err == nil && i < len(v) {
				value = v[i]
			}
		}
	}
	list, _ := value.([]any)
	return len(list)
}

func isIgnored(path string, ignore []string) bool {
	return slices.ContainsFunc(ignore, func(i string) bool { return path == i || strings.HasPrefix(path, i+".") })
}
