package load

import (
	"io"
	"net"
	"testing"
	"time"
)

// TestUnsent has one worker that waits for responses that never arrive.
func TestUnsent(t *testing.T) {
	url := serve(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	o := options(t, target(t, url), Constant(rate(t, "1000/s"), 20*time.Millisecond))
	o.MaxWorkers, o.Timeout = 1, 200*time.Millisecond
	outcome := run(t, t.Context(), o)
	if outcome.Unsent == 0 || outcome.Sent+outcome.Unsent != 20 {
		t.Errorf("%d sent and %d not, of 20", outcome.Sent, outcome.Unsent)
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
