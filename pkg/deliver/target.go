package deliver

import (
	"net/url"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Target is an endpoint and the headers for it.
type Target struct {
	// URL comes from ParseURL: absolute, http or https, without a fragment.
	URL *url.URL

	// Headers are the user's, besides those that Apizee sends. A header replaces a default of the same
	// name, one with Remove removes it, and a name that occurs twice is sent twice. NewHeader and
	// ParseHeader return valid ones.
	Headers []Header
}

// HasSecret reports whether the headers or the URL have a secret.
func (t Target) HasSecret() bool {
	hidden := func(h Header) bool { return h.Mask() != h }
	return slices.ContainsFunc(t.Headers, hidden) || ShowURL(t.URL, false) != ShowURL(t.URL, true)
}

// Secrets returns those secrets, and the forms in which they are sent.
func (t Target) Secrets() *redact.Secrets {
	secrets := new(redact.Secrets)
	secrets.AddURL(t.URL)
	for _, h := range t.Headers {
		secrets.AddHeader(h.Name, h.Value)
	}
	return secrets
}

// Request is one body for one target. The body is sent unchanged.
type Request struct {
	Target
	Body []byte

	// Method is for requests that are not events, such as probes; empty means POST.
	Method string
}
