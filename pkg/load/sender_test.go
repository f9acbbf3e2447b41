package load

import (
	"context"
	"math"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// clock is advanced by sleeping alone.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.slept = c.now.Add(d), append(c.slept, d)
	return ctx.Err()
}

// endpoint responds to requests in this process, with 204.
type endpoint func()

func (e endpoint) RoundTrip(r *http.Request) (*http.Response, error) {
	e()
	return &http.Response{StatusCode: http.StatusNoContent, Status: "204 No Content", Body: http.NoBody, Request: r}, nil
}

// senderTo sends a load to an endpoint, on a clock of its own.
func senderTo(t *testing.T, e endpoint, pace Pace, maxWorkers int) (*sender, *clock) {
	c := &clock{now: time.Unix(1575976413, 0)}
	o := Options{
		Target: target(t, "http://h/"), Next: func() []byte { return []byte("{}") }, Pace: pace, MaxWorkers: maxWorkers,
		Now: c.Now, Sleep: c.Sleep,
	}
	return newSender(o, deliver.NewClient(e, c.Now)), c
}

func TestTake(t *testing.T) {
	s, c := senderTo(t, nil, Constant(rate(t, "2/s"), 5*time.Second), 1)
	s.next, s.started = func() ([]byte, bool) { return nil, true }, 1
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	steps := []struct {
		elapsed time.Duration
		taken   uint64
		slept   time.Duration
		ok      bool
	}{
		{0, 0, 0, true},
		{100 * time.Millisecond, 1, 400 * time.Millisecond, true},
		{3 * time.Second, 2, 0, true}, // late: at once
		{4 * time.Second, 10, 0, false},
		{5 * time.Second, 9, 0, true},
		{6 * time.Second, 9, 0, false},
	}
	for _, step := range steps {
		c.now, c.slept, s.taken = s.outcome.Start.Add(step.elapsed), nil, step.taken
		_, ok := s.take(ctx)
		if slept := c.Now().Sub(s.outcome.Start) - step.elapsed; ok != step.ok || slept != step.slept {
			t.Errorf("after %v and %d: slept %v, taken: %t", step.elapsed, step.taken, slept, ok)
		}
	}
	cancel()
	for _, elapsed := range []time.Duration{0, time.Second} {
		c.now, s.taken = s.outcome.Start.Add(elapsed), 1
		if _, ok := s.take(ctx); ok {
			t.Error("does not stop with its context")
		}
	}
}

// TestStallDoesNotSlowTheSchedule has a first request that waits for the last one.
func TestStallDoesNotSlowTheSchedule(t *testing.T) {
	const requests = 10
	var arrived atomic.Int64
	last := make(chan struct{})
	s, c := senderTo(t, func() {
		switch arrived.Add(1) {
		case 1:
			<-last
		case requests:
			close(last)
		}
	}, Constant(rate(t, "10/s"), time.Second), 100)
	got := s.run(t.Context())
	if want := slices.Repeat([]time.Duration{100 * time.Millisecond}, requests-1); got.Accepted != requests || !slices.Equal(c.slept, want) {
		t.Errorf("%d accepted, slept %v", got.Accepted, c.slept)
	}
}

// TestSlowProgressDoesNotSlowTheSchedule has a terminal that shows nothing before the last request.
func TestSlowProgressDoesNotSlowTheSchedule(t *testing.T) {
	const requests = 10
	var arrived atomic.Int64
	last := make(chan struct{})
	s, _ := senderTo(t, func() {
		if arrived.Add(1) == requests {
			close(last)
		}
	}, Constant(rate(t, "10/s"), time.Second), 100)
	s.OnProgress = func(Progress) { <-last }
	if got := s.run(t.Context()); got.Accepted != requests {
		t.Errorf("%d accepted", got.Accepted)
	}
}

// TestMaxWorkers has responses that wait until as many requests as allowed are in flight.
func TestMaxWorkers(t *testing.T) {
	const workers = 3
	var arrived, inFlight, tooMany atomic.Int64
	all := make(chan struct{})
	s, _ := senderTo(t, func() {
		if inFlight.Add(1) > workers {
			tooMany.Add(1)
		}
		defer inFlight.Add(-1)
		if arrived.Add(1) == workers {
			close(all)
		}
		<-all
	}, Constant(rate(t, "1000/s"), 50*time.Millisecond), workers)
	if got := s.run(t.Context()); got.Accepted != 50 || tooMany.Load() > 0 || s.started != workers {
		t.Errorf("%d accepted by %d workers, %d were too many", got.Accepted, s.started, tooMany.Load())
	}
}

// TestWorkersAreAddedWhenAllAreBusy has an endpoint that responds before the next request is due: one
// worker delivers while another waits.
func TestWorkersAreAddedWhenAllAreBusy(t *testing.T) {
	s, c := senderTo(t, func() {}, Constant(rate(t, "100/s"), time.Second), 50)
	s.Sleep = func(ctx context.Context, d time.Duration) error {
		for s.idle.Load() < int64(s.started) {
			runtime.Gosched()
		}
		return c.Sleep(ctx, d)
	}
	if got := s.run(t.Context()); got.Accepted != 100 || s.started != 2 {
		t.Errorf("%d accepted by %d workers", got.Accepted, s.started)
	}
}

// TestLateRequestsAreSentAtOnce has one worker, whose first response comes late.
func TestLateRequestsAreSentAtOnce(t *testing.T) {
	const ms = time.Millisecond
	tests := map[string]struct {
		stall time.Duration
		slept []time.Duration
		sent  uint64
	}{
		"within the load":      {350 * ms, []time.Duration{50 * ms, 100 * ms, 100 * ms, 100 * ms, 100 * ms, 100 * ms}, 10},
		"just after the end":   {1999 * ms, nil, 10},
		"long after the end":   {2000 * ms, nil, 1},
		"as the next is due":   {100 * ms, slices.Repeat([]time.Duration{100 * ms}, 8), 10},
		"before any other due": {0, slices.Repeat([]time.Duration{100 * ms}, 9), 10},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var c *clock
			var s *sender
			stalled := false
			s, c = senderTo(t, func() {
				if !stalled {
					stalled = true
					c.now = c.now.Add(test.stall)
				}
			}, Constant(rate(t, "10/s"), time.Second), 1)
			got := s.run(t.Context())
			if got.Sent != test.sent || got.Unsent != 10-test.sent || !slices.Equal(c.slept, test.slept) {
				t.Errorf("%d sent, %d not, slept %v", got.Sent, got.Unsent, c.slept)
			}
		})
	}
}

// TestLongestLoad begins.
func TestLongestLoad(t *testing.T) {
	s, _ := senderTo(t, nil, Constant(rate(t, "1/s"), math.MaxInt64), 1)
	s.next, s.started = func() ([]byte, bool) { return nil, true }, 1
	if _, ok := s.take(t.Context()); !ok {
		t.Error("nothing is sent")
	}
}

func TestRampIsFollowed(t *testing.T) {
	pace := Pace{rate(t, "1/s"), rate(t, "9/s"), 10 * time.Second}
	var c *clock
	var s *sender
	var sent []time.Duration
	s, c = senderTo(t, func() { sent = append(sent, c.now.Sub(time.Unix(1575976413, 0))) }, pace, 1)
	s.run(t.Context())
	if len(sent) != 50 {
		t.Fatalf("%d sent", len(sent))
	}
	for n, at := range sent {
		if (at - pace.due(uint64(n))).Abs() > time.Microsecond {
			t.Errorf("request %d was sent after %v, want %v", n, at, pace.due(uint64(n)))
		}
	}
}
