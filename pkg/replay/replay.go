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

// Options say what is sent again, and how fast.
type Options struct {
	Filter apizee.Filter // which events; the zero Filter takes all
	From   int           // the first entry, counted from 1; less means 1
	Limit  int           // how many are sent at most; 0 means all

	// Speed divides the gaps between the events: 1 keeps them, 2 halves them. 0
	// leaves no gaps.
	Speed float64

	// MaxGap is how long to wait at most between two events; 0 means no limit.
	MaxGap time.Duration

	// Routes are targets for single recorded paths. The target of Replay is for all others; its
	// URL may be nil.
	Routes []Route

	NewTime bool          // put the current time into the events
	Timeout time.Duration // of a delivery; 0 means no limit
}

// Replayer sends recordings again.
type Replayer struct {
	Catalog *apizee.Catalog
	Client  *deliver.Client
	Now     func() time.Time
	Sleep   func(ctx context.Context, d time.Duration) error
}

// Delivery is one request that was sent again.
type Delivery struct {
	Entry   int // which entry of the recording it is, from 1, as Options.From counts
	Line    int // of the recording, from 1
	Request deliver.Request
	Event   apizee.Event
	Result  deliver.Result
}

// Outcome is what became of a recording.
type Outcome struct {
	deliver.Summary
	Read      int   // entries read
	Truncated []int // truncated lines, which were skipped
	Backward  []int // lines received before the entry above them, which were sent without a gap

	// Unsendable are the lines that cannot be sent as they were recorded, and were not sent.
	Unsendable []recording.LineError
}

// Replay sends the entries one after the other and hands each to onDelivery. The
// target's own headers replace recorded ones of the same name; a masked header
// is not sent. A target without a path takes the recorded paths. An entry that
// is late, because the one before it took long, is sent at once.
//
// An error is the reader's; what was sent until then is in the outcome. When ctx
// ends, Replay returns what was done, without an error.
func (p Replayer) Replay(ctx context.Context, from *recording.Reader, target deliver.Target, options Options, onDelivery func(Delivery)) (Outcome, error) {
	run := &run{replayer: p, target: target, options: options, onDelivery: onDelivery}
	for ctx.Err() == nil && !run.done() {
		entry, err := from.Read()
		var torn *recording.TruncatedError
		switch {
		case err == io.EOF:
			return run.result(), nil
		case errors.As(err, &torn):
			run.outcome.Truncated = append(run.outcome.Truncated, torn.Line)
			continue
		case err != nil:
			return run.result(), err
		}
		run.play(ctx, entry, from.Line())
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
	sent    int
	first   time.Time // when the first entry that is sent was received
	latest  time.Time // when the latest of those until now was
	started time.Time // when the first was sent again
}

func (r *run) done() bool { return r.options.Limit > 0 && r.sent == r.options.Limit }

func (r *run) result() Outcome {
	r.outcome.Summary = r.tally.Summary()
	return r.outcome
}

func (r *run) play(ctx context.Context, entry recording.Entry, line int) {
	r.outcome.Read++
	if r.outcome.Read < r.options.From {
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
	request.Body = r.body(entry) // with the time of now, after the wait
	result := r.replayer.Client.Deliver(ctx, request, r.options.Timeout)
	result.N = r.sent
	r.tally.Add(result)
	r.onDelivery(Delivery{Entry: r.outcome.Read, Line: line, Request: request, Event: event, Result: result})
}

// wait waits until an entry is due: as long after the first one as it was then.
func (r *run) wait(ctx context.Context, receivedAt time.Time, line int) error {
	if r.sent == 0 {
		r.first, r.latest, r.started = receivedAt, receivedAt, r.replayer.Now()
	}
	if r.follow(receivedAt) {
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

// atSpeed is how long a recorded time lasts now.
func (r *run) atSpeed(recorded time.Duration) time.Duration {
	return time.Duration(min(float64(recorded)/r.options.Speed, math.MaxInt64/2))
}

// jitter is by how much events that came at the same time may be recorded out of order.
const jitter = time.Second

// follow takes out of the recorded times what is not waited for: a step back of the clock
// they were recorded with, which it reports, and what a gap has above the largest one. What
// comes then goes on from there.
func (r *run) follow(receivedAt time.Time) (isBackward bool) {
	gap := receivedAt.Sub(r.latest)
	isBackward = gap < -jitter
	switch most := float64(r.options.MaxGap) * r.options.Speed; {
	case isBackward:
		r.first = r.first.Add(gap)
	case most > 0 && float64(gap) > most:
		r.first = r.first.Add(gap - time.Duration(most))
	}
	if isBackward || gap > 0 {
		r.latest = receivedAt
	}
	return isBackward
}

// body is the recorded one to the byte, unless it gets a new time. What has no
// time to change, such as a body that is not JSON, stays as it is.
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
