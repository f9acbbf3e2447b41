package load

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// TestUnsent has one worker that waits for responses that never arrive.
func TestUnsent(t *testing.T) {
	url := serve(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	o := options(t, target(t, url), Constant(rate(t, "1000/s"), 20*time.Millisecond))
	o.MaxWorkers, o.Timeout = 1, 200*time.Millisecond
	outcome := Run(t.Context(), o)
	if outcome.Unsent == 0 || outcome.Sent+outcome.Unsent != 20 {
		t.Errorf("%d sent and %d not, of 20", outcome.Sent, outcome.Unsent)
	}
}

// TestTimesOfTheLoad adds requests in the order of their responses.
func TestTimesOfTheLoad(t *testing.T) {
	o := newOutcome(Options{Target: target(t, "http://h/"), Now: time.Now})
	for _, r := range []struct{ start, latency time.Duration }{{time.Second, time.Second}, {4 * time.Second, time.Second}, {0, 6 * time.Second}, {3 * time.Second, time.Second}} {
		o.add(deliver.Result{Start: o.Start.Add(r.start), Timings: deliver.Timings{Total: r.latency}, Status: 204}, 0)
	}
	o.close(false)
	if o.Duration != 4*time.Second || o.Wait != 2*time.Second || o.Rate != 1 || o.Throughput != 4./6 {
		t.Errorf("%+v", o.Summary)
	}
}

func TestErrorNamesTheProxy(t *testing.T) {
	o := newOutcome(Options{Target: target(t, "http://h/"), Now: time.Now})
	o.add(deliver.Result{Status: 502, StatusText: "Bad Gateway", Proxy: "http://proxy:3128"}, 0)
	if o.close(false); o.Errors[0].Name != "502 Bad Gateway, through the proxy http://proxy:3128" {
		t.Error(o.Errors)
	}
}

func TestSuccess(t *testing.T) {
	for want, s := range map[float64]Summary{
		0: {}, 100: {Sent: 4, Accepted: 4}, 50: {Sent: 4, Accepted: 2}, 25: {Sent: 4, Accepted: 2, Unsent: 4}, 57: {Sent: 100, Accepted: 57}, 75: {Planned: 9, Sent: 4, Accepted: 3},
	} {
		if got := s.Success(); got != want {
			t.Errorf("%+v: %v, want %v", s, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for want, n := range map[string][2]uint64{
		"66.66%": {2, 3}, "29%": {29, 100}, "57%": {57, 100}, "99.99%": {99_999_999_999, 100_000_000_000}, "100%": {3, 3}, "0%": {0, 0},
	} {
		if got := Percent(n[0], n[1]); got != want {
			t.Errorf("%d of %d: %s, want %s", n[0], n[1], got, want)
		}
	}
}
