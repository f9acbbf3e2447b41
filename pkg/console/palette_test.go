package console

import (
	"strings"
	"testing"

	"gotest.tools/v3/golden"
)

// paints lists what a palette has a style for, with its name.
func paints(p Palette) []struct {
	name  string
	paint func(string) string
} {
	json := func(m meaning) func(string) string { return func(s string) string { return p.paint(m, s) } }
	return []struct {
		name  string
		paint func(string) string
	}{
		{"object", p.Object}, {"event", p.Event}, {"value", p.Value}, {"ok", p.OK},
		{"finding", p.Finding}, {"warning", p.Warning}, {"drift", p.Drift}, {"failure", p.Failure},
		{"dim", p.Dim}, {"strong", p.Strong},
		{"key", json(jsonKey)}, {"string", json(jsonString)}, {"number", json(jsonNumber)}, {"literal", json(jsonLiteral)},
	}
}

func TestPaletteOn(t *testing.T) {
	// Neither the environment nor the test's standard output has a say.
	t.Setenv("NO_COLOR", "1")
	var out strings.Builder
	for _, method := range paints(NewPalette(true)) {
		out.WriteString(method.paint(method.name) + "\n")
		if got := method.paint(""); got != "" {
			t.Errorf("%s of nothing is %q", method.name, got)
		}
	}
	golden.Assert(t, out.String(), "palette.golden")
}

func TestPaletteOff(t *testing.T) {
	for name, palette := range map[string]Palette{"off": NewPalette(false), "zero": {}} {
		if palette.Enabled() {
			t.Errorf("the %s palette is enabled", name)
		}
		for _, method := range paints(palette) {
			if got := method.paint("text"); got != "text" {
				t.Errorf("%s %s: %q", name, method.name, got)
			}
		}
	}
}
