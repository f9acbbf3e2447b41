package yamlfile

import (
	"errors"
	"strings"
	"testing"
)

func TestErrorsHaveAPlace(t *testing.T) {
	lines := strings.Repeat("- {a: [b, 'c']}\n", 300)
	tests := []struct{ name, source, want string }{
		{"flow mapping not closed", "name: x\nsteps:\n  - {send: ticket, id: 1\n  - pause: 1s\n", "line 3, column 5: did not find expected ',' or '}'"},
		{"with comments", "- a: b\n# one\n#two\n- {c: d\n# three\n\n\n- e: f\n", "line 4, column 3: did not find expected ',' or '}'"},
		{"flow sequence not closed", "steps: [a, b\n", "line 1, column 8: did not find expected ',' or ']'"},
		{"closed with another bracket", "steps: {a: b]\n", "line 1, column 8: did not find expected ',' or '}'"},
		{"quote not closed", "to: x\nheaders: \"hid\n\n\nden\n", "line 2, column 10: the quoted string is not closed"},
		{"far from its end", "- \"x\n" + lines, "line 1, column 3: the quoted string is not closed"},
		{"quote in quotes", "name: 'it's'\nsteps: []\n", "line 1, column 11: did not find expected key"},
		{"unknown escape", "name: \"\\q\"\nsteps: []\n", "line 1, column 7: found unknown escape character"},
		{"tab", "steps:\n\t- send: ticket", "line 2, column 1: a tab cannot indent or begin text; use spaces"},
		{"tab after an indented line", "steps:\n  - send: ticket\n\t  id: 3\n", "line 3, column 1: a tab cannot indent or begin text; use spaces"},
		{"tab before a value", "steps:\n  - send:\n\t\tticket\n", "line 3, column 1: a tab cannot indent or begin text; use spaces"},
		{"reserved character", "steps:\n  - send: @x\n", "line 2, column 11: text that begins with @ must be quoted"},
		{"reserved character in a mapping", "a: {b: 'é@', c: [`x`, @y]}\nd: e\n", "line 1, column 18: text that begins with ` must be quoted"},
		{"reserved character before a long one", "to: @équipe 😀\n", "line 1, column 5: text that begins with @ must be quoted"},
		{"tab before a long character", "steps:\n\t- é", "line 2, column 1: a tab cannot indent or begin text; use spaces"},
		{"reserved character at the end", "to: '@' @", "line 1, column 9: text that begins with @ must be quoted"},
		{"indented too little", "- - send: ticket\n   id: 3\n", "line 2, column 4: did not find expected '-' indicator"},
		{"not indented enough", "steps:\n  - send: ticket\n  id: 3\n", "line 3, column 3: did not find expected '-' indicator"},
		{"after many lines", lines + "x: y\n", "line 301, column 1: did not find expected '-' indicator"},
		{"colon in a value", "name: ä: b\n", "line 1, column 8: mapping values are not allowed in this context"},
		{"no colon", "name: x\nsteps\nfoo: 3\n", "line 2, column 1: could not find expected ':'"},
		{"expression without quotes", "a: b\nid: {{ .x }}y\n", "line 2, column 13: text that begins with {{ must be quoted"},
		{"nothing but an expression", "a: b\nc: [d, {{ .x | default \"y\" }}]\n", "line 2, column 8: text that begins with {{ must be quoted"},
		{"unknown anchor", "a: b\nb: *foo\n", `line 2, column 4: unknown anchor "foo"`},
		{"control character", "a: b\n\x01c: 3\n", "line 2, column 1: control characters are not allowed"},
		{"nested beyond use", strings.Repeat("[", 30_000), "exceeded max depth of 10000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Documents([]byte(tt.source))
			var mistake *SyntaxError
			if !errors.As(err, &mistake) || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestEmptyDocumentsAreOmitted(t *testing.T) {
	roots, err := Documents([]byte("# nothing\n---\na: b\n---\n---\n- c\n"))
	if err != nil || len(roots) != 2 || roots[0].Line != 3 || roots[1].Line != 6 {
		t.Errorf("%v, %v", roots, err)
	}
}
