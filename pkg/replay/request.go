package replay

import (
	"errors"
	"fmt"
	"maps"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Route sends the requests that were recorded at one path to a separate target.
type Route struct {
	Path string // as recorded, without the query
	URL  *url.URL
}

// defaults are the headers that a delivery has by default. One that was not recorded is removed.
var defaults = [...]string{"User-Agent", "Accept", "Content-Type"}

// request returns the recorded request for its target, without its body. The error says why it cannot
// be sent as recorded.
func (r *run) request(entry recording.Entry) (deliver.Request, error) {
	if !httpguts.ValidHeaderFieldName(entry.Method) {
		return deliver.Request{}, fmt.Errorf("%q is not an HTTP method", entry.Method)
	}
	to, masked, err := r.url(entry.Path)
	if err != nil {
		return deliver.Request{}, err
	}
	headers, err := RecordedHeaders(entry.Headers)
	if err != nil {
		return deliver.Request{}, err
	}
	target := deliver.Target{URL: to, Headers: deliver.Override(headers, r.target.Headers)}
	for _, name := range MaskedHeaders(entry.Headers, target.Headers) {
		r.outcome.MaskedHeaders[name] = true
	}
	for _, name := range masked {
		r.outcome.MaskedParameters[name] = true
	}
	return deliver.Request{Target: target, Method: entry.Method}, nil
}

// url returns the URL for a recorded path, and the names of the masked parameters that it does not have.
func (r *run) url(path string) (to *url.URL, masked []string, err error) {
	u, err := ParsePath(path)
	if err != nil {
		return nil, nil, err
	}
	to = r.target.URL
	recordedPath, _, _ := strings.Cut(path, "?")
	if i := slices.IndexFunc(r.options.Routes, func(route Route) bool { return route.Path == recordedPath }); i >= 0 {
		to = r.options.Routes[i].URL
	}
	if to == nil {
		return nil, nil, fmt.Errorf("no target for the path %q", recordedPath)
	}
	if URL(to, u).RawQuery != u.RawQuery { // the target has its own
		return URL(to, u), nil, nil
	}
	u.RawQuery, masked = Unmasked(u.RawQuery)
	return URL(to, u), masked, nil
}

// URL returns the URL that a recorded request is sent to again. A target without a path gets the recorded one,
// and the recorded query unless it has its own.
func URL(target, recorded *url.URL) *url.URL {
	if target.Path != "" && target.Path != "/" {
		return target
	}
	joined := *target
	joined.Path, joined.RawPath = recorded.Path, recorded.RawPath
	if joined.RawQuery == "" {
		joined.RawQuery = recorded.RawQuery
	}
	return &joined
}

// ParsePath parses the target of a request line (RFC 9112, section 3.2): a path, not a form for
// proxies.
func ParsePath(path string) (*url.URL, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("the path %q must start with a slash", redact.URL(path))
	}
	u, err := url.ParseRequestURI(path)
	if err != nil {
		var parse *url.Error
		if errors.As(err, &parse) {
			err = parse.Err
		}
		return nil, fmt.Errorf("the path %q cannot be sent: %s", redact.URL(path), strings.TrimPrefix(err.Error(), "net/url: "))
	}
	return u, nil
}

// RecordedHeaders returns the headers of an entry to send again, without those of its connection and those
// with a masked value.
func RecordedHeaders(headers map[string][]string) ([]deliver.Header, error) {
	var kept []deliver.Header
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		for _, value := range headers[name] {
			if isConnectionHeader(headers, name) || redact.IsMaskedHeader(name, value) {
				continue
			}
			h, err := deliver.NewHeader(name, value)
			if err != nil {
				return nil, err
			}
			kept = append(kept, h)
		}
	}
	for _, name := range defaults {
		if _, ok := headers[name]; !ok {
			kept = append(kept, deliver.Header{Name: name, Remove: true})
		}
	}
	return kept, nil
}

// isConnectionHeader reports whether a header is about the recorded connection (RFC 9110, section
// 7.6.1), the listener's host, or the encoding of the message.
func isConnectionHeader(headers map[string][]string, name string) bool {
	switch textproto.CanonicalMIMEHeaderKey(name) {
	case "Host", "Connection", "Keep-Alive", "Proxy-Connection", "Te", "Transfer-Encoding", "Upgrade", "Trailer",
		"Content-Length", "Expect", "Accept-Encoding":
		return true
	}
	for _, names := range headers["Connection"] {
		for named := range strings.SplitSeq(names, ",") {
			if strings.EqualFold(strings.TrimSpace(named), name) {
				return true
			}
		}
	}
	return false
}

// MaskedHeaders returns the names of recorded headers that are not sent because their values are masked.
func MaskedHeaders(recorded map[string][]string, sent []deliver.Header) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(recorded)) {
		isMasked := func(value string) bool { return redact.IsMaskedHeader(name, value) }
		isSent := func(h deliver.Header) bool { return strings.EqualFold(h.Name, name) }
		if slices.ContainsFunc(recorded[name], isMasked) && !slices.ContainsFunc(sent, isSent) {
			names = append(names, name)
		}
	}
	return names
}

// Unmasked returns a query without the parameters whose values are masked, and the names of those.
func Unmasked(query string) (kept string, masked []string) {
	parameters := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool {
		isMasked := redact.IsMaskedParameter(p)
		if isMasked {
			name, _, _ := strings.Cut(p, "=")
			masked = append(masked, name)
		}
		return isMasked
	})
	return strings.Join(parameters, "&"), masked
}
