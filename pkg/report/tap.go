package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// tap writes version 13 of the Test Anything Protocol. The diagnostics are YAML with JSON strings.
func tap(w io.Writer, r Report) error {
	to := bufio.NewWriter(w)
	fmt.Fprintf(to, "TAP version 13\n1..%d\n", r.Counts().Total())
	n := 0
	for _, s := range r.Suites {
		fmt.Fprintf(to, "# %s\n", oneLine(s.Name))
		for _, c := range s.Cases {
			n++
			tapCase(to, n, c)
		}
	}
	return to.Flush()
}

func tapCase(to io.Writer, n int, c Case) {
	// An unescaped number sign starts a directive.
	name := strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(oneLine(c.Name))
	switch c.Status {
	case Failed:
		fmt.Fprintf(to, "not ok %d - %s\n  ---\n", n, name)
		fmt.Fprintf(to, "  message: %s\n  severity: fail\n", quoted(c.Message))
		if c.File != "" {
			fmt.Fprintf(to, "  at: %s\n", quoted(c.Place()))
		}
		if c.Detail != "" {
			fmt.Fprintf(to, "  detail: %s\n", quoted(c.Detail))
		}
		fmt.Fprintf(to, "  duration_ms: %.3f\n  ...\n", Milliseconds(c.Duration))
	case Skipped:
		fmt.Fprintf(to, "ok %d - %s # SKIP %s\n", n, name, oneLine(c.Message))
	default:
		fmt.Fprintf(to, "ok %d - %s\n", n, name)
	}
}

// oneLine joins the lines of a text.
func oneLine(s string) string { return strings.Join(strings.Fields(legal(s)), " ") }

// quoted returns a text as a JSON string, which is also valid YAML.
func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // cannot fail for a string
	return strings.TrimSuffix(b.String(), "\n")
}
