package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// GitHub writes an annotation for each failed case, as a workflow command, which GitHub Actions
// reads from the output of a job. The annotation is attached to a line if its file is in the
// workspace; else it names the file.
func GitHub(w io.Writer, r Report) error {
	to := bufio.NewWriter(w)
	for _, s := range r.Suites {
		for _, c := range s.Cases {
			if c.Status == Failed {
				annotate(to, s, c)
			}
		}
	}
	return to.Flush()
}

func annotate(to io.Writer, s Suite, c Case) {
	properties := []string{}
	add := func(name, value string) { properties = append(properties, name+"="+escapeProperty(value)) }
	message := strings.TrimSpace(c.Message + "\n" + c.Detail)
	switch {
	case c.InWorkspace:
		add("file", c.File)
		if c.Line > 0 {
			add("line", fmt.Sprint(c.Line))
		}
		if c.Column > 0 {
			add("col", fmt.Sprint(c.Column))
		}
	case c.File != "":
		message = c.Place() + ": " + message
	}
	add("title", s.Name+": "+c.Name)
	fmt.Fprintf(to, "::error %s::%s\n", strings.Join(properties, ","), escapeData(message))
}

func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(legal(s))
}

func escapeProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeData(s))
}
