package deliver

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Options say how often, when and for how long a series tries. The zero value is one
// delivery with one attempt and no time limit.
type Options struct {
	Count    int           // deliveries; less than 1 means 1
	Every    time.Duration // from one start to the next; 0 means as soon as possible
	Late     time.Duration // by how much every start is put off
	Parallel int           // deliveries in flight at most; less than 1 means 1
	Retry    int           // further attempts after one that was not accepted
	Timeout  time.Duration // of an attempt; 0 means no limit
}

// Series delivers the same request again and again.
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

// Run makes the deliveries and counts the last attempt at each. It hands every attempt
// to onResult, from one goroutine at a time; Result.N and Result.Attempt tell them
// apart. Starts follow a fixed schedule, so one that is late does not put off the
// others. When ctx ends, deliveries in flight are reported as canceled, and those that
// had not begun are neither reported nor counted.
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

// run is a series on its way.
type run struct {
	series   Series
	options  Options
	request  Request
	onResult func(Result)
	start    time.Time

	mu    sync.Mutex // guards what follows, and calls of onResult
	taken int
	tally Tally
}

// work takes one delivery after the other until none is left.
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

// deliver makes the attempts at one delivery and returns the last.
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

// retryAfter is the pause that an endpoint asks for (RFC 9110, section 10.2.3), up to a
// bound, or 0.
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

// backoff is the pause after an attempt, counted from 1: it doubles up to a bound.
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
