package jsonscan

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

var texts = []string{
	`{}`, ` { "a" : 1 , "b" : [ 1 , { } ] } `, `{"a":{"b":{"c":"}"}},"d":null,"e":-1.5e3}`,
	`{"\u0061\"":"\\","` + "a name that is longer than thirty-two bytes \\\"" + `":"` + "and such a text: \\\\" + `"}`,
	`{"":""}`, `[{"a":1}]`, `"{"`, `{`, `{"a`, `{"a":`, `{"a":[`, `{"a":"\`, ``, `}`, `,`, `{]`,
}

// FuzzMembers lists the members of any text, and of a valid object compares them with those of a decoder.
func FuzzMembers(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	for n := range 40 { // the search changes its way within
		f.Add(`{"` + strings.Repeat("x", n) + `\"` + strings.Repeat(`\\`, n) + `":"",` + `"":0}`)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var found []string
		for in := Object(text); in.More(); {
			if len(found) > 2*len(text) {
				t.Fatal("it does not end")
			}
			found = append(found, in.Name(), in.Skip())
		}
		if value := jsontext.Value(text); value.IsValid() && value.Kind() == '{' {
			if want := members(text); !slices.Equal(found, want) {
				t.Errorf("%q, want %q", found, want)
			}
		}
	})
}

// members are the names and the values of a valid object, by a decoder.
func members(object string) []string {
	var all []string
	decoder := jsontext.NewDecoder(bytes.NewBufferString(object))
	_, _ = decoder.ReadToken()
	for decoder.PeekKind() != '}' {
		name, _ := decoder.ReadToken()
		all = append(all, name.String())
		value, _ := decoder.ReadValue()
		all = append(all, string(value))
	}
	return all
}
