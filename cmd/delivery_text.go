package cmd

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// requestLine is the method and the URL of a delivery.
func (a *app) requestLine(r deliver.Request) string {
	line := cmp.Or(r.Method, apizee.Method) + " " + deliver.ShowURL(r.URL, a.ShowSecrets)
	return a.Out().Dim(console.Safe(line))
}

func (a *app) printRequestHeaders(r deliver.Request) {
	for _, h := range deliver.WireHeaders(r.Target, len(r.Body)) {
		a.printHeader(h)
	}
}

func (a *app) printReplyHeaders(t deliver.Target, headers http.Header) {
	hide := a.hiding(t)
	for _, name := range sortedNames(headers) {
		for _, value := range headers[name] {
			a.printHeader(deliver.Header{Name: name, Value: hide(value)})
		}
	}
}

// shownBody is the body of a reply, without the secrets of the target, which an endpoint
// may repeat.
func (a *app) shownBody(t deliver.Target, r deliver.Result) string {
	if !r.Truncated {
		return a.hide(t, string(r.Body))
	}
	const cut = "…"
	return strings.TrimSuffix(a.hide(t, string(r.Body)+cut), cut)
}

// hide masks the target's secrets in a text.
func (a *app) hide(t deliver.Target, text string) string { return a.hiding(t)(text) }

// hiding is hide for many texts.
func (a *app) hiding(t deliver.Target) func(text string) string {
	if a.ShowSecrets {
		return func(text string) string { return text }
	}
	return t.Secrets().Mask
}

func (a *app) printHeader(h deliver.Header) {
	if !a.ShowSecrets {
		h = h.Hide()
	}
	fmt.Fprintf(a.Stdout, "  %s\n", a.Out().Dim(console.Safe(h.String())))
}

// verdictText is the status of a reply, or why there is none.
func (a *app) verdictText(p console.Palette, t deliver.Target, r deliver.Result) string {
	status := strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, console.Safe(r.StatusText)))
	switch r.Verdict() {
	case deliver.VerdictFailed:
		return p.Failure(string(r.Failure.Kind)) + "  " + console.Safe(r.Failure.Message)
	case deliver.VerdictAccepted:
		return p.OK(status)
	}
	return p.Finding(status) + a.redirectText(p, t, r)
}

// redirectText says where a reply points to: nothing follows it, so that it is the answer.
func (a *app) redirectText(p console.Palette, t deliver.Target, r deliver.Result) string {
	location := a.hide(t, r.Headers.Get("Location"))
	if r.Status < 300 || r.Status > 399 || location == "" {
		return ""
	}
	if !a.ShowSecrets {
		location = redact.URL(location)
	}
	return p.Notice(" to " + console.Safe(location) + ", not followed")
}

// sentAgain tells of a delivery that may have come twice.
const sentAgain = "sent again: the kept connection was closed"

// took is how long a delivery lasted, and in detail with --verbose.
func (a *app) took(r deliver.Result) string {
	total := console.Duration(r.Timings.Total)
	if r.Replaced {
		total += ", " + sentAgain
	}
	if !a.Verbose || r.Failure != nil {
		return total
	}
	var parts []string
	switch {
	case r.Timings.Reused:
		parts = append(parts, "connection reused")
	default:
		parts = append(parts, "connect "+console.Duration(r.Timings.Connect))
	}
	if r.Timings.TLS > 0 {
		parts = append(parts, "TLS "+console.Duration(r.Timings.TLS))
	}
	parts = append(parts, "first byte "+console.Duration(r.Timings.FirstByte))
	return total + "  (" + strings.Join(parts, ", ") + ")"
}
