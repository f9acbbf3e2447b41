package replay

import (
	"errors"
	"fmt"
	"net/textproto"
	"net/url"
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Route sends what was recorded at one path to a target of its own.
type Route struct {
	Path string // as recorded, without the query
	URL  *url.URL
}

// defaults are the headers that a delivery has by itself, so that one which was
// not recorded must be taken away.
var defaults = [...]string{"User-Agent", "Accept", "Content-Type"}

// request is the recorded one, for where it goes now, without its body. An error says why it cannot be sent as
// it was recorded; then it is not sent as something else either.
func (r *run) request(entry recording.Entry) (deliver.Request, error) {
	if !httpguts.ValidHeaderFieldName(entry.Method) {
		return deliver.Request{}, fmt.Errorf("%q is not an HTTP method", entry.Method)
	}
	to, err := r.url(entry.Path)
	if err != nil {
		return deliver.Request{}, err
	}
	headers, err := recorded(entry.Headers)
	if err != nil {
		return deliver.Request{}, err
	}
	target := deliver.Target{URL: to, Headers: deliver.Override(headers, r.target.Headers)}
	return deliver.Request{Target: target, Method: entry.Method}, nil
}

// url is where a recorded path goes: as it is below a target without a path.
func (r *run) url(path string) (*url.URL, error) {
	u, err := parsePath(path)
	if err != nil {
		return nil, err
	}
	to := r.target.URL
	recordedPath, _, _ := strings.Cut(path, "?")
	if i := slices.IndexFunc(r.options.Routes, func(route Route) bool { return route.Path == recordedPath }); i >= 0 {
		to = r.options.Routes[i].URL
	}
	switch {
	case to == nil:
		return nil, fmt.Errorf("there is no target for its path %q", recordedPath)
	case to.Path != "" && to.Path != "/":
		return to, nil
	}
	joined := *to
	joined.Path, joined.RawPath = u.Path, u.RawPath
	if joined.RawQuery == "" {
		joined.RawQuery = unmasked(u.RawQuery)
	}
	return &joined, nil
}

// parsePath reads the target of a request line (RFC 9112, section 3.2): a path, and none of
// the forms for proxies.
func parsePath(path string) (*url.URL, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("its path %q does not begin with a slash", redact.URL(path))
	}
	u, err := url.ParseRequestURI(path)
	if err != nil {
		var parse *url.Error
		if errors.As(err, &parse) {
			err = parse.Err
		}
		return nil, fmt.Errorf("its path %q cannot be sent: %s", redact.URL(path), strings.TrimPrefix(err.Error(), "net/url: "))
	}
	return u, nil
}

// recorded are the headers of an entry that go with it again: not those of the
// connection it came over, and not those with something masked in their value.
func recorded(headers map[string][]string) ([]deliver.Header, error) {
	names := make([]string, 0, len(headers))
	for name := range headers {
		names = append(names, name)
	}
	sort.Strings(names)
	var again []deliver.Header
	for _, name := range names {
		for _, value := range headers[name] {
			if isOfConnection(headers, name) || strings.Contains(value, redact.Masked) {
				continue
			}
			h, err := deliver.NewHeader(name, value)
			if err != nil {
				return nil, err
			}
			again = append(again, h)
		}
	}
	for _, name := range defaults {
		if _, ok := headers[name]; !ok {
			again = append(again, deliver.Header{Name: name, Remove: true})
		}
	}
	return again, nil
}

// isOfConnection tells the headers that end with a connection (RFC 9110, section
// 7.6.1) and the host that the recording listener had.
func isOfConnection(headers map[string][]string, name string) bool {
	switch textproto.CanonicalMIMEHeaderKey(name) {
	case "Host", "Connection", "Keep-Alive", "Proxy-Connection", "Te", "Transfer-Encoding", "Upgrade", "Trailer",
		"Content-Length", "Expect", "Accept-Encoding":
		return true
	}
	return slices.ContainsFunc(headers["Connection"], func(named string) bool {
		return textproto.CanonicalMIMEHeaderKey(named) == name
	})
}

// unmasked leaves out the parameters with something masked in them.
func unmasked(query string) string {
	parameters := strings.Split(query, "&")
	return strings.Join(slices.DeleteFunc(parameters, func(p string) bool { return strings.Contains(p, redact.Masked) }), "&")
}
