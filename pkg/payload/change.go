package payload

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Change sets or removes the value at one path of an event.
type Change struct {
	path  string
	keys  []key
	value jsontext.Value // nil removes the value
}

// ParseSet parses "props.geoloc.lat=47.8": a path and a value. A value that is not JSON is
// a string. The path has sjson's syntax for one place: \ escapes a dot, a number is an
// item of an array, -1 appends to one, and a colon before a number makes it a name.
func ParseSet(arg string) (Change, error) {
	path, text, found := cutAssignment(arg)
	if !found {
		return Change{}, fmt.Errorf("%q must be of the form path=value, such as props.%s=%s", arg, apizee.PropState, apizee.StateDone)
	}
	keys, err := parsePath(path)
	if err != nil {
		return Change{}, err
	}
	value, err := jsonOrText(text)
	if err != nil {
		return Change{}, pathError(path, err)
	}
	return Change{path, keys, value}, nil
}

// ParseUnset parses a path whose value is removed, in the syntax of ParseSet, except that
// -1 is the last item of an array.
func ParseUnset(path string) (Change, error) {
	keys, err := parsePath(path)
	return Change{path: path, keys: keys}, err
}

// cutAssignment cuts at the first equals sign that is not escaped.
func cutAssignment(arg string) (path, value string, found bool) {
	for i := 0; i < len(arg); i++ {
		switch arg[i] {
		case '\\':
			i++
		case '=':
			return arg[:i], arg[i+1:], true
		}
	}
	return arg, "", false
}

// Apply makes changes to a JSON object in sequence. It keeps digits and order, and an event
// that was in documented order stays in that order. Setting a value creates the missing
// objects on its path. A path that does not exist is an error; a body that is not a JSON object is a
// *SyntaxError.
func Apply(c *apizee.Catalog, body []byte, changes []Change) ([]byte, error) {
	if len(changes) == 0 {
		return body, nil
	}
	arranged, err := isArranged(c, body)
	if err != nil {
		return nil, syntaxError(body, err)
	}
	for _, change := range changes {
		if body, err = change.apply(body); err != nil {
			return nil, err
		}
	}
	if still, err := isArranged(c, body); err != nil || still || !arranged {
		return body, err
	}
	return arrange(c, body)
}

// isArranged reports whether a body is in documented order, ignoring white space.
func isArranged(c *apizee.Catalog, body []byte) (bool, error) {
	arranged, err := arrange(c, body)
	if err != nil {
		return false, err
	}
	compact, err := compacted(body)
	return bytes.Equal(compact, arranged), err
}

func (c Change) apply(body []byte) ([]byte, error) {
	keys, err := c.resolve(body)
	if err != nil {
		return nil, pathError(c.path, err)
	}
	if c.value == nil {
		return remove(body, keys)
	}
	return sjson.SetRawBytes(body, joinPath(keys), c.value)
}

// remove removes the value at a path that exists. It uses sjson only for items of arrays,
// because sjson corrupts the object if a name begins with a quote.
func remove(body []byte, keys []key) ([]byte, error) {
	last := len(keys) - 1
	parent := gjson.ParseBytes(body)
	for _, k := range keys[:last] {
		parent = parent.Get(gjson.Escape(k.name))
	}
	if parent.IsArray() {
		return sjson.DeleteBytes(body, joinPath(keys))
	}
	members, err := readMembers([]byte(parent.Raw))
	if err != nil {
		return nil, err
	}
	members = slices.DeleteFunc(members, func(m member) bool { return m.name == keys[last].name })
	object, err := encodeMembers(members)
	if err != nil || last == 0 {
		return object, err
	}
	return sjson.SetRawBytes(body, joinPath(keys[:last]), object)
}

// resolve checks each step of the path, which sjson does not, and replaces -1 by the index
// of an array.
func (c Change) resolve(body []byte) ([]key, error) {
	keys := slices.Clone(c.keys)
	at := gjson.ParseBytes(body)
	for i, k := range keys {
		if err := enter(at, keys[:i]); err != nil {
			return nil, err
		}
		if at.IsArray() {
			n, err := itemIndex(at, k, c.value == nil)
			if err != nil {
				return nil, err
			}
			keys[i].name = strconv.Itoa(n)
		}
		next := at.Get(gjson.Escape(keys[i].name))
		if !next.Exists() {
			if c.value == nil {
				return nil, c.nothingThere(body)
			}
			return keys, checkNew(keys[i+1:])
		}
		at = next
	}
	return keys, nil
}

// enter returns an error if a value is not an object or an array.
func enter(at gjson.Result, way []key) error {
	if at.IsObject() || at.IsArray() {
		return nil
	}
	return fmt.Errorf("%s is %s, not an object; set it to {} first", joinPath(way), at.Raw)
}

func itemIndex(array gjson.Result, k key, existing bool) (int, error) {
	items := len(array.Array())
	most := items
	if existing {
		most--
	}
	n, ok := k.index()
	if n == -1 {
		n = most
	}
	if !ok || n < 0 || n > most {
		return 0, fmt.Errorf("%q is not an index of an array with %d items; use 0 or more, or -1 for the end", k.name, items)
	}
	return n, nil
}

// checkNew returns an error if a new array would have to be filled with nulls.
func checkNew(keys []key) error {
	for _, k := range keys {
		if n, ok := k.index(); ok && n > 0 {
			return errors.New("a new array begins at 0; use :" + k.name + " for a member with that name")
		}
	}
	return nil
}

// nothingThere is an error about a path that does not exist, with paths that do.
func (c Change) nothingThere(body []byte) error {
	paths := existingPaths(gjson.ParseBytes(body), nil, nil)
	if meant := apizee.DidYouMean(joinPath(c.keys), paths); meant != "" {
		return errors.New("the path does not exist" + meant)
	}
	for way := c.keys[:len(c.keys)-1]; len(way) > 0; way = way[:len(way)-1] {
		if parent := joinPath(way); gjson.GetBytes(body, parent).Exists() {
			return fmt.Errorf("the path does not exist; the nearest is %q", parent)
		}
	}
	if len(paths) == 0 {
		return errors.New("the path does not exist; the event is empty")
	}
	top := slices.DeleteFunc(paths, func(p string) bool { return strings.Contains(p, ".") })
	return errors.New("the path does not exist; the event has " + strings.Join(top, ", "))
}

// existingPaths returns the paths of all values in an object, up to a number that is enough
// for suggestions.
func existingPaths(value gjson.Result, way []key, paths []string) []string {
	const enough = 1000
	if !value.IsObject() {
		return paths
	}
	value.ForEach(func(name, inner gjson.Result) bool {
		here := append(way[:len(way):len(way)], key{name: name.String()})
		paths = append(paths, joinPath(here))
		paths = existingPaths(inner, here, paths)
		return len(paths) < enough
	})
	return paths
}

// ParseTime parses UNIX seconds or RFC 3339, without its fraction of a second.
// Milliseconds are an error.
func ParseTime(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err == nil && apizee.IsMilliseconds(n):
		return 0, fmt.Errorf("%s looks like milliseconds; use %d for seconds", text, n/1000)
	case err == nil:
		return n, nil
	}
	rfc3339 := strings.ToUpper(text)
	t, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		if len(text) > 19 && text[16:19] == ":60" && isTime(rfc3339[:17]+"59"+rfc3339[19:]) {
			return 0, fmt.Errorf("%q is a leap second, which UNIX time does not have; use the second before or after it", text)
		}
		return 0, fmt.Errorf("%q is not a valid time; use UNIX seconds such as 1575976413, or RFC 3339 such as 2021-09-20T13:25:06+00:00", text)
	}
	return t.Unix(), nil
}

func isTime(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

// SetTime sets the time of an event, in UNIX seconds.
func SetTime(c *apizee.Catalog, body []byte, unix int64) ([]byte, error) {
	seconds := jsontext.Value(strconv.AppendInt(nil, unix, 10))
	return Apply(c, body, []Change{{"time", []key{{name: "time"}}, seconds}})
}
