package receive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// Forwarder forwards requests.
//
// Method, body and headers stay unchanged, without the headers of a single connection
// (RFC 9110, section 7.6.1) and Expect, which this server handles. Host is the target's. A user
// in the target's URL becomes an Authorization header when the request has none.
type Forwarder struct {
	Target *url.URL // from deliver.ParseURL; see Options.ForwardURL

	// Client should have a transport of deliver.NewTransport, which adds no headers, and
	// KeepConnectionHeader.
	Client *deliver.Client

	// Network is that of the client's transport, so that Reaches knows where it connects.
	Network deliver.Network

	// Timeout is how long the target has for its whole response; 0 is no limit. The part of a
	// response beyond Limits.Body is read after Options.Delay.
	Timeout time.Duration
}

// forward forwards the request and returns the target's response.
func (x *exchange) forward() plannedResponse {
	f := x.s.options.Forward
	start := x.s.options.Now()
	var conn *observedConn
	out := f.request(x.r, x.s.options.ForwardURL(x.r.URL), x.Body)
	resp, err := f.Client.Pass(observeConn(x.r.Context(), &conn), out, f.Timeout)
	x.Forwarded = &Forwarded{URL: out.URL}
	defer func() { x.Forwarded.Took = x.s.options.Now().Sub(start) }()
	if err != nil {
		return x.notForwarded(err)
	}
	restoreConnection(resp, conn)
	x.Forwarded.Status = resp.StatusCode
	if resp.StatusCode < 200 || resp.StatusCode > 999 {
		resp.Body.Close()
		return x.notForwarded(fmt.Errorf("the endpoint responded with status %d, which cannot be returned", resp.StatusCode))
	}
	return x.passBack(resp)
}

// bufferedResponse is how many bytes of a response are read before any are returned to the sender.
const bufferedResponse = deliver.KeptBody

// passBack returns the target's response. Its start is read first, so that one that is truncated
// there becomes a 502 instead of a truncated response.
func (x *exchange) passBack(resp *http.Response) plannedResponse {
	deliver.RestoreHeaders(resp)
	limit := x.bufferLimit() + 1 // one byte more to detect the end
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	x.Forwarded.keep(resp.Header, body, err != nil)
	if err != nil {
		resp.Body.Close()
		return x.notForwarded(err)
	}
	planned := plannedResponse{status: resp.StatusCode, headers: returnedHeaders(resp), body: body, rest: resp, outcome: Accepted, delay: true}
	if int64(len(body)) < limit {
		resp.Body.Close()
		resp.Body = http.NoBody
	}
	return planned
}

// keep keeps the start of a response, to show it.
func (f *Forwarded) keep(headers http.Header, body []byte, isTruncated bool) {
	f.Headers, f.Body, f.Truncated = headers, body, isTruncated
	if len(body) > deliver.KeptBody {
		f.Body, f.Truncated = bytes.Clone(body[:deliver.KeptBody]), true
	}
}

// bufferLimit returns how many bytes of a response are read before any are returned. With a delay
// it is more: the rest has to arrive within the target's timeout, delay included.
func (x *exchange) bufferLimit() int64 {
	if x.s.options.Delay > 0 {
		return max(bufferedResponse, x.s.options.Limits.Body)
	}
	return bufferedResponse
}

func (x *exchange) notForwarded(err error) plannedResponse {
	errors.As(err, &x.Forwarded.Failure)
	if x.r.Context().Err() != nil {
		return plannedResponse{outcome: NoResponse, problem: x.disconnectReason() + " before the endpoint's response"}
	}
	return plannedResponse{status: http.StatusBadGateway, outcome: NotForwarded, problem: "not forwarded: " + err.Error()}
}

// request returns the request to forward.
func (f *Forwarder) request(r *http.Request, to *url.URL, body []byte) *http.Request {
	out := &http.Request{
		Method: r.Method, URL: to, Header: endToEnd(r.Header),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		ContentLength: int64(len(body)),
	}
	for _, name := range []string{"Host", "Expect"} {
		delete(out.Header, name)
	}
	if _, named := out.Header["User-Agent"]; !named {
		out.Header["User-Agent"] = nil // else net/http sends its own
	}
	if user := f.Target.User; user != nil && out.Header.Get("Authorization") == "" {
		password, _ := user.Password()
		out.SetBasicAuth(user.Username(), password)
	}
	if len(r.Trailer) > 0 { // which needs chunks
		out.Trailer, out.ContentLength = r.Trailer, -1
	}
	if len(body) > 0 {
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		out.Body, _ = out.GetBody()
	}
	return out
}

// ForwardURL returns the URL that a request is forwarded to. Its path is appended to the target's, and its
// query to the target's query. With Path, a path of the target replaces that of the request.
func (o Options) ForwardURL(request *url.URL) *url.URL {
	if o.Path == "" || o.Forward.Target.Path == "" {
		return deliver.Join(o.Forward.Target, request)
	}
	return deliver.Join(o.Forward.Target, &url.URL{RawQuery: request.RawQuery})
}

// returnedHeaders returns the headers of the target's response that the sender gets.
func returnedHeaders(resp *http.Response) http.Header {
	headers := endToEnd(resp.Header)
	if _, named := headers["Content-Type"]; !named {
		headers["Content-Type"] = nil // else net/http guesses one
	}
	if names := slices.Sorted(maps.Keys(resp.Trailer)); len(names) > 0 {
		headers["Trailer"] = names
	}
	return headers
}

// addTrailer adds the trailer of a response, also fields that were not announced.
func addTrailer(headers http.Header, resp *http.Response) {
	for name, values := range resp.Trailer {
		if !slices.Contains(headers["Trailer"], name) {
			name = http.TrailerPrefix + name
		}
		headers[name] = values
	}
}

// endToEnd returns the headers without those of a single connection.
func endToEnd(headers http.Header) http.Header {
	kept := maps.Clone(headers)
	for _, line := range headers["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			kept.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range []string{"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate",
		"Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"} {
		delete(kept, name)
	}
	return kept
}
