package deliver

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Options configure a series. The zero value is one delivery with one attempt and no timeout.
type Options struct {
	Count    int           // deliveries; less than 1 means 1
	Every    time.Duration // between two starts; 0 means as soon as possible
	Late     time.Duration // delay of every start
	Parallel int           // maximum of concurrent deliveries; less than 1 means 1
	Retry    int           // further attempts after one that was not accepted
	Timeout  time.Duration // of an attempt; 0 means no limit
}

// Series delivers the same request several times.
type Series struct {
	Client *Client

	// Sleep waits for d, or returns the context's error when that ends first.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Sleep is the Sleep of a Series on the system's clock.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run makes the deliveries and counts the last attempt of each. It passes every attempt to onResult, one
// at a time; Result.N and Result.Attempt identify it. Starts follow a fixed schedule, so that a late one
// does not delay the others. When ctx ends, deliveries in flight are reported as canceled, and those
// that have not started are neither reported nor counted.
func (s Series) Run(ctx context.Context, options Options, req Request, onResult func(Result)) Summary {
	r := &run{series: s, options: options, request: req, onResult: onResult, start: s.Client.now()}
	r.options.Count = max(options.Count, 1)

	var workers sync.WaitGroup
	for range min(max(options.Parallel, 1), r.options.Count) {
		workers.Go(func() { r.work(ctx) })
	}
	workers.Wait()
	return r.tally.Summary()
}

// run is a running series.
type run struct {
	series   Series
	options  Options
	request  Request
	onResult func(Result)
	start    time.Time

	mu    sync.Mutex // guards the fields below, and calls of onResult
	taken int
	tally Tally
}

// work makes one delivery after the other until none is left.
func (r *run) work(ctx context.Context) {
	for {
		n, ok := r.take()
		if !ok || r.waitForTurn(ctx, n) != nil {
			return
		}
		last := r.deliver(ctx, n)
		r.count(last)
	}
}

func (r *run) take() (n int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.taken == r.options.Count {
		return 0, false
	}
	r.taken++
	return r.taken, true
}

func (r *run) waitForTurn(ctx context.Context, n int) error {
	due := r.start.Add(time.Duration(n-1)*r.options.Every + r.options.Late)
	if wait := due.Sub(r.series.Client.now()); wait > 0 {
		return r.series.Sleep(ctx, wait)
	}
	return ctx.Err()
}

// deliver makes the attempts of one delivery and returns the last.
func (r *run) deliver(ctx context.Context, n int) Result {
	for attempt := 1; ; attempt++ {
		result := r.series.Client.Deliver(ctx, r.request, r.options.Timeout)
		result.N, result.Attempt = n, attempt
		if attempt <= r.options.Retry && !result.Accepted() && ctx.Err() == nil {
			result.NextIn = max(backoff(attempt), retryAfter(result, r.series.Client.now()))
		}
		r.report(result)
		if result.NextIn == 0 || r.series.Sleep(ctx, result.NextIn) != nil {
			return result
		}
	}
}

func (r *run) report(result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.onResult(result)
}

func (r *run) count(result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tally.Add(result)
}

// retryAfter returns the wait that the endpoint requests (RFC 9110, section 10.2.3), up to a limit, or
// 0.
func retryAfter(result Result, now time.Time) time.Duration {
	const longest = time.Minute
	asked := result.Headers.Get("Retry-After")
	if asked == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(asked, 10, 16); err == nil || errors.Is(err, strconv.ErrRange) {
		return min(time.Duration(seconds)*time.Second, longest)
	}
	if at, err := http.ParseTime(asked); err == nil {
		return min(max(at.Sub(now), 0), longest)
	}
	return 0
}

// backoff returns the wait after an attempt, from 1: it doubles up to a limit.
func backoff(attempt int) time.Duration {
	const first, longest = 250 * time.Millisecond, 10 * time.Second
	pause := first
	for range attempt - 1 {
		if pause *= 2; pause >= longest {
			return longest
		}
	}
	return pause
}
