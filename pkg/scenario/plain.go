package scenario

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"
)

// plain is a JSON value as expressions know it: whole numbers are
// ints, and others keep their digits, as in templates.
func plain(v gjson.Result) any {
	switch {
	case v.Type == gjson.Number:
		return plainNumber(v.Raw)
	case v.IsObject():
		members := map[string]any{}
		v.ForEach(func(name, member gjson.Result) bool {
			members[name.String()] = plain(member)
			return true
		})
		return members
	case v.IsArray():
		items := []any{}
		v.ForEach(func(_, item gjson.Result) bool {
			items = append(items, plain(item))
			return true
		})
		return items
	}
	return v.Value()
}

func plainNumber(digits string) any {
	if i, err := strconv.Atoi(digits); err == nil && strconv.Itoa(i) == digits {
		return i
	}
	return json.Number(digits)
}

// plainJSON is JSON as expressions know it.
func plainJSON(raw []byte) any { return plain(gjson.ParseBytes(raw)) }
