package report

import (
	_ "embed"
	"fmt"
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
	Stopped  string // says what kept the test from its end; else ""
	Note     string // says how the score is made; may be empty
}

// Heading is the title of the document with the result.
func (p Page) Heading() string {
	if p.Score == nil {
		return p.Title + ": stopped"
	}
	return fmt.Sprintf("%s: %d of 100", p.Title, *p.Score)
}

//go:embed page.html
var page string

// Write writes the page.
func (p Page) Write(w io.Writer) error {
	t, err := ParsePage(page)
	if err != nil {
		return err
	}
	p.Start = p.Start.UTC()
	return t.Execute(w, p)
}

//go:embed head.html
var head string

// ParsePage parses the template of a page in the style of all reports. It has the templates "head", of
// the title, which leaves the head open, and "byline", of a value with Byline, Start in UTC and Duration.
func ParsePage(text string) (*template.Template, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"short": short}).Parse(head)
	if err != nil {
		return nil, err
	}
	return t.Parse(text)
}

func short(d time.Duration) string { return d.Round(time.Millisecond).String() }
