package replay

import (
	"context"
	"errors"
	"io"
	"math"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// Options select the entries to send, and the speed.
type Options struct {
	Filter apizee.Filter // the zero Filter matches all events
	From   int           // number of the first entry, from 1; less means 1
	Limit  int           // maximum number of entries; 0 means all

	// Speed divides the gaps between the events: 1 keeps them, 2 halves them, 0 removes them.
	Speed float64

	// MaxGap is the longest wait between two events; 0 means no limit.
	MaxGap time.Duration

	// Routes are the targets of single recorded paths. All others go to the target of Replay, whose
	// URL may be nil.
	Routes []Route

	NewTime bool          // set the current time in the events
	Timeout time.Duration // of each delivery; 0 means no limit
}

// Replayer replays recordings.
type Replayer struct {
	Catalog *apizee.Catalog
	Client  *deliver.Client
	Now     func() time.Time
	Sleep   func(ctx context.Context, d time.Duration) error
}

// Delivery is one entry that was sent.
type Delivery struct {
	Entry   int // number of the entry in the recording, from 1, as in Options.From
	Request deliver.Request
	Event   apizee.Event
	Result  deliver.Result
}

// Outcome is the result of a replay.
type Outcome struct {
	deliver.Summary
	Truncated []int // truncated lines, which were skipped
	Backward  []int // lines with an earlier time than the entry above them, which were sent without a gap

	// MaskedHeaders and MaskedParameters are the names of those that were not sent, since their values
	// are masked in the recording and the target has none.
	MaskedHeaders, MaskedParameters map[string]bool

	// Unsendable are the lines that cannot be sent as recorded, and were not sent.
	Unsendable []recording.LineError
}

// Replay sends the entries one after the other and passes each to onDelivery. The target's headers
// replace recorded ones of the same name; a masked header is not sent. A target without a path gets
// the recorded paths. An entry that is late, because the one before it was slow, is sent at once.
//
// The error is the reader's; the outcome counts the entries sent before it. When ctx ends, Replay
// returns the outcome so far, without an error.
func (p Replayer) Replay(ctx context.Context, from *recording.Reader, target deliver.Target, options Options, onDelivery func(Delivery)) (Outcome, error) {
	run := &run{replayer: p, target: target, options: options, onDelivery: onDelivery}
	run.outcome.MaskedHeaders, run.outcome.MaskedParameters = map[string]bool{}, map[string]bool{}
	for ctx.Err() == nil && !run.done() {
		entry, err := from.Read()
		var truncated *recording.TruncatedError
		switch {
		case err == io.EOF:
			return run.result(), nil
		case errors.As(err, &truncated):
			run.outcome.Truncated = append(run.outcome.Truncated, truncated.Line)
			continue
		case err != nil:
			return run.result(), err
		}
		run.send(ctx, entry, from.Line())
	}
	return run.result(), nil
}

type run struct {
	replayer   Replayer
	target     deliver.Target
	options    Options
	onDelivery func(Delivery)

	outcome Outcome
	tally   deliver.Tally
	read    int // entries
	sent    int
	first   time.Time // recorded time of the first entry that was sent
	latest  time.Time // latest recorded time so far
	started time.Time // when the first entry was sent
}

func (r *run) done() bool { return r.options.Limit > 0 && r.sent == r.options.Limit }

func (r *run) result() Outcome {
	r.outcome.Summary = r.tally.Summary()
	return r.outcome
}

func (r *run) send(ctx context.Context, entry recording.Entry, line int) {
	r.read++
	if r.read < r.options.From {
		return
	}
	event := r.replayer.Catalog.Validate(entry.Body).Event
	if !r.options.Filter.Match(event) {
		return
	}
	request, err := r.request(entry)
	if err != nil {
		r.outcome.Unsendable = append(r.outcome.Unsendable, recording.LineError{Line: line, Err: err})
		return
	}
	if r.wait(ctx, entry.ReceivedAt, line) != nil {
		return
	}
	r.sent++
	request.Body = r.body(entry) // after the wait, for the current time
	result := r.replayer.Client.Deliver(ctx, request, r.options.Timeout)
	result.N = r.sent
	r.tally.Add(result)
	r.onDelivery(Delivery{Entry: r.read, Request: request, Event: event, Result: result})
}

// wait waits until an entry is due, which is as long after the first one as in the recording.
func (r *run) wait(ctx context.Context, receivedAt time.Time, line int) error {
	if r.sent == 0 {
		r.first, r.latest, r.started = receivedAt, receivedAt, r.replayer.Now()
	}
	if r.skipGap(receivedAt) {
		r.outcome.Backward = append(r.outcome.Backward, line)
	}
	if r.options.Speed <= 0 {
		return ctx.Err()
	}
	due := r.atSpeed(receivedAt.Sub(r.first))
	if pause := due - r.replayer.Now().Sub(r.started); pause > 0 {
		return r.replayer.Sleep(ctx, pause)
	}
	return ctx.Err()
}

// atSpeed returns how long a recorded duration takes at the given speed.
func (r *run) atSpeed(recorded time.Duration) time.Duration {
	return time.Duration(min(float64(recorded)/r.options.Speed, math.MaxInt64/2))
}

// jitter is how far concurrent events may be recorded out of order.
const jitter = time.Second

// skipGap removes from the recorded times what is not waited for: a backward step of the recording
// clock, which it reports, and the part of a gap beyond MaxGap. Later entries are due accordingly.
func (r *run) skipGap(receivedAt time.Time) (isBackward bool) {
	gap := receivedAt.Sub(r.latest)
	isBackward = gap < -jitter
	switch longest := float64(r.options.MaxGap) * r.options.Speed; {
	case isBackward:
		r.first = r.first.Add(gap)
	case longest > 0 && float64(gap) > longest:
		r.first = r.first.Add(gap - time.Duration(longest))
	}
	if isBackward || gap > 0 {
		r.latest = receivedAt
	}
	return isBackward
}

// body returns the recorded body, unchanged unless it gets a new time. A body without a time, such as
// one that is not JSON, stays unchanged.
func (r *run) body(entry recording.Entry) []byte {
	if !r.options.NewTime {
		return entry.Body
	}
	changed, err := payload.SetTime(r.replayer.Catalog, entry.Body, r.replayer.Now().Unix())
	if err != nil {
		return entry.Body
	}
	return changed
}
