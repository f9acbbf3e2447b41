package runner

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// fakeClock advances only by sleeping.
type fakeClock struct{ at time.Time }

func (c *fakeClock) now() time.Time { return c.at }

func (c *fakeClock) sleep(ctx context.Context, d time.Duration) error {
	c.at = c.at.Add(d)
	return ctx.Err()
}

// slowClient has a clock that advances three seconds per call.
func slowClient(t testing.TB, looks *atomic.Int64) *deliver.Client {
	t.Helper()
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return deliver.NewClient(transport, func() time.Time {
		return now().Add(time.Duration(looks.Add(1)) * 3 * time.Second)
	})
}

// stillClient has a clock that stands still.
func stillClient(t testing.TB) *deliver.Client {
	t.Helper()
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return deliver.NewClient(transport, now)
}
