package report

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
)

// codeQuality writes the failed cases whose source is in the workspace in GitLab's format, which shows them
// beside the changed lines of a merge request. Its fingerprints are of what failed and where, so
// that GitLab sees what is new; they do not depend on the line, which moves.
// Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
func codeQuality(w io.Writer, r Report) error {
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type problem struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	problems := []problem{} // GitLab rejects null
	seen := map[string]int{}
	for _, s := range r.Suites {
		for _, c := range s.Cases {
			if c.Status != Failed || !c.InWorkspace {
				continue
			}
			what := strings.Join([]string{c.File, s.Name, c.Name, c.Message}, "\x00")
			seen[what]++
			problems = append(problems, problem{
				Description: oneLine(s.Name + ": " + c.Name + ": " + c.Message), CheckName: oneLine(s.Name),
				Fingerprint: fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", what, seen[what]))),
				Severity:    "major", Location: location{c.File, lines{max(1, c.Line)}},
			})
		}
	}
	return EncodeJSON(w, problems)
}
