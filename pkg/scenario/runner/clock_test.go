package runner

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// fakeClock stands still but for sleeping.
type fakeClock struct{ at time.Time }

func (c *fakeClock) now() time.Time { return c.at }

func (c *fakeClock) sleep(ctx context.Context, d time.Duration) error {
	c.at = c.at.Add(d)
	return ctx.Err()
}

// slowClient sees three seconds go by with every look at the clock.
func slowClient(t testing.TB, looks *atomic.Int64) *deliver.Client {
	t.Helper()
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return deliver.NewClient(transport, func() time.Time {
		return now().Add(time.Duration(looks.Add(1)) * 3 * time.Second)
	})
}

// stillClient sees no time go by.
func stillClient(t testing.TB) *deliver.Client {
	t.Helper()
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return deliver.NewClient(transport, now)
}
