package show

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// This file shows a delivery: its parts as text, then the JSON object. An endpoint may repeat the
// request in its response, so the secrets of the target are masked in all of it.

// requestText returns the method and the URL of a delivery.
func (s Style) requestText(r deliver.Request) string {
	return method(r) + " " + r.ShowURL(s.Secrets)
}

func method(r deliver.Request) string { return cmp.Or(r.Method, apizee.Method) }

func (s Style) requestHeaders(dst []byte, r deliver.Request) []byte {
	for _, h := range deliver.WireHeaders(r.Target, len(r.Body)) {
		if !s.Secrets {
			h = h.Mask()
		}
		dst = s.dim(dst, len("  "), h.String())
	}
	return dst
}

func (s Style) responseHeaders(dst []byte, t deliver.Target, r deliver.Result) []byte {
	return s.headers(dst, len("  "), s.maskResponse(t, r.Headers))
}

// maskResponse masks the secrets of the target, then those of secret headers.
func (s Style) maskResponse(t deliver.Target, headers http.Header) http.Header {
	mask, masked := s.masker(t), headers.Clone()
	for _, values := range masked {
		for i, value := range values {
			values[i] = mask(value)
		}
	}
	return s.mask(masked)
}

// masker returns a function that masks the target's secrets.
func (s Style) masker(t deliver.Target) func(text string) string {
	if s.Secrets {
		return func(text string) string { return text }
	}
	return t.Secrets().Mask
}

// body returns the body of a response. A secret that is truncated at its end is masked too.
func (s Style) body(t deliver.Target, r deliver.Result) string {
	if s.Secrets {
		return string(r.Body)
	}
	return t.Secrets().MaskCut(string(r.Body), r.Truncated)
}

// notShown stands for a body that could not be decoded.
func notShown(undecoded string) string { return "body not shown: " + undecoded }

// verdict returns the status of a response, or why there is none.
func (s Style) verdict(p console.Palette, t deliver.Target, r deliver.Result) string {
	status := strings.TrimSpace(statusText(r.Status) + " " + console.Safe(r.StatusText))
	switch r.Verdict() {
	case deliver.VerdictFailed:
		return p.Failure(string(r.Failure.Kind)) + "  " + console.Safe(r.Failure.Message)
	case deliver.VerdictAccepted:
		return p.OK(status)
	}
	return p.Finding(status+console.Safe(r.Through())) + s.redirect(p, t, r)
}

// redirect returns where a redirect points to. It is not followed.
func (s Style) redirect(p console.Palette, t deliver.Target, r deliver.Result) string {
	location := s.masker(t)(r.Headers.Get("Location"))
	if r.Status < 300 || r.Status > 399 || location == "" {
		return ""
	}
	return p.Warning(" to " + console.Safe(s.path(location)) + ", not followed")
}

// took returns the time of a delivery, with Verbose in detail.
func (s Style) took(r deliver.Result) string {
	total := console.Duration(r.Timings.Total)
	if !s.Verbose || r.Failure != nil {
		return total
	}
	parts := []string{"connection reused"}
	if !r.Timings.Reused {
		parts[0] = "connect " + console.Duration(r.Timings.Connect)
	}
	if r.Timings.TLS > 0 {
		parts = append(parts, "TLS "+console.Duration(r.Timings.TLS))
	}
	parts = append(parts, "first byte "+console.Duration(r.Timings.FirstByte))
	return fmt.Sprintf("%s  (%s)", total, strings.Join(parts, ", "))
}

// Hint returns what to do about a failed delivery: the failure's hint, and the flag or the command that
// is its remedy. It may be "".
func Hint(f *deliver.Failure) string {
	switch f.Remedy {
	case deliver.RemedyTimeout:
		return f.Hint + ", or increase --timeout"
	case deliver.RemedyAuthority:
		return "set its authority with --cacert FILE, or accept any certificate with --insecure"
	case deliver.RemedyAnyCertificate:
		return f.Hint + ", or accept any certificate with --insecure"
	case deliver.RemedyClientCertificate:
		return "set it with --client-cert FILE and --client-key FILE"
	case deliver.RemedyListener:
		return f.Hint + ", or run `apizee-hooks listen --addr " + f.Address + "`"
	case deliver.RemedyTLSListener:
		return f.Hint + ", or run `apizee-hooks listen --addr " + f.Address + " --tls`"
	case deliver.RemedyNoProxy:
		return f.Hint + ", or use --no-proxy"
	case deliver.RemedyKeepAlive:
		return f.Hint + "; use --keep-alive, or send fewer events or more slowly, as with --count and --every"
	}
	return f.Hint
}

// through adds the proxy that a request went through, if any.
func (s Style) through(dst []byte, r deliver.Result) []byte {
	if r.Proxy == "" {
		return dst
	}
	return s.dim(dst, len("  "), "through the proxy "+r.Proxy)
}

// deliveryJSON is the JSON of one attempt.
type deliveryJSON struct {
	N          int             `json:"n" about:"number of the delivery, from 1"`
	Attempt    int             `json:"attempt" about:"number of the attempt, from 1"`
	StartedAt  string          `json:"startedAt"`
	Method     string          `json:"method"`
	URL        string          `json:"url"`
	Fault      string          `json:"fault,omitempty" about:"injected fault"`
	Event      json.RawMessage `json:"event,omitempty" about:"body of the request, if it is JSON"`
	EventText  string          `json:"eventText,omitempty" about:"body of the request, if it is not JSON"`
	EventBytes []byte          `json:"eventBase64,omitempty" about:"body of the request, if it is not UTF-8"`
	Proxy      string          `json:"proxy,omitempty" about:"proxy that the request went through"`
	Verdict    deliver.Verdict `json:"verdict" about:"accepted: 2xx; rejected: any other status; failed: no complete response"`
	Status     int             `json:"status" about:"status of the response; 0 is no response"`
	StatusText string          `json:"statusText"`
	Headers    http.Header     `json:"headers,omitempty"`
	Body       string          `json:"body" about:"first part of the body of the response"`
	BodyBase64 []byte          `json:"bodyBase64,omitempty" about:"instead of body, if it is not UTF-8"`
	Truncated  bool            `json:"truncated" about:"body is not all of it"`
	Timings    timingsJSON     `json:"timings"`
	Failure    *failureJSON    `json:"failure,omitempty" about:"why the response is missing or truncated"`

	HeadersRaw map[string][][]byte `json:"headersBase64,omitempty" about:"exact bytes of headers that are not UTF-8"`
}

// DeliveryJSON is a value of the type that is printed for each attempt.
func DeliveryJSON() any { return deliveryJSON{} }

type timingsJSON struct {
	Connect   float64 `json:"connectMs"`
	TLS       float64 `json:"tlsMs"`
	FirstByte float64 `json:"firstByteMs"`
	Total     float64 `json:"totalMs"`
	Reused    bool    `json:"reused" about:"the connection was that of an earlier delivery"`
}

type failureJSON struct {
	Kind    deliver.Kind `json:"kind" about:"such as refused, dns, tls, timeout or reset"`
	Message string       `json:"message"`
	Hint    string       `json:"hint,omitempty" about:"the next step"`
}

// delivery returns one attempt, with the name of its fault.
func (s Style) delivery(request deliver.Request, r deliver.Result, fault string) deliveryJSON {
	d := deliveryJSON{
		N: r.N, Attempt: r.Attempt, StartedAt: instant(r.Start),
		Method: method(request), URL: request.ShowURL(s.Secrets), Fault: fault, Proxy: r.Proxy,
		Verdict: r.Verdict(), Status: r.Status, StatusText: r.StatusText,
		Headers: s.maskResponse(request.Target, r.Headers), Truncated: r.Truncated,
		Timings: timingsJSON{
			milliseconds(r.Timings.Connect), milliseconds(r.Timings.TLS),
			milliseconds(r.Timings.FirstByte), milliseconds(r.Timings.Total), r.Timings.Reused,
		},
	}
	d.HeadersRaw = recording.RawHeaders(d.Headers)
	switch {
	case !utf8.Valid(request.Body):
		d.EventBytes = request.Body
	case json.Valid(request.Body):
		d.Event = request.Body
	default:
		d.EventText = string(request.Body)
	}
	if body := s.body(request.Target, r); utf8.ValidString(body) {
		d.Body = body
	} else {
		d.BodyBase64 = []byte(body)
	}
	if r.Failure != nil {
		d.Failure = &failureJSON{r.Failure.Kind, r.Failure.Message, Hint(r.Failure)}
	}
	return d
}
