package show

import (
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// receptionJSON shows a request as one JSON object on one line.
type receptionJSON struct{ Receptions }

// Begin adds the first line, for scripts that need the address.
func (p receptionJSON) Begin(dst []byte) []byte {
	out := listeningJSON{Listening: p.URL, Addr: p.Addr.String(), Path: p.Path, Inspect: p.Page}
	if p.SelfSigned != nil {
		out.Fingerprint = receive.Fingerprint(*p.SelfSigned)
		out.Pin, _ = receive.Pin(*p.SelfSigned)
	}
	return AppendJSONLine(dst, out)
}

// ReceptionJSON has a value of each type that is printed: first the address, then requests.
func ReceptionJSON() []any {
	return []any{listeningJSON{}, received{}, malformedJSON{}, omittedJSON{}}
}

type (
	listeningJSON struct {
		Listening   string `json:"listening" about:"URL to send events to; events are accepted from now on"`
		Addr        string `json:"addr" about:"host and port, or path of the socket"`
		Path        string `json:"path,omitempty" about:"only path that is accepted"`
		Inspect     string `json:"inspect,omitempty" about:"URL of the page of --inspect"`
		Fingerprint string `json:"fingerprint,omitempty" about:"SHA-256 of the generated certificate"`
		Pin         string `json:"pin,omitempty" about:"pin of the generated certificate, as for curl --pinnedpubkey"`
	}
	malformedJSON struct {
		Malformed  string `json:"malformed" about:"why the request is not HTTP"`
		ReceivedAt string `json:"receivedAt"`
		Remote     string `json:"remote"`
	}
	omittedJSON struct {
		Omitted int `json:"omitted" about:"number of lines that were not printed, since the output was blocked"`
	}
)

// received is the JSON of a request.
type received struct {
	N          int64            `json:"n"`
	ReceivedAt string           `json:"receivedAt"`
	Remote     string           `json:"remote"`
	Method     string           `json:"method"`
	Path       string           `json:"path"`
	Proto      string           `json:"proto"`
	Headers    http.Header      `json:"headers"`
	Event      json.RawMessage  `json:"event,omitempty" about:"the body, if it is JSON"`
	Body       *string          `json:"body,omitempty" about:"the body, if it is not JSON"`
	BodyBase64 []byte           `json:"bodyBase64,omitempty" about:"the body, if it is not UTF-8"`
	Findings   []apizee.Finding `json:"findings" about:"differences from Apizee's documentation"`
	Outcome    receive.Outcome  `json:"outcome" about:"what became of the request; accepted is an event that got the planned response"`
	Problem    string           `json:"problem,omitempty" about:"why it was not accepted"`
	Status     int              `json:"status" about:"status of the response; 0 is no response"`
	Took       float64          `json:"durationMs" about:"until the response was ready"`

	ResponseHeaders http.Header `json:"responseHeaders,omitempty" about:"headers of the response, without those that the server adds"`

	HeadersRaw         map[string][][]byte `json:"headersBase64,omitempty" about:"exact bytes of headers that are not UTF-8"`
	ResponseHeadersRaw map[string][][]byte `json:"responseHeadersBase64,omitempty"`

	Forwarded *forwardedJSON `json:"forwarded,omitempty" about:"response of the endpoint of --forward-to"`
}

type forwardedJSON struct {
	URL     string       `json:"url"`
	Status  int          `json:"status"`
	Took    float64      `json:"durationMs"`
	Headers http.Header  `json:"headers,omitempty"`
	Failure *failureJSON `json:"failure,omitempty"`

	HeadersRaw map[string][][]byte `json:"headersBase64,omitempty"`

	// The response, as far as it was kept.
	Body       string `json:"body,omitempty"`
	BodyBase64 []byte `json:"bodyBase64,omitempty"` // when it is not UTF-8
	Truncated  bool   `json:"truncated,omitempty"`
}

func (p receptionJSON) Item(dst []byte, r *receive.Reception) []byte {
	e := p.entry(r)
	out := received{
		N: r.N, ReceivedAt: instant(r.At), Remote: r.Remote,
		Method: r.Method, Path: p.path(r.Path), Proto: r.Proto, Headers: p.mask(r.Headers, p.SecretHeader),
		Findings: nonNil(r.Report.Findings), Outcome: r.Outcome, Problem: r.Problem,
		Status: r.Status, Took: milliseconds(r.Took), ResponseHeaders: p.mask(e.Response.Headers),
	}
	out.HeadersRaw, out.ResponseHeadersRaw = recording.RawHeaders(out.Headers), recording.RawHeaders(out.ResponseHeaders)
	switch {
	case !utf8.Valid(r.Body):
		out.BodyBase64 = r.Body
	case json.Valid(r.Body):
		out.Event = r.Body
	default:
		text := string(r.Body)
		out.Body = &text
	}
	if f := e.Forwarded; f != nil {
		out.Forwarded = &forwardedJSON{
			URL: p.path(f.URL), Status: f.Status, Took: milliseconds(f.Took), Headers: p.mask(f.Headers), Truncated: f.Truncated,
		}
		out.Forwarded.HeadersRaw = recording.RawHeaders(out.Forwarded.Headers)
		if utf8.Valid(f.Body) {
			out.Forwarded.Body = string(f.Body)
		} else {
			out.Forwarded.BodyBase64 = f.Body
		}
		if f.Failure != nil {
			out.Forwarded.Failure = &failureJSON{Kind: r.Forwarded.Failure.Kind, Message: f.Failure.Message}
		}
	}
	return AppendJSONLine(dst, out)
}

func (p receptionJSON) End(dst []byte, _ *Tally) []byte { return dst }

func (p receptionJSON) Malformed(dst []byte, m receive.Malformed) []byte {
	return AppendJSONLine(dst, malformedJSON{m.Reason, instant(m.At), m.Remote})
}

func (p receptionJSON) Omitted(n int) []byte {
	return AppendJSONLine(nil, omittedJSON{n})
}
