package yamlfile

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestNumbersOfYAML12(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "7": "7", "-0": "-0", "+5": "5", "0100": "100", "010": "10", "-010": "-10", "+010": "10", "0777": "777", "089": "89", "00": "0",
		"0o100": "64", "0x1F": "31", "9007199254740993": "9007199254740993", "123456789012345678901234567890": "123456789012345678901234567890",
		"0x10000000000000000": "18446744073709551616",
		"1.50":                "1.50", "1.": "1", ".5": "0.5", "-.5": "-0.5", "+01.50": "1.50", "1e3": "1e3", "01e3": "1e3", "1E-3": "1E-3", "1.5e+3": "1.5e+3", "1e400": "1e400",
		".inf": "", "-.Inf": "", ".NaN": "",
	} {
		n := scalar(t, text)
		if n.Tag != "!!int" && n.Tag != "!!float" {
			t.Errorf("%s is %s", text, n.Tag)
		}
		if got := Number(n); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{
		"1_000", "0b11", "-0b11", "0xFF_FF", "0_1", "1__0", "1_0.5", "-0x1F", "+0x1F", "-0o7", "0o8", "12:30:45", "1:30", "0x", ".", "+", "1e", "e3", ".e3", "1.2.3", "0100a",
	} {
		if n := scalar(t, text); n.Tag != "!!str" {
			t.Errorf("%s is %s", text, n.Tag)
		}
	}
	for _, text := range []string{`"010"`, "'1'", "|\n 1"} {
		if n := scalar(t, text); n.Tag != "!!str" {
			t.Errorf("%s is %s", text, n.Tag)
		}
	}
}

func scalar(t *testing.T, text string) *yaml.Node {
	t.Helper()
	roots, err := Documents([]byte("%YAML 1.1\n---\na: [x, &b " + text + "\n]\n"))
	if strings.HasPrefix(text, "|") {
		roots, err = Documents([]byte("a:\n- x\n- " + text))
	}
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return roots[0].Content[1].Content[1]
}
