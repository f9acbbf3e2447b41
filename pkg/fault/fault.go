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
		{Name: duplicate, Shape: Order, Description: "every delivery is made twice, byte for byte",
			Answer: "accepts both with a 2xx status, and acts on the event once"},
		{Name: delay, Shape: Order, Description: "the delivery comes late: by 5 s, or after younger events",
			Answer: "accepts it, and goes by the event's own time, not by the time of arrival"},
		{Name: reorder, Shape: Order, Description: "neighbouring deliveries change places",
			Answer: "accepts both, and does not let the older event overwrite the newer"},
		{Name: "truncate", Shape: Wire, wire: truncateBody, Description: "the body ends in the middle, then the sender says that it has no more",
			Answer: "answers 400 or closes the connection, and acts on nothing"},
		{Name: "corrupt", Shape: Content, content: corruptBody, Description: "one byte of the body is overwritten, so that it is not JSON any more",
			Answer: "answers 400, and goes on with the next event"},
		{Name: "slow-body", Shape: Wire, wire: slowBody, takes: slowParts * slowPause, Description: "the body trickles in, a tenth of it every 500 ms",
			Answer: "waits for all of it within its own limit, or answers 408; it serves others meanwhile"},
		{Name: "abort", Shape: Wire, wire: abortBody, Description: "the sender resets the connection in the middle of the body",
			Answer: "drops the half event without a trace, and serves the next connection"},
		{Name: "oversize", Shape: Content, content: oversizeBody, Description: "2 MiB of spaces follow the JSON",
			Answer: "answers 413 without reading it all, or accepts it"},
		{Name: "wrong-length", Shape: Wire, wire: wrongLength, Description: "Content-Length names half the body, and the rest follows all the same",
			Answer: "answers 400 to the torn JSON, and takes the rest for no event"},
		{Name: "bad-utf8", Shape: Content, content: badUTF8, Description: "a byte that is not UTF-8 stands in a string of the body",
			Answer: "answers 400, or accepts it with the byte replaced; it stores no broken text"},
		{Name: "chunked", Shape: Content, content: chunkedBody, Description: "the body comes in chunks, without a Content-Length",
			Answer: "accepts it as any other event"},
		{Name: "plain-type", Shape: Content, content: plainType, Description: "Content-Type is application/json, in small letters",
			Answer: "accepts it: letter case means nothing in a media type"},
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
