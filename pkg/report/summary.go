package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// maxSummary is how many cases the summary lists at most: GitHub shows no summary over 1 MiB.
const maxSummary = 200

// Summary writes Markdown for people who look at a job: the counts of each suite, and what failed.
// It can be appended to any other text, such as another summary, since the heading ends a table or
// a line without an end.
func Summary(w io.Writer, title string, r Report) error {
	to := bufio.NewWriter(w)
	fmt.Fprintf(to, "\n### %s\n\n", cell(title))
	fmt.Fprint(to, "| | passed | failed | skipped | time |\n| --- | ---: | ---: | ---: | ---: |\n")
	for _, s := range r.Suites {
		c := s.Counts()
		mark := "✅"
		if c.Failed > 0 {
			mark = "❌"
		}
		fmt.Fprintf(to, "| %s %s | %d | %d | %d | %.1f s |\n", mark, cell(s.Name), c.Passed+c.Warned, c.Failed, c.Skipped, s.Duration.Seconds())
	}
	listed := 0
	for _, s := range r.Suites {
		for _, c := range s.Cases {
			if c.Status != Failed {
				continue
			}
			if listed++; listed == 1 {
				fmt.Fprint(to, "\n| failed | where | why |\n| --- | --- | --- |\n")
			}
			if listed <= maxSummary {
				fmt.Fprintf(to, "| %s | %s | %s |\n", cell(s.Name+": "+c.Name), cell(c.Place()), cell(c.Message+"\n"+c.Detail))
			}
		}
	}
	if listed > maxSummary {
		fmt.Fprintf(to, "\n… and %d more.\n", listed-maxSummary)
	}
	return to.Flush()
}

// maxCell is how many bytes of a text a cell shows.
const maxCell = 1000

// cell returns a text as the content of a cell: no text ends the cell, or is taken for Markdown or
// HTML.
func cell(s string) string {
	s = strings.TrimSpace(legal(s))
	if len(s) > maxCell {
		s = strings.ToValidUTF8(s[:maxCell], "") + "…"
	}
	return strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "\\", "&#92;", "`", "&#96;", "*", "&#42;", "_", "&#95;",
		"[", "&#91;", "]", "&#93;", "~", "&#126;", "@", "&#64;", "#", "&#35;", "://", "&#58;//", "\r", "", "\n", "<br>",
	).Replace(s)
}
