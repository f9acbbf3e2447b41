package load

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// DefaultMaxWorkers is how many requests are in flight at most unless told otherwise.
const DefaultMaxWorkers = 5000

// Options say what a load is made of.
type Options struct {
	Target deliver.Target

	// Transport is one of deliver.NewTransport, with room for MaxWorkers, and LocalOnly unless
	// the host IsAllowed.
	Transport *http.Transport

	// Next gives the next body, each different from the others. It is called from one
	// goroutine at a time and must not change what it has handed out.
	Next func() []byte

	Pace       Pace
	Timeout    time.Duration // of a request; 0 means no limit
	MaxWorkers int           // less than 1 means DefaultMaxWorkers
	Fault      fault.Fault
	Seed       uint64 // of the fault

	// AllowHosts are hosts off this machine that the load may go to.
	AllowHosts []string

	// Plot keeps what Outcome.WriteHTML needs, some bytes for every request.
	Plot bool

	// OnProgress is called after every request, from one goroutine; it may be nil.
	OnProgress func(Progress)

	Lookup Lookup
	Now    func() time.Time
	Sleep  func(ctx context.Context, d time.Duration) error
}

// Progress is how far a load has come.
type Progress struct {
	Done, Accepted, Planned uint64
}

// Run puts the load on the target until it is over or ctx ends, and returns within an
// instant of that. The error is about the options; nothing was sent then. A load that
// was interrupted has the outcome of what was sent.
func Run(ctx context.Context, o Options) (*Outcome, error) {
	if err := CheckHost(ctx, o.Target.URL, o.AllowHosts, o.Lookup); err != nil {
		return nil, err
	}
	if o.MaxWorkers < 1 {
		o.MaxWorkers = DefaultMaxWorkers
	}
	defer o.Transport.CloseIdleConnections()

	client := o.Fault.Client(o.Transport, o.Now, fault.Options{Seed: o.Seed, Sleep: o.Sleep})
	courier := courier{ctx: ctx, client: client, target: o.Target, timeout: o.Timeout}
	return attack(ctx, o, courier), nil
}

func attack(ctx context.Context, o Options, c courier) *Outcome {
	attacker := vegeta.NewAttacker(vegeta.Client(c.httpClient()), vegeta.MaxWorkers(uint64(o.MaxWorkers)))
	defer context.AfterFunc(ctx, func() { attacker.Stop() })()

	next, stop := iter.Pull(fault.Arrange(o.Fault, bodies(o.Next)))
	defer stop()
	p := pacer{ctx: ctx, pace: o.Pace, total: o.Pace.Requests(), sleep: o.Sleep}
	outcome := newOutcome(p.total, o.Plot)
	// Without a duration of its own vegeta leaves the end to the pacer.
	for result := range attacker.Attack(targeter(ctx, o.Target, next), p, 0, "") {
		outcome.add(result)
		if o.OnProgress != nil {
			o.OnProgress(outcome.progress())
		}
	}
	if done := outcome.Sent + outcome.Canceled; ctx.Err() == nil && done < p.total {
		outcome.Unsent = p.total - done
	}
	outcome.close()
	return outcome
}

func bodies(next func() []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for yield(next()) {
		}
	}
}

// targeter hands every request its own body. The headers are left to the courier.
// Once ctx has ended there are no more.
func targeter(ctx context.Context, target deliver.Target, next func() ([]byte, bool)) vegeta.Targeter {
	var mu sync.Mutex
	shown := deliver.ShowURL(target.URL, false)
	return func(t *vegeta.Target) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		body, _ := next()
		t.Method, t.URL, t.Body = http.MethodPost, shown, body
		return nil
	}
}

// courier is the http.RoundTripper under vegeta. It delivers as everything else here
// does, so that neither vegeta nor the HTTP library can add a header or follow a
// redirect, and that failures have the same words.
type courier struct {
	ctx     context.Context
	client  *deliver.Client
	target  deliver.Target
	timeout time.Duration
}

func (c courier) httpClient() *http.Client {
	return &http.Client{
		Transport:     c,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (c courier) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	result := c.client.Deliver(c.ctx, deliver.Request{Target: c.target, Body: body}, c.timeout)
	if f := result.Failure; f != nil {
		return nil, failure{f}
	}
	return &http.Response{
		Status: strings.TrimSpace(fmt.Sprintf("%d %s", result.Status, result.StatusText)), StatusCode: result.Status,
		Proto: result.Proto, Header: result.Headers, Body: io.NopCloser(bytes.NewReader(result.Body)), Request: r,
	}, nil
}

// failure is a deliver.Failure on its way through the HTTP library.
type failure struct{ *deliver.Failure }

func (f failure) Error() string { return string(f.Kind) + ": " + f.Message }
