package load

import (
	"context"
	"net/http"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// DefaultMaxWorkers is the default of Options.MaxWorkers.
const DefaultMaxWorkers = 5000

// Options of a load.
type Options struct {
	Target deliver.Target

	// Transport comes from deliver.NewTransport. It keeps MaxWorkers connections, and is LocalOnly unless
	// the host may be loaded.
	Transport *http.Transport

	// Next returns the next body, each different from the others. It is called from one
	// goroutine at a time and must not change a body that it has returned.
	Next func() []byte

	Pace       Pace
	Timeout    time.Duration // of a request; 0 means no limit
	MaxWorkers int           // in flight at most; less than 1 means DefaultMaxWorkers
	Fault      fault.Fault
	Seed       uint64 // of the fault

	// OnProgress is called after every request, one call at a time; it may be nil.
	OnProgress func(Progress)

	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// Progress of a load, in requests.
type Progress struct {
	Done, Planned uint64
}

// Run sends the load until it is complete or ctx ends, and then returns at once. The outcome of an
// interrupted load is that of the requests sent.
func Run(ctx context.Context, o Options) *Outcome {
	if o.MaxWorkers < 1 {
		o.MaxWorkers = DefaultMaxWorkers
	}
	defer o.Transport.CloseIdleConnections()
	client := o.Fault.Client(o.Transport, o.Now, fault.Options{Seed: o.Seed, Sleep: o.Sleep})
	return newSender(o, client).run(ctx)
}
