package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// loopback is a listener inside this process, for a command to deliver to.
type loopback struct {
	url  string
	stop func() // returns when all that came in was reported
}

func twoTargets() error {
	return usage(errors.New("--loopback and --to each say where events go"), "give one of them.")
}

// startLoopback starts one, which answers 204 and hands on what it gets.
func (a *app) startLoopback(onReception func(receive.Reception)) (*loopback, error) {
	server, err := receive.New(receive.Options{Catalog: a.Catalog, OnReception: onReception, Now: a.Now, Sleep: a.Sleep})
	if err != nil {
		return nil, fmt.Errorf("start the listener of --loopback: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, &exit{exitUnreachable, fmt.Errorf("start the listener of --loopback: %w", err), ""}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		// It ends when it is told to, and not before what it has is answered.
		_ = server.Serve(ctx, listener)
	}()
	return &loopback{
		url:  "http://" + listener.Addr().String() + "/",
		stop: func() { cancel(); <-done },
	}, nil
}
