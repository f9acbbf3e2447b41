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

// DefaultMaxWorkers is the default of Options.MaxWorkers.
const DefaultMaxWorkers = 5000

// Options of a load.
type Options struct {
	Target deliver.Target

	// Transport comes from deliver.NewTransport. It keeps MaxWorkers connections and is
	// LocalOnly unless deliver.IsAllowed.
	Transport *http.Transport

	// Next returns the next body, each different from the others. It is called from one
	// goroutine at a time and must not change a body that it has returned.
	Next func() []byte

	Pace       Pace
	Timeout    time.Duration // of a request; 0 means no limit
	MaxWorkers int           // in flight at most; less than 1 means DefaultMaxWorkers
	Fault      fault.Fault
	Seed       uint64 // of the fault

	// AllowHosts are the hosts, other than this machine, to which the load may be sent.
	AllowHosts []string

	// Plot keeps the data for Outcome.WriteHTML, some bytes per request.
	Plot bool

	// OnProgress is called after every request, from one goroutine; it may be nil.
	OnProgress func(Progress)

	Lookup deliver.Lookup
	Now    func() time.Time
	Sleep  func(ctx context.Context, d time.Duration) error
}

// Progress of a load, in requests.
type Progress struct {
	Done, Accepted, Planned uint64
}

// Run sends the load until it is complete or ctx ends, and then returns at once. An error is
// about the options; nothing was sent. The outcome of an interrupted load is that of the
// requests sent.
func Run(ctx context.Context, o Options) (*Outcome, error) {
	if err := deliver.CheckHost(ctx, o.Target.URL, o.AllowHosts, o.Lookup); err != nil {
		return nil, err
	}
	if o.MaxWorkers < 1 {
		o.MaxWorkers = DefaultMaxWorkers
	}
	defer o.Transport.CloseIdleConnections()

	client := o.Fault.Client(o.Transport, o.Now, fault.Options{Seed: o.Seed, Sleep: o.Sleep})
	transport := deliverTransport{ctx: ctx, client: client, target: o.Target, timeout: o.Timeout}
	return attack(ctx, o, transport), nil
}

func attack(ctx context.Context, o Options, transport deliverTransport) *Outcome {
	attacker := vegeta.NewAttacker(vegeta.Client(transport.httpClient()), vegeta.MaxWorkers(uint64(o.MaxWorkers)))
	defer context.AfterFunc(ctx, func() { attacker.Stop() })()

	next, stop := iter.Pull(fault.Arrange(o.Fault, bodies(o.Next)))
	defer stop()
	p := pacer{ctx: ctx, pace: o.Pace, total: o.Pace.Requests(), sleep: o.Sleep}
	outcome := newOutcome(p.total, o.Plot)
	// With a duration of 0 the pacer decides when the attack ends.
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

// targeter gives each request its own body. The deliverTransport adds the headers. There are
// no more targets once ctx has ended.
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

// deliverTransport is the http.RoundTripper under vegeta. It delivers with package deliver, so
// that neither vegeta nor the HTTP library adds a header or follows a redirect, and failures
// have the same messages as elsewhere.
type deliverTransport struct {
	ctx     context.Context
	client  *deliver.Client
	target  deliver.Target
	timeout time.Duration
}

func (t deliverTransport) httpClient() *http.Client {
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (t deliverTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	result := t.client.Deliver(t.ctx, deliver.Request{Target: t.target, Body: body}, t.timeout)
	if f := result.Failure; f != nil {
		return nil, deliverError{f}
	}
	return &http.Response{
		Status: strings.TrimSpace(fmt.Sprintf("%d %s", result.Status, result.StatusText)) + result.Through(), StatusCode: result.Status,
		Proto: result.Proto, Header: result.Headers, Body: io.NopCloser(bytes.NewReader(result.Body)), Request: r,
	}, nil
}

// deliverError passes a deliver.Failure through the HTTP library.
type deliverError struct{ *deliver.Failure }

func (f deliverError) Error() string { return string(f.Kind) + ": " + f.Message }
