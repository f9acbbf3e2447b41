package report

import (
	_ "embed"
	"html/template"
	"io"
	"time"
)

// Page is a report as one self-contained HTML page.
type Page struct {
	Report
	Title    string // of the document, such as "Audit of http://localhost/"
	Subject  string // what was tested
	Byline   string // who tested it, such as "Audited by apizee-hooks"
	Start    time.Time
	Duration time.Duration
	Score    *int   // out of 100; nil for none
	Stopped  string // says that the test was stopped early; else ""
	Note     string // says how the score is made; may be empty
}

//go:embed page.html
var page string

// Write writes the page.
func (p Page) Write(w io.Writer) error {
	t, err := template.New("page").Funcs(template.FuncMap{"short": short}).Parse(page)
	if err != nil {
		return err
	}
	p.Start = p.Start.UTC()
	return t.Execute(w, p)
}

func short(d time.Duration) string { return d.Round(time.Millisecond).String() }
