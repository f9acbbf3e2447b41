package audit

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"io"
	"time"
)

// document is the outcome as the JSON report has it.
type document struct {
	URL      string         `json:"url"`
	Start    time.Time      `json:"start"`
	Seconds  float64        `json:"seconds"`
	Complete bool           `json:"complete"`
	Score    int            `json:"score"`
	Passed   int            `json:"passed"`
	Warned   int            `json:"warned"`
	Failed   int            `json:"failed"`
	Skipped  int            `json:"skipped"`
	Rules    []documentRule `json:"rules"`
}

type documentRule struct {
	Result
	Seconds float64 `json:"seconds"`
}

func (o Outcome) document() document {
	d := document{
		URL: o.URL, Start: o.Start.UTC(), Seconds: o.Took.Seconds(), Complete: o.Complete, Score: o.Score(),
		Passed: o.Count(Passed), Warned: o.Count(Warned), Failed: o.Count(Failed), Skipped: o.Count(Skipped),
	}
	for _, r := range o.Results {
		d.Rules = append(d.Rules, documentRule{r, r.Took.Seconds()})
	}
	return d
}

// WriteJSON writes the outcome as one JSON object.
func (o Outcome) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(o.document())
}

//go:embed report.html
var page string

// WriteHTML writes the outcome as one page that needs nothing else.
func (o Outcome) WriteHTML(w io.Writer) error {
	t, err := template.New("report").Funcs(template.FuncMap{"short": short}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, o.document())
}

func short(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(time.Millisecond).String()
}
