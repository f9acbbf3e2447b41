package inspect

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// Detail is all of an exchange.
type Detail struct {
	Row
	Remote    string             `json:"remote,omitempty"`
	Headers   []Header           `json:"headers"`
	Body      Body               `json:"body"`
	Findings  []Finding          `json:"findings"`
	Response  *Response          `json:"response,omitempty"`
	Forwarded *ForwardedResponse `json:"forwarded,omitempty"`
	Copies    []string           `json:"copies"` // what it can be copied as
}

// Header is one header, with secrets masked.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Finding is a finding with its place in the body, from 1; 0 when it is not about a place there.
type Finding struct {
	Severity   apizee.Severity `json:"severity"`
	Path       string          `json:"path"`
	Message    string          `json:"message"` // with the suggestion
	Documented []string        `json:"documented,omitempty"`
	Suggestion string          `json:"suggestion,omitempty"`
	Line       int             `json:"line,omitempty"`
	Column     int             `json:"column,omitempty"` // in characters
}

func newFinding(f apizee.Finding) Finding {
	return Finding{Severity: f.Severity, Path: f.Path, Message: f.Advice(), Documented: f.Documented, Suggestion: f.Suggestion}
}

// Response is a response.
type Response struct {
	Status  int      `json:"status"`
	Headers []Header `json:"headers"`
	Body    *Body    `json:"body,omitempty"` // nil when it is empty
}

// ForwardedResponse is the response of the endpoint that an exchange was forwarded or sent to.
type ForwardedResponse struct {
	URL string `json:"url"`
	Response
	DurationMs float64            `json:"durationMs"`
	Failure    *recording.Failure `json:"failure,omitempty"`
}

// detail returns all of an exchange.
func (s *Store) detail(id int64) (Detail, bool) {
	q := s.query()
	row, entry, ok := q.row(&lineReader{store: s, index: &q.index}, int(id), recording.MaxLine)
	if !ok {
		return Detail{}, false
	}
	d := Detail{
		Row: row, Remote: entry.Remote, Headers: headerList(entry.Headers),
		Body: newBody(entry.Body, false), Findings: s.options.findings(entry), Copies: copies(entry),
	}
	if d.Gone {
		d.Copies = []string{}
	}
	if r := entry.Response; d.Status != 0 {
		d.Response = &Response{Status: d.Status, Headers: headerList(r.Headers), Body: responseBody(r)}
	}
	if f := entry.Forwarded; f != nil {
		d.Forwarded = &ForwardedResponse{
			URL: f.URL, DurationMs: milliseconds(f.Took), Failure: f.Failure,
			Response: Response{Status: f.Status, Headers: headerList(f.Headers), Body: responseBody(f.Response)},
		}
	}
	return d, true
}

// entry returns the entry of an exchange that is still there.
func (s *Store) entry(id int64) (recording.Entry, error) {
	q := s.query()
	row, entry, ok := q.row(&lineReader{store: s, index: &q.index}, int(id), recording.MaxLine)
	switch {
	case !ok:
		return entry, notFound(strconv.FormatInt(id, 10))
	case row.Gone:
		return entry, &httpError{http.StatusGone, fmt.Sprintf("exchange %d is no longer in the recording", id), "it was moved, truncated or changed."}
	}
	return entry, nil
}

func responseBody(r recording.Response) *Body {
	if len(r.Body) == 0 {
		return nil
	}
	body := newBody(r.Body, r.Truncated)
	return &body
}

func headerList(headers map[string][]string) []Header {
	list := []Header{}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		for _, value := range headers[name] {
			list = append(list, Header{name, value})
		}
	}
	return list
}

// findings returns those of an entry with their places in the body, which a recording does not have, and
// the differences from the baseline.
func (o Options) findings(entry recording.Entry) []Finding {
	body, list := entry.Body, make([]Finding, len(entry.Findings))
	again := o.Catalog.Validate(body)
	for i, f := range entry.Findings {
		list[i] = newFinding(f)
		if j := slices.IndexFunc(again.Findings, func(g apizee.Finding) bool { return g.Path == f.Path && g.Message == f.Message }); j >= 0 {
			list[i].Line, list[i].Column = position(body, again.Findings[j].Offset)
		}
	}
	for _, f := range o.drift(again.Event, body) {
		found := newFinding(f)
		found.Line, found.Column = position(body, f.Offset)
		list = append(list, found)
	}
	return list
}

// Body is a body as it is shown.
type Body struct {
	Text      *string `json:"text,omitempty"`   // its first 256 KiB
	Base64    string  `json:"base64,omitempty"` // the same, when it is not UTF-8
	Size      int     `json:"size"`
	Truncated bool    `json:"truncated,omitempty"` // there is more than Text

	// Incomplete means that the exchange itself has only the start of the body.
	Incomplete bool `json:"incomplete,omitempty"`

	Valid   bool   `json:"valid"`             // it is one JSON value
	Problem string `json:"problem,omitempty"` // why it is not
	Line    int    `json:"line,omitempty"`    // where, from 1
	Column  int    `json:"column,omitempty"`  // in characters
	Pretty  string `json:"pretty,omitempty"`  // indented JSON, its first 512 KiB

	// PrettyTruncated means that there is more than Pretty, although Text may be complete.
	PrettyTruncated bool `json:"prettyTruncated,omitempty"`
}

// mostShown is how many bytes of a body are shown.
const mostShown = 256 << 10

func newBody(body []byte, incomplete bool) Body {
	b := Body{Size: len(body), Incomplete: incomplete}
	shown := body
	if len(body) > mostShown {
		shown, b.Truncated = body[:mostShown], true
		for i := 0; i < utf8.UTFMax && !utf8.Valid(shown[len(shown)-utf8.UTFMax:]); i++ {
			shown = shown[:len(shown)-1] // do not cut within a character
		}
	}
	if utf8.Valid(shown) {
		text := string(shown)
		b.Text = &text
	} else {
		b.Base64 = base64.StdEncoding.EncodeToString(shown)
	}
	if len(body) == 0 {
		return b
	}
	problem, offset := jsonProblem(body)
	if b.Valid = problem == ""; b.Valid {
		indented, isWhole := pretty(body, 2*mostShown)
		b.Pretty, b.PrettyTruncated = string(indented), !isWhole
		return b
	}
	b.Problem = problem
	b.Line, b.Column = position(body, offset)
	return b
}
