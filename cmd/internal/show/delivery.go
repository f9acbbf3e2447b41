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
)

// What a delivery looks like: the pieces for people, then the object for programs. An
// endpoint may repeat in its reply what it got, so the secrets of the target are masked in
// all of it.

// requestText is the method and the URL of a delivery.
func (s Style) requestText(r deliver.Request) string {
	return cmp.Or(r.Method, apizee.Method) + " " + s.url(r.URL)
}

func (s Style) requestHeaders(dst []byte, r deliver.Request) []byte {
	for _, h := range deliver.WireHeaders(r.Target, len(r.Body)) {
		if !s.Secrets {
			h = h.Hide()
		}
		dst = s.dim(dst, len("  "), h.String())
	}
	return dst
}

func (s Style) replyHeaders(dst []byte, t deliver.Target, r deliver.Result) []byte {
	return s.headers(dst, len("  "), s.maskReply(t, r.Headers))
}

// maskReply hides the secrets of the target as a whole, before what is secret by its name.
func (s Style) maskReply(t deliver.Target, headers http.Header) http.Header {
	hide, masked := s.hiding(t), headers.Clone()
	for _, values := range masked {
		for i, value := range values {
			values[i] = hide(value)
		}
	}
	return s.mask(masked)
}

// hiding masks the target's secrets in texts.
func (s Style) hiding(t deliver.Target) func(text string) string {
	if s.Secrets {
		return func(text string) string { return text }
	}
	return t.Secrets().Mask
}

// body is the body of a reply. A secret that its end cuts off counts as one.
func (s Style) body(t deliver.Target, r deliver.Result) string {
	hide := s.hiding(t)
	if !r.Truncated {
		return hide(string(r.Body))
	}
	const cut = "…"
	return strings.TrimSuffix(hide(string(r.Body)+cut), cut)
}

// verdict is the status of a reply, or why there is none.
func (s Style) verdict(p console.Palette, t deliver.Target, r deliver.Result) string {
	status := strings.TrimSpace(statusText(r.Status) + " " + console.Safe(r.StatusText))
	switch r.Verdict() {
	case deliver.VerdictFailed:
		return p.Failure(string(r.Failure.Kind)) + "  " + console.Safe(r.Failure.Message)
	case deliver.VerdictAccepted:
		return p.OK(status)
	}
	return p.Finding(status) + s.redirect(p, t, r)
}

// redirect says where a reply points to: nothing follows it, so that it is the answer.
func (s Style) redirect(p console.Palette, t deliver.Target, r deliver.Result) string {
	location := s.hiding(t)(r.Headers.Get("Location"))
	if r.Status < 300 || r.Status > 399 || location == "" {
		return ""
	}
	return p.Warning(" to " + console.Safe(s.path(location)) + ", not followed")
}

// took is how long a delivery lasted, with Verbose in detail.
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

// Hint says what to do about a failed delivery: the failure's own hint, and the flag or
// the command that is its remedy. It may be "".
func Hint(f *deliver.Failure) string {
	switch f.Remedy {
	case deliver.RemedyPatience:
		return f.Hint + ", or give it longer with --timeout"
	case deliver.RemedyAuthority:
		return "name its authority with --cacert FILE, or accept any certificate with --insecure"
	case deliver.RemedyAnyCertificate:
		return f.Hint + ", or accept any certificate with --insecure"
	case deliver.RemedyListener:
		return f.Hint + ", or let `apizee-hooks listen --addr " + f.Address + "` stand in for it"
	case deliver.RemedyTLSListener:
		return f.Hint + ", or let `apizee-hooks listen --addr " + f.Address + " --tls` stand in for it"
	case deliver.RemedyNoProxy:
		return f.Hint + ", or use none with --no-proxy"
	case deliver.RemedyKeep:
		return f.Hint + "; keep connections with --keep-alive, or send fewer or more slowly, as with --count and --every"
	}
	return f.Hint
}

// through names the proxy that a request went through, if it did.
func (s Style) through(dst []byte, r deliver.Result) []byte {
	if r.Proxy == "" {
		return dst
	}
	return s.dim(dst, len("  "), "through the proxy "+r.Proxy)
}

// deliveryJSON is one attempt for programs. Times are in milliseconds.
type deliveryJSON struct {
	N          int             `json:"n"`
	Attempt    int             `json:"attempt"`
	StartedAt  string          `json:"startedAt"`
	Method     string          `json:"method"`
	URL        string          `json:"url"`
	Fault      string          `json:"fault,omitempty"`
	Event      json.RawMessage `json:"event,omitempty"`
	EventText  string          `json:"eventText,omitempty"` // when it is not JSON
	Proxy      string          `json:"proxy,omitempty"`
	Verdict    deliver.Verdict `json:"verdict"`
	Status     int             `json:"status"`
	StatusText string          `json:"statusText"`
	Headers    http.Header     `json:"headers,omitempty"`
	Body       string          `json:"body"`
	BodyBase64 []byte          `json:"bodyBase64,omitempty"` // when it is not UTF-8
	Truncated  bool            `json:"truncated"`
	Timings    timingsJSON     `json:"timings"`
	Failure    *failureJSON    `json:"failure,omitempty"`
}

type timingsJSON struct {
	Connect   float64 `json:"connect"`
	TLS       float64 `json:"tls"`
	FirstByte float64 `json:"firstByte"`
	Total     float64 `json:"total"`
	Reused    bool    `json:"reused"`
}

type failureJSON struct {
	Kind    deliver.Kind `json:"kind"`
	Message string       `json:"message"`
	Hint    string       `json:"hint,omitempty"`
}

// delivery is one attempt, and by what fault it was made.
func (s Style) delivery(request deliver.Request, r deliver.Result, fault string) deliveryJSON {
	d := deliveryJSON{
		N: r.N, Attempt: r.Attempt, StartedAt: instant(r.Start),
		Method: apizee.Method, URL: s.url(request.URL), Fault: fault, Proxy: r.Proxy,
		Verdict: r.Verdict(), Status: r.Status, StatusText: r.StatusText,
		Headers: s.maskReply(request.Target, r.Headers), Truncated: r.Truncated,
		Timings: timingsJSON{
			milliseconds(r.Timings.Connect), milliseconds(r.Timings.TLS),
			milliseconds(r.Timings.FirstByte), milliseconds(r.Timings.Total), r.Timings.Reused,
		},
	}
	if json.Valid(request.Body) {
		d.Event = request.Body
	} else {
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
