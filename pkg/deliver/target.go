package deliver

import (
	"net/url"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Target is where a body goes, and with which headers.
type Target struct {
	// URL comes from ParseURL: absolute, http or https, without a fragment.
	URL *url.URL

	// Headers are the user's own, on top of the ones that Apizee sends. One named
	// like such a default replaces it, one with Remove takes it away, and a name that
	// occurs twice is sent twice. NewHeader and ParseHeader make sound ones.
	Headers []Header
}

// HasSecret says whether a secret is among the headers or in the URL.
func (t Target) HasSecret() bool {
	hidden := func(h Header) bool { return h.Hide() != h }
	return slices.ContainsFunc(t.Headers, hidden) || ShowURL(t.URL, false) != ShowURL(t.URL, true)
}

// Secrets are those values, and the forms in which they are sent.
func (t Target) Secrets() *redact.Secrets {
	secrets := new(redact.Secrets)
	secrets.AddURL(t.URL)
	for _, h := range t.Headers {
		secrets.AddHeader(h.Name, h.Value)
	}
	return secrets
}

// Request is one body for one target. The body is sent as it is.
type Request struct {
	Target
	Body []byte

	// Method is for what is not an event, such as a probe; empty means POST.
	Method string
}
