// Package fault delivers badly on purpose.
//
// A fault wraps the delivery that it spoils: it is another transport under a client, other
// options of a series, or another order of a stream. What comes of it is a
// [deliver.Result] like any other; package deliver knows nothing of faults.
package fault

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// Fault is a way to deliver badly on purpose. The zero Fault delivers well, so that
// nobody has to ask whether there is one.
type Fault struct {
	Name        string
	Description string // what is done, in a few words
	Answer      string // what a good endpoint does about it
	Shape       Shape

	content func(*content, *dice)    // for Content
	wire    func(message) wireScript // for Wire
	takes   time.Duration            // at most, on purpose
}

// Shape says what of a delivery a fault touches.
type Shape string

const (
	Order   Shape = "order"   // when, and how often
	Content Shape = "content" // body and headers, in a sound request
	Wire    Shape = "wire"    // the bytes of the request and their timing
)

const (
	duplicate = "duplicate"
	delay     = "delay"
	reorder   = "reorder"
)

// Faults are all the faults, in the order that help shows them.
func All() []Fault {
	return []Fault{
		{Name: duplicate, Shape: Order, Description: "send each event twice, with the same bytes",
			Answer: "accepts both, and processes the event once"},
		{Name: delay, Shape: Order, Description: "send the event late: by 5 s, or after newer events",
			Answer: "accepts it, and uses the time of the event, not of its arrival"},
		{Name: reorder, Shape: Order, Description: "send consecutive events out of order",
			Answer: "accepts both, and does not overwrite newer data with older"},
		{Name: "truncate", Shape: Wire, wire: truncateBody, Description: "truncate the body, and close the sending side",
			Answer: "returns 400 or closes the connection, and processes nothing"},
		{Name: "corrupt", Shape: Content, content: corruptBody, Description: "overwrite one byte of the body, so that it is not JSON",
			Answer: "returns 400, and processes the next event"},
		{Name: "slow-body", Shape: Wire, wire: slowBody, takes: slowParts * slowPause, Description: "send the body slowly, a tenth of it every 500 ms",
			Answer: "waits within its time limit or returns 408, and serves other requests meanwhile"},
		{Name: "abort", Shape: Wire, wire: abortBody, Description: "reset the connection in the middle of the body",
			Answer: "discards the truncated event, and serves the next connection"},
		{Name: "oversize", Shape: Content, content: oversizeBody, Description: "append 2 MiB of spaces to the JSON",
			Answer: "returns 413 without reading all of it, or accepts it"},
		{Name: "wrong-length", Shape: Wire, wire: wrongLength, Description: "send the whole body with half its length as Content-Length",
			Answer: "returns 400 for the truncated JSON, and ignores the rest"},
		{Name: "bad-utf8", Shape: Content, content: badUTF8, Description: "put a byte that is not UTF-8 into a string of the body",
			Answer: "returns 400, or accepts it with the byte replaced, and stores valid text"},
		{Name: "chunked", Shape: Content, content: chunkedBody, Description: "send the body in chunks, without a Content-Length",
			Answer: "accepts it like any other event"},
		{Name: "plain-type", Shape: Content, content: plainType, Description: "send the Content-Type application/json, in lowercase",
			Answer: "accepts it: media types are case-insensitive"},
	}
}

// Parse finds a fault by its name.
func Parse(name string) (Fault, error) {
	var names []string
	for _, f := range All() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Fault{}, fmt.Errorf("there is no fault %q%s", name,
		cmp.Or(apizee.DidYouMean(name, names), "; there are "+strings.Join(names, ", ")))
}

// Options are what a fault needs beside the transport.
type Options struct {
	// Seed decides where in a body the fault strikes.
	Seed uint64

	// Sleep is used within a request; see deliver.Series.
	Sleep func(ctx context.Context, d time.Duration) error
}

// KindAborted is the kind of failure of a delivery that the sender broke off, because the
// fault says so.
const KindAborted deliver.Kind = "aborted"

// Client makes a client that delivers with the fault, over base or, when the fault is one
// on the wire, over connections of its own: those go past any proxy, which would mend
// the request, and otherwise keep to the TLS options of base.
func (f Fault) Client(base *http.Transport, now func() time.Time, options Options) *deliver.Client {
	client := deliver.NewClient(f.transport(base, options), now)
	client.Extra = f.takes
	return client
}

func (f Fault) transport(base *http.Transport, options Options) http.RoundTripper {
	switch {
	case f.content != nil:
		return &contentTransport{base: base, change: f.content, dice: newDice(options.Seed)}
	case f.wire != nil:
		return &wireTransport{base: base, script: f.wire, sleep: options.Sleep}
	}
	return base
}
