// Package fault injects faults into deliveries.
//
// A fault is another transport of a client, other options of a series, or another order of a stream. The
// result is a usual [deliver.Result]; package deliver must not know faults.
package fault

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// Fault is a problem to inject into deliveries. The zero Fault injects none.
type Fault struct {
	Name        string
	Description string // of the fault, in a few words
	Expected    string // reaction of a good endpoint

	// What the fault changes; without either, the times and the number of deliveries.
	content func(*content, *seededRand) // body and headers of a valid request
	wire    func(message) wireScript    // the bytes of the request and their timing

	takes time.Duration // longest time that the fault itself uses
}

const (
	duplicate = "duplicate"
	delay     = "delay"
	reorder   = "reorder"
)

// All returns all faults, in the order of the help.
func All() []Fault {
	return []Fault{
		{Name: duplicate, Description: "send each event twice, with the same bytes",
			Expected: "accepts both, and processes the event once"},
		{Name: delay, Description: "send the event late: by 5 s, or after newer events",
			Expected: "accepts it, and uses the time of the event, not of its arrival"},
		{Name: reorder, Description: "send consecutive events out of order",
			Expected: "accepts both, and does not overwrite newer data with older"},
		{Name: "truncate", wire: truncateBody, Description: "truncate the body, and close the sending side",
			Expected: "returns 400 or closes the connection, and processes nothing"},
		{Name: "corrupt", content: corruptBody, Description: "overwrite one byte of the body, so that it is not JSON",
			Expected: "returns 400, and processes the next event"},
		{Name: "slow-body", wire: slowBody, takes: SlowParts * slowPause, Description: "send the body slowly, a tenth of it every 500 ms",
			Expected: "waits within its time limit or returns 408, and serves other requests meanwhile"},
		{Name: "abort", wire: abortBody, Description: "reset the connection in the middle of the body",
			Expected: "discards the truncated event, and serves the next connection"},
		{Name: "oversize", content: oversizeBody, Description: "append 2 MiB of spaces to the JSON",
			Expected: "returns 413 without reading all of it, or accepts it"},
		{Name: "wrong-length", wire: wrongLength, Description: "send the whole body with half its length as Content-Length",
			Expected: "returns 400 for the truncated JSON, and ignores the rest"},
		{Name: "bad-utf8", content: badUTF8, Description: "put a byte that is not UTF-8 into a string of the body",
			Expected: "returns 400, or accepts it with the byte replaced, and stores valid text"},
		{Name: "chunked", content: chunkedBody, Description: "send the body in chunks, without a Content-Length",
			Expected: "accepts it like any other event"},
		{Name: "plain-type", content: plainType, Description: "send the Content-Type application/json, in lowercase",
			Expected: "accepts it: media types are case-insensitive"},
	}
}

// Parse returns the fault of a name.
func Parse(name string) (Fault, error) {
	for _, f := range All() {
		if f.Name == name {
			return f, nil
		}
	}
	return Fault{}, fmt.Errorf("unknown fault %q", name)
}

// Options are what a fault needs besides the transport.
type Options struct {
	// Seed is the random seed for the position of the fault in a body.
	Seed uint64

	// Sleep is called during a request; see deliver.Series.
	Sleep func(ctx context.Context, d time.Duration) error
}

// KindAborted is the kind of failure of a delivery that a fault aborted.
const KindAborted deliver.Kind = "aborted"

// UsesProxy reports whether deliveries with the fault may use a proxy. One would repair a request whose
// bytes the fault changes.
func (f Fault) UsesProxy() bool { return f.wire == nil }

// Client returns a client that delivers with the fault, over base or, unless it UsesProxy, over connections
// of its own with the TLS options of base.
func (f Fault) Client(base *http.Transport, now func() time.Time, options Options) *deliver.Client {
	client := deliver.NewClient(f.transport(base, options), now)
	client.Extra = f.takes
	return client
}

func (f Fault) transport(base *http.Transport, options Options) http.RoundTripper {
	switch {
	case f.content != nil:
		return &contentTransport{base: base, change: f.content, random: newSeededRand(options.Seed)}
	case f.wire != nil:
		return &wireTransport{base: base, script: f.wire, sleep: options.Sleep}
	}
	return base
}
