package cli

import (
	"context"
	"fmt"
	"net"

	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// Loopback is a listener inside this process to which a command delivers.
type Loopback struct {
	URL  string
	Stop func() // returns when all receptions have been reported
}

// StartLoopback starts one, which returns 204 and passes every reception to onReception.
func (a *App) StartLoopback(onReception func(*receive.Reception)) (*Loopback, error) {
	limits := receive.Limits{Body: recording.MaxLine} // the longest body that this process sends
	server, err := receive.New(receive.Options{Catalog: a.Catalog, OnReception: onReception, Limits: limits, Now: a.Now, Sleep: a.Sleep})
	if err != nil {
		return nil, fmt.Errorf("start the listener of --loopback: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, Unreachable(fmt.Errorf("start the listener of --loopback: %w", err), "")
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		// It stops when the context ends, after it has responded to all requests.
		_ = server.Serve(ctx, listener)
	}()
	return &Loopback{
		URL:  "http://" + listener.Addr().String() + "/",
		Stop: func() { cancel(); <-done },
	}, nil
}
