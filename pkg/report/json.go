package report

import (
	"encoding/json"
	"io"
	"time"
)

// Document is the JSON report. Existing members must not change; new ones may be added.
type (
	Document struct {
		Version int         `json:"version" about:"of this report: 1"`
		Passed  int         `json:"passed"`
		Failed  int         `json:"failed"`
		Skipped int         `json:"skipped"`
		Suites  []jsonSuite `json:"suites"`
	}
	jsonSuite struct {
		Name       string            `json:"name"`
		File       string            `json:"file,omitempty"`
		Start      time.Time         `json:"start"`
		DurationMS float64           `json:"durationMs"`
		Properties map[string]string `json:"properties,omitempty" about:"such as the random seed"`
		Cases      []jsonCase        `json:"cases"`
	}
	jsonCase struct {
		Name       string  `json:"name"`
		Status     Status  `json:"status"`
		DurationMS float64 `json:"durationMs"`
		File       string  `json:"file,omitempty"`
		Line       int     `json:"line,omitempty"`
		Message    string  `json:"message,omitempty" about:"why it failed or was skipped, on one line"`
		Detail     string  `json:"detail,omitempty" about:"more about a failure"`
	}
)

func writeJSON(w io.Writer, r Report) error {
	c := r.Counts()
	out := Document{Version: 1, Passed: c.Passed + c.Warned, Failed: c.Failed, Skipped: c.Skipped, Suites: []jsonSuite{}}
	for _, s := range r.Suites {
		suite := jsonSuite{
			Name: s.Name, File: s.File, Start: s.Start.UTC(), DurationMS: Milliseconds(s.Duration),
			Properties: map[string]string{}, Cases: []jsonCase{},
		}
		for _, p := range s.Properties {
			suite.Properties[p.Name] = p.Value
		}
		for _, c := range s.Cases {
			suite.Cases = append(suite.Cases, jsonCase{
				c.Name, c.Status, Milliseconds(c.Duration), c.File, c.Line, c.Message, c.Detail,
			})
		}
		out.Suites = append(out.Suites, suite)
	}
	return EncodeJSON(w, out)
}

// EncodeJSON writes a value as indented JSON that does not escape what only HTML needs.
func EncodeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// Milliseconds returns a duration as reports have it, with the digits of its microseconds.
func Milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
