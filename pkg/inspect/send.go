// This file sends requests that the page has made: again, or changed. They go to targets that the user
// has named and to this machine, and never to the page or to the receiver, under any of their names.

package inspect

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/http/httpguts"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/replay"
)

// sending is a request to send. Members that are missing are those of the origin.
type sending struct {
	Origin  int64           `json:"origin"` // 0 is none
	Target  json.RawMessage `json:"target"` // index or name in Config.Targets, or a URL; the first target if missing
	Path    *string         `json:"path"`   // for a target without a path of its own; see Target.requestURL
	Method  *string         `json:"method"`
	Headers *[]Header       `json:"headers"` // all of them: a default one that is missing is not sent
	Body    *string         `json:"body"`
	Now     bool            `json:"now"` // set the current time in the event, if the body can have one

	// Indented means that Body was indented for editing: it is sent compact if that of the origin is.
	Indented bool `json:"indented"`
}

// body returns the body to send. One that is not JSON stays as it is.
func (in sending) body(origin []byte) []byte {
	if in.Body == nil {
		return origin
	}
	body := []byte(*in.Body)
	if before, err := payload.Compact(origin); !in.Indented || err != nil || !bytes.Equal(before, origin) {
		return body
	}
	if compact, err := payload.Compact(body); err == nil {
		return compact
	}
	return body
}

// sender sends requests with the clients of its two kinds of targets.
type sender struct {
	h      *handler
	once   sync.Once
	named  *deliver.Client // for the user's targets
	local  *deliver.Client // makes no connection that leaves this machine
	failed error
}

func (s *sender) open(ctx context.Context) error {
	s.once.Do(func() {
		avoid := append([]net.Addr{s.h.Addr}, s.h.Receivers...)
		named := s.h.Network
		named.Avoid = avoid
		local := deliver.Network{LocalOnly: true, NoProxy: true, Avoid: avoid}
		for _, c := range []struct {
			client  **deliver.Client
			network deliver.Network
		}{{&s.named, named}, {&s.local, local}} {
			transport, err := s.h.Transport(context.WithoutCancel(ctx), c.network, 0)
			if err != nil {
				s.failed = err
				return
			}
			*c.client = deliver.NewClient(transport, s.h.Now)
		}
	})
	return s.failed
}

// mostSent is how many deliveries are made at the same time.
const mostSent = 8

func (h *handler) send(w http.ResponseWriter, r *http.Request) (any, error) {
	var in sending
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	select {
	case h.sending <- struct{}{}:
		defer func() { <-h.sending }()
	default:
		return nil, &httpError{http.StatusTooManyRequests, "too many deliveries are in flight", "wait for one of them."}
	}
	if err := h.sender.open(r.Context()); err != nil {
		return nil, err
	}
	request, err := h.request(in)
	if err != nil {
		return nil, err
	}
	client := h.sender.local
	if request.isNamed {
		client = h.sender.named
	}
	// The delivery ends even if the page is closed meanwhile: it may have been received.
	result := client.Deliver(context.WithoutCancel(r.Context()), request.Request, h.Timeout)
	if f := result.Failure; f != nil && errors.Is(f.Err, deliver.ErrAvoided) {
		return nil, forbidden("the page and the receiver are not sent to", "send to the endpoint itself.")
	}
	x := sent(request.Request, request.path, result, in.Origin, h.store.options.Catalog)
	return struct {
		ID      int64    `json:"id"`
		Failure string   `json:"failure,omitempty"` // why the delivery failed
		Masked  []string `json:"masked,omitempty"`  // headers and parameters that were not sent
	}{h.store.Add(x), x.Problem, request.masked}, nil
}

func forbidden(message, hint string) error {
	return &httpError{http.StatusForbidden, message, hint}
}

func badRequest(err error) error { return &httpError{http.StatusBadRequest, err.Error(), ""} }

// outgoing is a request to send.
type outgoing struct {
	deliver.Request
	path    string   // for a target without a path of its own
	isNamed bool     // the user has named the target
	masked  []string // names of the headers and parameters that are left out, since their values are masked
}

func (h *handler) request(in sending) (request outgoing, err error) {
	origin := recording.Entry{Method: apizee.Method, Path: "/"}
	if in.Origin != 0 {
		if origin, err = h.store.entry(in.Origin); err != nil {
			return request, err
		}
	}
	var target Target
	target, request.isNamed, err = h.target(in.Target)
	if err != nil {
		return request, err
	}
	request.Method, request.Body = origin.Method, in.body(origin.Body)
	if in.Method != nil {
		request.Method = strings.ToUpper(*in.Method)
	}
	if !httpguts.ValidHeaderFieldName(request.Method) || request.Method == http.MethodConnect {
		return request, badRequest(fmt.Errorf("%q is not an HTTP method that can be sent", request.Method))
	}
	if in.Now {
		request.Body, _ = h.dated(request.Body)
	}
	path := origin.Path
	if in.Path != nil {
		path = cmp.Or(*in.Path, "/")
	}
	var parameters []string
	if request.URL, request.path, parameters, err = target.requestURL(path); err != nil {
		return request, badRequest(err)
	}
	if in.Headers != nil {
		origin.Headers = given(*in.Headers)
	}
	headers, err := sentHeaders(origin, in)
	if err != nil {
		return request, badRequest(err)
	}
	request.Headers = deliver.Override(headers, target.Headers)
	request.masked = append(replay.MaskedHeaders(origin.Headers, request.Headers), parameters...)
	return request, nil
}

// dated returns a body with the current time. It returns false for one that is not a JSON object, or has a name
// twice: that stays as it is.
func (h *handler) dated(body []byte) ([]byte, bool) {
	dated, err := payload.SetTime(h.store.options.Catalog, body, h.Now().Unix())
	if err != nil {
		return body, false
	}
	return dated, true
}

// given returns the headers that the page has sent.
func given(list []Header) map[string][]string {
	headers := map[string][]string{}
	for _, h := range list {
		name := http.CanonicalHeaderKey(strings.TrimSpace(h.Name))
		headers[name] = append(headers[name], h.Value)
	}
	return headers
}

// target returns a target that may be sent to.
func (h *handler) target(raw json.RawMessage) (t Target, isNamed bool, err error) {
	var index int
	var name string
	switch {
	case len(raw) == 0, string(raw) == "null":
		if len(h.Targets) == 0 {
			return t, false, &httpError{http.StatusBadRequest, "no target", "name one: a URL on this machine, or --forward-to on the command line."}
		}
	case json.Unmarshal(raw, &index) == nil:
		if index < 0 || index >= len(h.Targets) {
			return t, false, forbidden(fmt.Sprintf("there is no target %d", index), "")
		}
	case json.Unmarshal(raw, &name) == nil:
		if n, err := strconv.Atoi(name); err == nil && n >= 0 && n < len(h.Targets) { // an index as text
			return h.Targets[n], true, nil
		}
		if index = slices.IndexFunc(h.Targets, func(t Target) bool { return t.Name == name || t.URL.String() == name }); index < 0 {
			return localTarget(name)
		}
	default:
		return t, false, badRequest(errors.New("target must be a number or a string"))
	}
	return h.Targets[index], true, nil
}

// localTarget returns a target on this machine. Its client refuses to connect to any other, whatever the
// name resolves to; a name is refused here, since it would tell others that it was looked up.
func localTarget(name string) (t Target, isNamed bool, err error) {
	u, err := deliver.ParseURL(name)
	if err != nil {
		return t, false, badRequest(err)
	}
	if host := u.Hostname(); !deliver.IsLoopback(host) && !isUnspecified(host) {
		return t, false, forbidden(host+" is not this machine", "to send there, name it on the command line.")
	}
	return Target{Target: deliver.Target{URL: u}}, false, nil
}

func isUnspecified(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsUnspecified()
}

// requestURL returns the URL of a request for a path, and the path, both without parameters whose values are
// masked, and the names of those.
func (t Target) requestURL(path string) (u *url.URL, sent string, masked []string, err error) {
	request, err := parsePath(path)
	if err != nil {
		return nil, "", nil, err
	}
	whole, recorded := t.at(request).RawQuery, request.RawQuery
	if request.RawQuery, masked = replay.Unmasked(recorded); !strings.Contains(whole, recorded) {
		masked = nil // the target has its own
	}
	return t.at(request), request.RequestURI(), masked, nil
}

// parsePath parses a path and its query, both as they are sent.
func parsePath(path string) (*url.URL, error) {
	request, err := replay.ParsePath(path)
	if err != nil {
		return nil, err
	}
	if strings.ContainsFunc(request.RawQuery, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return nil, errors.New("spaces, control characters and characters other than ASCII must be escaped in the query")
	}
	return request, nil
}

// at returns the URL of a request to the target.
func (t Target) at(request *url.URL) *url.URL {
	if t.Forward != nil {
		return t.Forward(request)
	}
	return replay.URL(t.URL, request)
}

// hasOwnPath reports whether requests go to the target's path, whatever theirs is.
func (t Target) hasOwnPath() bool {
	return t.at(&url.URL{Path: "/a"}).Path == t.at(&url.URL{Path: "/b"}).Path
}

// sentHeaders returns the headers to send, without those of the connection and those that are masked.
func sentHeaders(origin recording.Entry, in sending) ([]deliver.Header, error) {
	if in.Headers == nil && in.Origin == 0 {
		return nil, nil // those that Apizee sends
	}
	return replay.RecordedHeaders(origin.Headers)
}

// sent returns the exchange of a delivery. Its path is, as that of a received request, the one before a
// target has joined it with its own.
func sent(request deliver.Request, path string, result deliver.Result, origin int64, catalog *apizee.Catalog) Exchange {
	headers := map[string][]string{}
	for _, h := range deliver.WireHeaders(request.Target, len(request.Body)) {
		name := http.CanonicalHeaderKey(h.Name)
		headers[name] = append(headers[name], h.Value)
	}
	report := catalog.ValidateRequest(apizee.Request{Method: request.Method, Headers: headers, Body: request.Body})
	response := recording.Response{Headers: result.Headers, Body: result.Body, Truncated: result.Truncated}
	x := Exchange{
		Entry: recording.Entry{
			ReceivedAt: result.Start, Method: request.Method, Path: path, Headers: headers,
			Body: request.Body, Status: result.Status, Findings: report.Findings, Took: result.Timings.Total,
			Forwarded: &recording.Forwarded{URL: request.URL.String(), Status: result.Status, Took: result.Timings.Total, Response: response},
		},
		Event: &report.Event, Sent: true, Origin: origin,
	}
	if f := result.Failure; f != nil {
		x.Forwarded.Failure = &recording.Failure{Kind: string(f.Kind), Message: redact.Message(f.Message)}
		x.Outcome, x.Problem = string(deliver.VerdictFailed), redact.Message(f.Message)
	}
	return x
}
