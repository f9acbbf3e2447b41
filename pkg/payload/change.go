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

// Change sets what is at one path of an event, or removes it.
type Change struct {
	path  string
	keys  []key
	value jsontext.Value // nil removes what is at the path
}

// ParseSet reads "props.geoloc.lat=47.8": a path, and a value that is taken as the
// JSON it is, else as a string. The path has sjson's syntax for one place: \ escapes a
// dot, a number is an item of an array, -1 appends to one, and a colon before a number
// makes it a name.
func ParseSet(arg string) (Change, error) {
	path, text, found := cutAssignment(arg)
	if !found {
		return Change{}, fmt.Errorf("%q has no =; write path=value, such as props.%s=%s", arg, apizee.PropState, apizee.StateDone)
	}
	keys, err := parsePath(path)
	if err != nil {
		return Change{}, err
	}
	value, err := jsonOrText(text)
	if err != nil {
		return Change{}, &PathError{path, err.Error()}
	}
	return Change{path, keys, value}, nil
}

// ParseUnset reads the path of what is to be removed, in the syntax of ParseSet, where
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

// Apply makes changes to a JSON object, one after the other. Digits and order stay as
// they are, and an event in documented order is in that order afterwards, too. A set
// makes the objects that are missing on its way. A path that leads nowhere is a
// *PathError.
func Apply(c *apizee.Catalog, body []byte, changes []Change) ([]byte, error) {
	if len(changes) == 0 {
		return body, nil
	}
	arranged, err := isArranged(c, body)
	if err != nil {
		return nil, fmt.Errorf("change the event: %w", err)
	}
	for _, change := range changes {
		if body, err = change.apply(body); err != nil {
			return nil, err
		}
	}
	if still, err := isArranged(c, body); err != nil {
		return nil, fmt.Errorf("change the event: %w", err)
	} else if arranged && !still {
		return arrange(c, body)
	}
	return body, nil
}

// isArranged tells whether a body is in documented order, whatever its spaces.
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
		return nil, &PathError{c.path, err.Error()}
	}
	if c.value == nil {
		return remove(body, keys)
	}
	return sjson.SetRawBytes(body, joinPath(keys), c.value)
}

// remove takes out what is at a path that exists. It leaves only items of arrays to
// sjson, which cuts a member whose name begins with a quote in the wrong place.
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
	object, err := appendMembers(nil, members)
	if err != nil || last == 0 {
		return object, err
	}
	return sjson.SetRawBytes(body, joinPath(keys[:last]), object)
}

// resolve walks the path through the body, checks each step, which sjson does not, and
// turns -1 into a number where an array is there.
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

// enter refuses a step into what holds nothing.
func enter(at gjson.Result, way []key) error {
	if at.IsObject() || at.IsArray() {
		return nil
	}
	return fmt.Errorf("%s is %s, so nothing can be in it; set it to {} first", joinPath(way), at.Raw)
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
		return 0, fmt.Errorf("%q is no item of an array with %d; count from 0, or use -1 for the end", k.name, items)
	}
	return n, nil
}

// checkNew refuses to fill an array that does not exist yet with nulls up to an index.
func checkNew(keys []key) error {
	for _, k := range keys {
		if n, ok := k.index(); ok && n > 0 {
			return errors.New("a new array begins at 0; write :" + k.name + " for a member with that name")
		}
	}
	return nil
}

// nothingThere says what is in the body instead of the path of a Change.
func (c Change) nothingThere(body []byte) error {
	paths := existingPaths(gjson.ParseBytes(body), nil, nil)
	if meant := apizee.DidYouMean(joinPath(c.keys), paths); meant != "" {
		return errors.New("nothing is there" + meant)
	}
	for way := c.keys[:len(c.keys)-1]; len(way) > 0; way = way[:len(way)-1] {
		if parent := joinPath(way); gjson.GetBytes(body, parent).Exists() {
			return fmt.Errorf("nothing is there; the nearest path is %q", parent)
		}
	}
	if len(paths) == 0 {
		return errors.New("nothing is there; the event is empty")
	}
	return errors.New("nothing is there; there are " + strings.Join(topPaths(paths), ", "))
}

// existingPaths are the paths of all that is in a value, up to a number that is enough
// to find a slip of the finger in.
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

func topPaths(paths []string) []string {
	var top []string
	for _, p := range paths {
		if !strings.Contains(p, ".") {
			top = append(top, p)
		}
	}
	return top
}

// ParseTime reads a time as whole UNIX seconds or as RFC 3339, whose fraction of a
// second is dropped. Milliseconds are refused.
func ParseTime(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err == nil && apizee.IsMilliseconds(n):
		return 0, fmt.Errorf("%s looks like milliseconds; write %d for seconds", text, n/1000)
	case err == nil:
		return n, nil
	}
	rfc3339 := strings.ToUpper(text)
	t, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		if len(text) > 19 && text[16:19] == ":60" && isTime(rfc3339[:17]+"59"+rfc3339[19:]) {
			return 0, fmt.Errorf("%q is a leap second, which UNIX time does not count; write the second before or after it", text)
		}
		return 0, fmt.Errorf("%q is no time; write whole UNIX seconds such as 1575976413, or RFC 3339 such as 2021-09-20T13:25:06+00:00", text)
	}
	return t.Unix(), nil
}

func isTime(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

// SetTime puts a time in UNIX seconds into an event.
func SetTime(c *apizee.Catalog, body []byte, unix int64) ([]byte, error) {
	seconds := jsontext.Value(strconv.AppendInt(nil, unix, 10))
	return Apply(c, body, []Change{{"time", []key{{name: "time"}}, seconds}})
}
