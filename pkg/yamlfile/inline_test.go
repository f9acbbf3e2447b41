package yamlfile

import (
	"fmt"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestInline(t *testing.T) {
	for source, want := range map[string]string{
		"a: &a {x: 1}\nb: *a\n":                                   "a: {x: 1}\nb: {x: 1}\n",
		"a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3, z: 4}\n":           "a: {x: 1, y: 2}\nb: {y: 3, z: 4, x: 1}\n",
		"a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: [*b, *a]}\n": "a: {x: 1}\nb: {y: 2, x: 1}\nc: {y: 2, x: 1}\n",
		"a: &a [1, &one 2]\nb: [*a, *one]\n":                      "a: [1, 2]\nb: [[1, 2], 2]\n",
		"a: {\"<<\": 1}\n":                                        "a: {\"<<\": 1}\n",
		"a: &a {x: 1}\nb: &a {x: 2}\nc: *a\n":                     "a: {x: 1}\nb: {x: 2}\nc: {x: 2}\n",
		"a: {x: 1, x: 2}\n":                                       "a: {x: 1, x: 2}\n",
	} {
		roots, err := Documents([]byte(source))
		if err == nil {
			err = Inline(roots[0])
		}
		if err != nil {
			t.Errorf("%q: %v", source, err)
			continue
		}
		if got, _ := yaml.Marshal(roots[0]); string(got) != want {
			t.Errorf("%q is\n%s, want\n%s", source, got, want)
		}
	}
	for source, want := range map[string]string{
		"a: &a [*a]\n":         "line 1, column 4: an alias must not be in the value of its own anchor",
		"a: &a {<<: *a}\n":     "line 1, column 4: an alias must not be in the value of its own anchor",
		"a: {<<: 1}\n":         "line 1, column 5: << needs a mapping or a list of mappings",
		"a: {<<: [{}, [x]]}\n": "line 1, column 5: << needs a mapping or a list of mappings",
	} {
		roots, err := Documents([]byte(source))
		if err == nil {
			err = Inline(roots[0])
		}
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
}

// TestInlineSharesValues would never end if values were copied.
func TestInlineSharesValues(t *testing.T) {
	source := "k0: &a0 [1]\n"
	for i := range 60 {
		source += fmt.Sprintf("k%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	roots, err := Documents([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	if err := Inline(roots[0]); err != nil {
		t.Error(err)
	}
}
