package deliver

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Fault is a way to deliver badly on purpose. The zero Fault delivers well, so that
// nobody has to ask whether there is one.
type Fault struct {
	Name        string
	Description string // what is done, in a few words
	Answer      string // what a good endpoint does about it
	Shape       FaultShape

	content func(*content, *dice)    // for FaultContent
	wire    func(message) wireScript // for FaultWire
	takes   time.Duration            // at most, on purpose
}

// FaultShape says what of a delivery a fault touches.
type FaultShape string

const (
	FaultOrder   FaultShape = "order"   // when, and how often
	FaultContent FaultShape = "content" // body and headers, in a sound request
	FaultWire    FaultShape = "wire"    // the bytes of the request and their timing
)

const (
	duplicate = "duplicate"
	delay     = "delay"
	reorder   = "reorder"
)

// Faults are all the faults, in the order that help shows them.
func Faults() []Fault {
	return []Fault{
		{Name: duplicate, Shape: FaultOrder, Description: "every delivery is made twice, byte for byte",
			Answer: "accepts both with a 2xx status, and acts on the event once"},
		{Name: delay, Shape: FaultOrder, Description: "the delivery comes late: by 5 s, or after younger events",
			Answer: "accepts it, and goes by the event's own time, not by the time of arrival"},
		{Name: reorder, Shape: FaultOrder, Description: "neighbouring deliveries change places",
			Answer: "accepts both, and does not let the older event overwrite the newer"},
		{Name: "truncate", Shape: FaultWire, wire: truncateBody, Description: "the body ends in the middle, then the sender says that it has no more",
			Answer: "answers 400 or closes the connection, and acts on nothing"},
		{Name: "corrupt", Shape: FaultContent, content: corruptBody, Description: "one byte of the body is overwritten, so that it is not JSON any more",
			Answer: "answers 400, and goes on with the next event"},
		{Name: "slow-body", Shape: FaultWire, wire: slowBody, takes: slowParts * slowPause, Description: "the body trickles in, a tenth of it every 500 ms",
			Answer: "waits for all of it within its own limit, or answers 408; it serves others meanwhile"},
		{Name: "abort", Shape: FaultWire, wire: abortBody, Description: "the sender resets the connection in the middle of the body",
			Answer: "drops the half event without a trace, and serves the next connection"},
		{Name: "oversize", Shape: FaultContent, content: oversizeBody, Description: "2 MiB of spaces follow the JSON",
			Answer: "answers 413 without reading it all, or accepts it"},
		{Name: "wrong-length", Shape: FaultWire, wire: wrongLength, Description: "Content-Length names half the body, and the rest follows all the same",
			Answer: "answers 400 to the torn JSON, and takes the rest for no event"},
		{Name: "bad-utf8", Shape: FaultContent, content: badUTF8, Description: "a byte that is not UTF-8 stands in a string of the body",
			Answer: "answers 400, or accepts it with the byte replaced; it stores no broken text"},
		{Name: "chunked", Shape: FaultContent, content: chunkedBody, Description: "the body comes in chunks, without a Content-Length",
			Answer: "accepts it as any other event"},
		{Name: "plain-type", Shape: FaultContent, content: plainType, Description: "Content-Type is application/json, in small letters",
			Answer: "accepts it: letter case means nothing in a media type"},
	}
}

// ParseFault finds a fault by its name.
func ParseFault(name string) (Fault, error) {
	var names []string
	for _, f := range Faults() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Fault{}, fmt.Errorf("there is no fault %q%s", name,
		cmp.Or(apizee.DidYouMean(name, names), "; there are "+strings.Join(names, ", ")))
}

// FaultOptions are what a fault needs beside the transport.
type FaultOptions struct {
	// Seed decides where in a body the fault strikes.
	Seed uint64

	// Sleep is used within a request; see Series.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Transport makes a transport that delivers with the fault, or base itself when the
// fault is one of order. Faults on the wire use a connection of their own, go past
// any proxy, which would mend them, and otherwise keep to the TLS options of base.
func (f Fault) Transport(base *http.Transport, options FaultOptions) http.RoundTripper {
	switch {
	case f.content != nil:
		return &contentTransport{base: base, change: f.content, dice: newDice(options.Seed)}
	case f.wire != nil:
		return &wireTransport{base: base, script: f.wire, takes: f.takes, sleep: options.Sleep}
	}
	return base
}
