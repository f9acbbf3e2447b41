package recording

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Masked returns the entry with secrets masked: in headers, also those of the given names, in URLs, and
// wherever the endpoint's response repeats those of the request. The body of the request is unchanged.
func (e Entry) Masked(secretHeaders ...string) Entry {
	byName := func(name, value string) string { return redact.Header(name, value, secretHeaders...) }
	if e.Forwarded != nil {
		e.maskRepeated(secretHeaders)
		e.Forwarded.URL = redact.URL(e.Forwarded.URL)
		e.Forwarded.Headers = maskHeaders(e.Forwarded.Headers, byName)
	}
	e.Path = redact.URL(e.Path)
	e.Headers = maskHeaders(e.Headers, byName)
	e.Response.Headers = maskHeaders(e.Response.Headers, byName)
	return e
}

// maskRepeated masks the secrets of the request in a copy of the endpoint's response.
func (e *Entry) maskRepeated(secretHeaders []string) {
	f := *e.Forwarded
	e.Forwarded = &f
	secrets := e.secrets(secretHeaders)
	if secrets.IsEmpty() {
		return
	}
	passedBack := e.isPassedBack()
	f.Body = []byte(secrets.MaskCut(string(f.Body), f.Truncated))
	if passedBack {
		e.Response.Body = f.Body
	} else {
		e.Response.Body = []byte(secrets.MaskCut(string(e.Response.Body), e.Response.Truncated))
	}
	byValue := func(_, value string) string { return secrets.Mask(value) }
	f.Headers, e.Response.Headers = maskHeaders(f.Headers, byValue), maskHeaders(e.Response.Headers, byValue)
	e.Problem = secrets.Mask(e.Problem)
	if f.Failure != nil {
		f.Failure = &Failure{Kind: f.Failure.Kind, Message: secrets.Mask(f.Failure.Message)}
	}
}

// secrets returns the secrets of the request and of the URL it was forwarded to.
func (e *Entry) secrets(headers []string) *redact.Secrets {
	secrets := new(redact.Secrets)
	if u, err := url.Parse(e.Forwarded.URL); err == nil {
		secrets.AddURL(u)
	}
	secrets.AddURLText(e.Path)
	for name, values := range e.Headers {
		for _, value := range values {
			secrets.AddHeader(name, value)
			if slices.ContainsFunc(headers, func(secret string) bool { return strings.EqualFold(name, secret) }) {
				secrets.Add(value)
			}
		}
	}
	return secrets
}

// maskHeaders returns the headers with each value masked. It returns the map itself when no value
// changes, as with the headers of most requests.
func maskHeaders(headers map[string][]string, mask func(name, value string) string) map[string][]string {
	masked, isCopy := headers, false
	for name, values := range headers {
		for i, value := range values {
			safe := mask(name, value)
			if safe == value {
				continue
			}
			if !isCopy {
				masked, isCopy = maps.Clone(headers), true
			}
			if &masked[name][0] == &values[0] {
				masked[name] = slices.Clone(values)
			}
			masked[name][i] = safe
		}
	}
	return masked
}
