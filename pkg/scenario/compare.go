package scenario

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Types returns the names of the JSON types, and integer.
func Types() []string {
	return []string{"string", "number", "integer", "boolean", "object", "array", "null"}
}

func isType(v gjson.Result, name string) bool {
	switch name {
	case "integer":
		return v.Type == gjson.Number && apizee.IsWhole(v.Raw)
	case "number":
		return v.Type == gjson.Number
	}
	return typeOf(v) == name
}

func typeOf(v gjson.Result) string {
	switch {
	case v.Type == gjson.String:
		return "string"
	case v.Type == gjson.Number:
		return "number"
	case v.IsBool():
		return "boolean"
	case v.IsObject():
		return "object"
	case v.IsArray():
		return "array"
	}
	return "null"
}

// equal compares strictly: 200 is not "200". The order of members does not matter.
func equal(a, b gjson.Result) bool {
	if typeOf(a) != typeOf(b) {
		return false
	}
	switch typeOf(a) {
	case "string":
		return a.String() == b.String()
	case "number":
		return apizee.CompareNumbers(a.Raw, b.Raw) == 0
	case "array":
		return slices.EqualFunc(a.Array(), b.Array(), equal)
	case "object":
		return maps.EqualFunc(a.Map(), b.Map(), equal)
	}
	return a.Raw == b.Raw
}

func contains(actual, want gjson.Result) bool {
	switch {
	case actual.Type == gjson.String:
		return want.Type == gjson.String && strings.Contains(actual.String(), want.String())
	case actual.IsArray():
		return hasItem(actual, want)
	case actual.IsObject():
		_, ok := actual.Map()[want.String()]
		return ok && want.Type == gjson.String
	}
	return false
}

func hasItem(list, item gjson.Result) bool {
	found := false
	list.ForEach(func(_, each gjson.Result) bool {
		found = equal(each, item)
		return !found
	})
	return found
}

// length returns the number of characters, items or members of a value.
func length(v gjson.Result) (n int, ok bool) {
	switch {
	case v.Type == gjson.String:
		return utf8.RuneCountInString(v.String()), true
	case v.IsArray():
		return len(v.Array()), true
	case v.IsObject():
		return len(v.Map()), true
	}
	return 0, false
}
