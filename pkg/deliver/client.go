package deliver

import (
	"context"
	"net/http"
	"time"
)

// Client delivers requests. It is safe for use by several goroutines at once.
type Client struct {
	transport http.RoundTripper
	now       func() time.Time
	rested    time.Duration // see rested

	// Extra is what the transport takes on purpose. It is added to each timeout, since it is
	// not the endpoint's time.
	Extra time.Duration
}

// NewClient makes a client on a transport, usually one of NewTransport: another may
// follow its own mind about headers. The clock must be monotonic, as time.Now is, and
// safe for concurrent use.
func NewClient(transport http.RoundTripper, now func() time.Time) *Client {
	return &Client{transport: transport, now: now, rested: rested}
}

// Deliver sends the request and waits for the end of the reply, for as long as
// timeout at most; 0 means no limit.
func (c *Client) Deliver(ctx context.Context, req Request, timeout time.Duration) Result {
	a := c.begin(ctx, req.URL, timeout)
	defer a.cancel()

	result := Result{N: 1, Attempt: 1, Start: c.now()}
	// The transport is used without an http.Client, which would follow redirects.
	reply, err := c.roundTrip(a, newHTTPRequest(a.context(), req))
	if err == nil {
		err = result.take(reply)
	}
	result.Replaced = a.replaced
	result.Timings = a.watch.seen().timings(result.Start, c.now())
	if err != nil {
		result.Failure = a.failure(err, reply != nil)
	}
	result.hideInStatus(req.Target)
	return result
}

// roundTrip sends a request, and once more when the connection was an earlier one's that the
// server had closed, as it may at any time; curl and browsers do the same. When the server
// crashed over the request and is gone, that is what the error says.
func (c *Client) roundTrip(a *attempt, request *http.Request) (*http.Response, error) {
	reply, err := c.transport.RoundTrip(request)
	kept := keepsConnections(c.transport)
	if err == nil || kept == nil || !a.lostItsConnection(c.rested) {
		return reply, err
	}
	again, ok := rewound(request)
	if !ok {
		return nil, err
	}
	kept.CloseIdleConnections() // they may be as dead
	reply, second := c.transport.RoundTrip(again)
	a.replaced = a.watch.seen().ready
	if isAny(second, refusedErrnos()) {
		return nil, err
	}
	return reply, second
}

// keepsConnections is the transport that does, or nil.
func keepsConnections(transport http.RoundTripper) *http.Transport {
	kept, _ := transport.(*http.Transport)
	return kept
}

// rewound is the request with its body from the start.
func rewound(request *http.Request) (*http.Request, bool) {
	again := request.Clone(request.Context())
	if request.Body == nil {
		return again, true
	}
	if request.GetBody == nil {
		return nil, false
	}
	body, err := request.GetBody()
	again.Body = body
	return again, err == nil
}
