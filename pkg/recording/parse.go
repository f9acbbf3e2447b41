package recording

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// line is the JSON of an entry. Required members are pointers.
type line struct {
	ReceivedAt *time.Time          `json:"receivedAt,omitempty" about:"in RFC 3339"`
	Method     *string             `json:"method,omitempty"`
	Path       *string             `json:"path,omitempty" about:"as in the request line, query included; secrets are masked"`
	Headers    map[string][]string `json:"headers,omitempty" about:"by canonical name; secrets are masked"`
	HeadersRaw map[string][][]byte `json:"headersBase64,omitempty" about:"exact bytes of headers that are not UTF-8"`
	Body       *string             `json:"body,omitempty" about:"exact body"`
	BodyBase64 *string             `json:"bodyBase64,omitempty" about:"instead of body, if it is not UTF-8"`
	Status     int                 `json:"status,omitempty" about:"status of the response; 0 is no response"`
	Findings   []apizee.Finding    `json:"findings,omitempty" about:"differences from Apizee's documentation"`

	Took    float64 `json:"durationMs,omitempty"`
	Remote  string  `json:"remote,omitempty" about:"host and port of the sender"`
	Outcome string  `json:"outcome,omitempty" about:"what became of the request, if it was not accepted"`
	Problem string  `json:"problem,omitempty" about:"why it was not accepted"`

	ResponseHeaders    map[string][]string `json:"responseHeaders,omitempty"`
	ResponseHeadersRaw map[string][][]byte `json:"responseHeadersBase64,omitempty"`
	ResponseBody       *string             `json:"responseBody,omitempty" about:"first 64 KiB"`
	ResponseBodyBase64 *string             `json:"responseBodyBase64,omitempty"`
	ResponseTruncated  bool                `json:"responseTruncated,omitempty" about:"responseBody is not all of it"`

	Forwarded *forwardedLine `json:"forwarded,omitempty" about:"response of the endpoint that the request was forwarded to"`
}

type forwardedLine struct {
	URL        string              `json:"url,omitempty"`
	Status     int                 `json:"status,omitempty"`
	Took       float64             `json:"durationMs,omitempty"`
	Headers    map[string][]string `json:"headers,omitempty"`
	HeadersRaw map[string][][]byte `json:"headersBase64,omitempty"`
	Body       *string             `json:"body,omitempty"`
	BodyBase64 *string             `json:"bodyBase64,omitempty"`
	Truncated  bool                `json:"truncated,omitempty" about:"the body is not all of it"`
	Failure    *Failure            `json:"failure,omitempty" about:"why the response is missing or truncated"`
}

var errNotEntry = errors.New("not an entry of a recording: it needs receivedAt, method, path, and body or bodyBase64")

// Parse parses one line of a recording. An io.ErrUnexpectedEOF in the error means that the line is
// truncated.
func Parse(text []byte) (Entry, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return Entry{}, err
		}
		var mismatch *json.SemanticError
		if errors.As(err, &mismatch) {
			what := cmp.Or(strings.TrimPrefix(string(mismatch.JSONPointer), "/"), "the line")
			return Entry{}, fmt.Errorf("not an entry of a recording: %s has the wrong type", what)
		}
		return Entry{}, fmt.Errorf("not an entry of a recording: invalid JSON: %s", strings.TrimPrefix(err.Error(), "jsontext: "))
	}
	if l.ReceivedAt == nil || l.Method == nil || l.Path == nil || l.Body == nil && l.BodyBase64 == nil {
		return Entry{}, errNotEntry
	}
	body, err := exactBody("body", l.Body, l.BodyBase64)
	if err != nil {
		return Entry{}, err
	}
	forwarded, err := l.Forwarded.response()
	if err != nil {
		return Entry{}, err
	}
	response, err := l.response(forwarded)
	if err != nil {
		return Entry{}, err
	}
	return Entry{
		ReceivedAt: *l.ReceivedAt, Method: *l.Method, Path: *l.Path, Headers: exactHeaders(l.Headers, l.HeadersRaw),
		Body: body, Status: l.Status, Findings: l.Findings,
		Took: duration(l.Took), Remote: l.Remote, Outcome: l.Outcome, Problem: l.Problem,
		Response: response, Forwarded: forwarded,
	}, nil
}

// response returns the response, with the body of the endpoint's where it has none of its own.
func (l line) response(forwarded *Forwarded) (Response, error) {
	r := Response{Headers: exactHeaders(l.ResponseHeaders, l.ResponseHeadersRaw)}
	if l.ResponseBody == nil && l.ResponseBodyBase64 == nil && forwarded != nil {
		r.Body, r.Truncated = forwarded.Body, forwarded.Truncated
		return r, nil
	}
	var err error
	r.Body, err = exactBody("responseBody", l.ResponseBody, l.ResponseBodyBase64)
	r.Truncated = l.ResponseTruncated
	return r, err
}

func (l *forwardedLine) response() (*Forwarded, error) {
	if l == nil {
		return nil, nil
	}
	body, err := exactBody("forwarded.body", l.Body, l.BodyBase64)
	return &Forwarded{
		URL: l.URL, Status: l.Status, Took: duration(l.Took),
		Response: Response{Headers: exactHeaders(l.Headers, l.HeadersRaw), Body: body, Truncated: l.Truncated},
		Failure:  l.Failure,
	}, err
}

// duration returns a time in milliseconds. One that no request takes is unknown.
func duration(milliseconds float64) time.Duration {
	const year = 365 * 24 * time.Hour
	if milliseconds < 0 || milliseconds > float64(year.Milliseconds()) {
		return 0
	}
	return time.Duration(math.Round(milliseconds*1000)) * time.Microsecond
}

// exactHeaders returns the headers with the exact bytes of those that have them.
func exactHeaders(headers map[string][]string, raw map[string][][]byte) map[string][]string {
	for name, values := range raw {
		exact := make([]string, len(values))
		for i, value := range values {
			exact[i] = string(value)
		}
		if headers == nil {
			headers = map[string][]string{}
		}
		headers[name] = exact
	}
	return headers
}

// exactBody returns a body from the member of that name, or from its base64.
func exactBody(name string, text, encoded *string) ([]byte, error) {
	switch {
	case text != nil && encoded != nil:
		return nil, fmt.Errorf("both %s and %[1]sBase64 are set", name)
	case text != nil:
		return []byte(*text), nil
	case encoded == nil:
		return nil, nil
	}
	body, err := base64.StdEncoding.DecodeString(*encoded)
	if err != nil {
		return nil, fmt.Errorf("%sBase64: %w", name, err)
	}
	return body, nil
}
