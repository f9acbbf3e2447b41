package console

import (
	"strings"
	"unicode"
)

// BreakCommands returns a text in which the runner of GitHub's workflows finds no command: it
// reads a line that begins with ::, blanks aside, and ##[ anywhere in a line. A space is
// put between these characters. A text without them is returned unchanged.
func BreakCommands(text string) string {
	text = strings.ReplaceAll(text, "##[", "## [")
	if !strings.Contains(text, "::") {
		return text
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		rest := strings.TrimLeftFunc(line, unicode.IsSpace)
		if strings.HasPrefix(rest, "::") {
			out.WriteString(line[:len(line)-len(rest)] + ":")
			line = " " + rest[1:]
		}
		out.WriteString(line)
	}
	return out.String()
}
