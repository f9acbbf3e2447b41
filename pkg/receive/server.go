package receive

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// ErrAborted says that requests in hand were cut off when the server stopped.
var ErrAborted = errors.New("requests in hand were cut off")

// Server receives. It is an http.Handler, for a test server that brings its own
// listener; Serve adds the limits of connections and the notes about what is no HTTP.
type Server struct {
	options Options
	headers http.Header // of the planned reply
	reports *reports

	requests, events atomic.Int64
	complained       atomic.Int64 // when it was last said that none can be accepted

	// draining ends delays and hangs; base is the context of all requests, and ends
	// them all.
	draining, base context.Context
	drain, abort   context.CancelFunc

	bodies *semaphore.Weighted // of Limits.Bodies
	places chan struct{}       // holds one for each connection that is served, or about to be
	open   sync.WaitGroup      // connections whose goroutine has not ended
}

// New makes a server. The error says which option cannot be.
func New(options Options) (*Server, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{
		options: options, headers: options.Response.header(), reports: newReports(),
		bodies: semaphore.NewWeighted(options.Limits.Bodies + 1), // one byte of a body's room sees its end
		places: make(chan struct{}, options.Limits.Connections),
	}
	s.draining, s.drain = context.WithCancel(context.Background())
	s.base, s.abort = context.WithCancel(context.Background())
	return s, nil
}

// Serve receives on the listener, once, until ctx ends. Then it accepts nothing more,
// cuts delays short, and returns when the requests in hand are answered and reported;
// it closes the listener. The error is ErrAborted when they had to be cut off at
// the end of the grace, or it says why nothing can be accepted.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := s.httpServer()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(s.limit(l)) }()

	var failure error
	select {
	case err := <-ended:
		failure = fmt.Errorf("accept connections: %w", err)
		s.drain()
	case <-ctx.Done():
		s.drain()
		l.Close()
		<-ended // from here on no connection is added
	}
	return errors.Join(failure, s.finish(server))
}

// finish waits for what is in hand, within the grace.
func (s *Server) finish(server *http.Server) error {
	ctx := s.base
	if s.options.Limits.Grace > 0 {
		limited, cancel := context.WithTimeout(ctx, s.options.Limits.Grace)
		defer cancel()
		ctx = limited
	}
	var result error
	if err := server.Shutdown(ctx); errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		result = ErrAborted
		s.abort()
		server.Close()
	}
	s.open.Wait()
	s.reports.wait()
	s.abort()
	return result
}

func (s *Server) httpServer() *http.Server {
	limits := s.options.Limits
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler:           s,
		Protocols:         protocols,
		ReadHeaderTimeout: limits.Request,
		ReadTimeout:       limits.Request,
		WriteTimeout:      s.options.writeTimeout(),
		IdleTimeout:       limits.Idle,
		MaxHeaderBytes:    limits.Headers,
		// OPTIONS * is a request like any other here.
		DisableGeneralOptionsHandler: true,

		ErrorLog:    log.New(complaints{s}, "", 0),
		BaseContext: func(net.Listener) context.Context { return s.base },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		ConnState:   s.connState,
	}
}
