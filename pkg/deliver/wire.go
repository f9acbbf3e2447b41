package deliver

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

const (
	host          = "Host"
	authorization = "Authorization"
	userAgent     = "User-Agent"
	accept        = "Accept"
	contentType   = "Content-Type"
	contentLength = "Content-Length"

	// acceptAll is what curl sends, and the documentation gives a curl command as equivalent.
	acceptAll = "*/*"
)

// WireHeaders returns all headers of a request to the target, in curl's order: Host, User-Agent, Accept,
// Content-Type, Content-Length, then the user's. A user in the URL adds Authorization after Host, as in
// curl. Secrets are not masked.
func WireHeaders(target Target, bodyLength int) []Header {
	custom := normalize(target.Headers)
	wire := make([]Header, 0, 5+len(custom))
	standard := defaults(target.URL, bodyLength)
	for _, d := range standard {
		if !names(custom, d.Name) {
			wire = append(wire, d)
			continue
		}
		wire = appendMatching(wire, custom, func(h Header) bool { return strings.EqualFold(h.Name, d.Name) })
	}
	return appendMatching(wire, custom, func(h Header) bool { return !names(standard, h.Name) })
}

func defaults(u *url.URL, bodyLength int) []Header {
	headers := make([]Header, 0, 6)
	headers = append(headers, Header{Name: host, Value: hostHeader(u)})
	if u.User != nil {
		headers = append(headers, Header{Name: authorization, Value: basicAuth(u.User)})
	}
	return append(headers,
		Header{Name: userAgent, Value: apizee.UserAgent},
		Header{Name: accept, Value: acceptAll},
		Header{Name: contentType, Value: apizee.ContentType},
		Header{Name: contentLength, Value: strconv.Itoa(bodyLength)},
	)
}

func basicAuth(user *url.Userinfo) string {
	password, _ := user.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password))
}

func appendMatching(to, from []Header, match func(Header) bool) []Header {
	for _, h := range from {
		if !h.Remove && match(h) {
			to = append(to, h)
		}
	}
	return to
}

// normalize returns custom headers as they can be sent: the names of defaults are spelled as in
// net/http, framing headers are omitted, Host and User-Agent occur once (the last one counts), and a
// value overrides a removal.
func normalize(custom []Header) []Header {
	normalized := make([]Header, 0, len(custom))
	for _, h := range custom {
		h.Name = standardName(h.Name)
		if isFraming(h.Name) || h.Name == host && (h.Remove || h.Value == "") {
			continue
		}
		normalized = slices.DeleteFunc(normalized, func(earlier Header) bool {
			return strings.EqualFold(earlier.Name, h.Name) && (earlier.Remove || isSingle(h) && !h.Remove)
		})
		if h.Remove && names(normalized, h.Name) {
			continue
		}
		normalized = append(normalized, h)
	}
	return normalized
}

func isSingle(h Header) bool { return h.Name == host || h.Name == userAgent }

// standardName returns the usual spelling of a default header, and the user's of any other.
func standardName(name string) string {
	for _, standard := range []string{host, userAgent, accept, contentType} {
		if strings.EqualFold(name, standard) {
			return standard
		}
	}
	return name
}

// newHTTPRequest returns a request with exactly the WireHeaders. Names are set in the map, since
// Header.Add would change their spelling.
func newHTTPRequest(ctx context.Context, req Request) *http.Request {
	// A User-Agent without a value prevents net/http from adding its own.
	header := http.Header{userAgent: nil}
	out := &http.Request{
		Method: cmp.Or(req.Method, apizee.Method), URL: req.URL, Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	for _, h := range WireHeaders(req.Target, len(req.Body)) {
		switch h.Name {
		case host:
			out.Host = h.Value
		case contentLength:
			out.ContentLength = int64(len(req.Body))
		default:
			if h.Name == userAgent && h.Value == "" {
				h.Name = "User-agent" // under the usual name net/http sends no empty one
			}
			header[h.Name] = append(header[h.Name], h.Value)
		}
	}
	setBody(out, req.Body)
	return out.WithContext(ctx)
}

// setBody omits an empty body, so that net/http sends a length of 0. GetBody allows it to send the body
// again.
func setBody(out *http.Request, body []byte) {
	if len(body) == 0 {
		return
	}
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body, _ = out.GetBody()
}
