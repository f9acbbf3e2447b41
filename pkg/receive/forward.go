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

// Forwarder passes requests on.
//
// Method, body and headers stay as they are, less the headers that are about one
// connection only (RFC 9110, section 7.6.1), and Expect, which is dealt with here. Host
// is the target's, as its server would not know another. A user in the target's URL
// becomes an Authorization header when the request has none.
type Forwarder struct {
	// Target comes from deliver.ParseURL. The path of the request is put behind the
	// target's, and its query behind the target's query. When only one path is served,
	// the target's path, where it has one, takes its place.
	Target *url.URL

	// Client is best made with deliver.NewTransport, which adds nothing of its own, and
	// KeepConnectionHeader.
	Client *deliver.Client

	// Timeout is how long the target has until its whole reply is here; 0 means no limit.
	// Of a reply longer than Limits.Body the rest is read after Options.Delay.
	Timeout time.Duration
}

// forward passes the request on, and answers what comes back.
func (x *exchange) forward() answer {
	f := x.s.options.Forward
	x.allowTime()
	start := x.s.options.Now()
	var conn *seenConn
	reply, err := f.Client.Pass(watchConn(x.r.Context(), &conn), f.request(x.r, x.Body, x.s.options.Path != ""), f.Timeout)
	x.Forwarded = &Forwarded{}
	defer func() { x.Forwarded.Took = x.s.options.Now().Sub(start) }()
	if err != nil {
		return x.notForwarded(err)
	}
	restoreConnection(reply, conn)
	x.Forwarded.Status = reply.StatusCode
	if reply.StatusCode < 200 || reply.StatusCode > 999 {
		reply.Body.Close()
		return x.notForwarded(fmt.Errorf("the target answered with status %d, which cannot be passed back", reply.StatusCode))
	}
	return x.passBack(reply)
}

// wholeReply is how long a reply may be to be read before any of it is passed back.
const wholeReply = 64 << 10

// passBack answers a reply. Its start is read first, so that one that breaks off there
// is not answered as if it were whole.
func (x *exchange) passBack(reply *http.Response) answer {
	most := x.readFirst()
	body, err := io.ReadAll(io.LimitReader(reply.Body, most))
	x.Forwarded.keep(reply.Header, body, err != nil)
	if err != nil {
		reply.Body.Close()
		return x.notForwarded(err)
	}
	a := answer{status: reply.StatusCode, headers: passedBack(reply), body: body, reply: reply, outcome: Accepted, delay: true}
	if int64(len(body)) < most {
		reply.Body.Close()
		reply.Body = http.NoBody
	}
	return a
}

// keep notes the body of a reply for showing it.
func (f *Forwarded) keep(headers http.Header, body []byte, isTorn bool) {
	f.Headers, f.Body, f.Truncated = headers, body, isTorn
	if len(body) > wholeReply {
		f.Body, f.Truncated = bytes.Clone(body[:wholeReply]), true
	}
}

// readFirst is how much of a reply is read before it is answered. It is more where the answer
// is delayed: what is not here before the delay has to come within the target's time all the same.
func (x *exchange) readFirst() int64 {
	if x.s.options.Delay > 0 {
		return max(wholeReply, x.s.options.Limits.Body)
	}
	return wholeReply
}

func (x *exchange) notForwarded(err error) answer {
	errors.As(err, &x.Forwarded.Failure)
	if x.r.Context().Err() != nil {
		return answer{outcome: NoResponse, problem: x.leaver() + " before the target's answer"}
	}
	return answer{status: http.StatusBadGateway, outcome: NotForwarded, problem: "not forwarded: " + err.Error()}
}

// request is the one that is passed on.
func (f *Forwarder) request(r *http.Request, body []byte, onePath bool) *http.Request {
	out := &http.Request{
		Method: r.Method, URL: join(f.Target, r.URL, onePath), Header: endToEnd(r.Header),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		ContentLength: int64(len(body)),
	}
	for _, name := range []string{"Host", "Expect"} {
		delete(out.Header, name)
	}
	if _, named := out.Header["User-Agent"]; !named {
		out.Header["User-Agent"] = nil // else the HTTP library sends its own
	}
	if user := f.Target.User; user != nil && out.Header.Get("Authorization") == "" {
		password, _ := user.Password()
		out.SetBasicAuth(user.Username(), password)
	}
	if len(r.Trailer) > 0 { // goes with chunks only
		out.Trailer, out.ContentLength = r.Trailer, -1
	}
	if len(body) > 0 {
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		out.Body, _ = out.GetBody()
	}
	return out
}

// join is where a request goes. Escapes and queries are kept byte for byte.
func join(target, request *url.URL, onePath bool) *url.URL {
	joined := *target
	if request.RawQuery != "" {
		joined.RawQuery = strings.TrimPrefix(target.RawQuery+"&"+request.RawQuery, "&")
	}
	path := request.EscapedPath()
	switch {
	case !strings.HasPrefix(path, "/"), // OPTIONS * and CONNECT
		path == "/" && target.Path != "",
		onePath && target.Path != "":
		return &joined
	}
	path = strings.TrimSuffix(target.EscapedPath(), "/") + path
	joined.RawPath = path
	// Both halves were unescaped before, so this cannot fail.
	joined.Path, _ = url.PathUnescape(path)
	return &joined
}

// passedBack are the headers of a reply that go on to the sender. The HTTP library would
// guess a Content-Type when there is none.
func passedBack(reply *http.Response) http.Header {
	headers := endToEnd(reply.Header)
	if _, named := headers["Content-Type"]; !named {
		headers["Content-Type"] = nil
	}
	if names := slices.Sorted(maps.Keys(reply.Trailer)); len(names) > 0 {
		headers["Trailer"] = names
	}
	return headers
}

// addTrailer adds what came behind the body of a reply, also what was not announced.
func addTrailer(headers http.Header, reply *http.Response) {
	for name, values := range reply.Trailer {
		if !slices.Contains(headers["Trailer"], name) {
			name = http.TrailerPrefix + name
		}
		headers[name] = values
	}
}

// endToEnd are the headers without those about one connection only.
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
