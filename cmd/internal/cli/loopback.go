package cli

import (
	"context"
	"fmt"
	"net"

	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// Loopback is a listener inside this process, for a command to deliver to.
type Loopback struct {
	URL  string
	Stop func() // returns when all that came in was reported
}

// StartLoopback starts one, which answers 204 and hands on what it gets.
func (a *App) StartLoopback(onReception func(receive.Reception)) (*Loopback, error) {
	server, err := receive.New(receive.Options{Catalog: a.Catalog, OnReception: onReception, Now: a.Now, Sleep: a.Sleep})
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
		// It ends when it is told to, and not before what it has is answered.
		_ = server.Serve(ctx, listener)
	}()
	return &Loopback{
		URL:  "http://" + listener.Addr().String() + "/",
		Stop: func() { cancel(); <-done },
	}, nil
}
