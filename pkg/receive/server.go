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

// ErrAborted reports that requests in flight were aborted when the server stopped.
var ErrAborted = errors.New("requests in flight were aborted")

// Server receives requests. It is an http.Handler, for a test server with a listener of its own;
// Serve adds the limits of connections and the reports of data that is not HTTP.
type Server struct {
	options Options
	path    string      // Options.Path without its escapes
	headers http.Header // of Options.Response
	reports *reports

	requests, events atomic.Int64
	acceptFailed     atomic.Int64 // when a failure to accept connections was last reported, in Unix nanoseconds

	// draining ends delays and hangs; base is the parent of all request contexts, and ends
	// them all.
	draining, base context.Context
	drain, abort   context.CancelFunc

	bodies *semaphore.Weighted // of Limits.Bodies
	slots  chan struct{}       // has one element per connection that is served, or about to be
	open   sync.WaitGroup      // connections whose goroutine has not ended
}

// New returns a server. The error says which option is invalid.
func New(options Options) (*Server, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	path, err := DecodePath(options.Path)
	if err != nil {
		return nil, fmt.Errorf("path: %w", err)
	}
	s := &Server{
		options: options, path: path, headers: options.Response.header(), reports: newReports(),
		bodies: semaphore.NewWeighted(options.Limits.Bodies + 1), // a body needs one byte more to detect its end
		slots:  make(chan struct{}, options.Limits.Connections),
	}
	s.draining, s.drain = context.WithCancel(context.Background())
	s.base, s.abort = context.WithCancel(context.Background())
	return s, nil
}

// Serve serves the listener until ctx ends, and can be called once. Then it closes the listener,
// ends delays early, and returns when the requests in flight were responded to and reported. The
// error is ErrAborted when they were aborted at the end of Limits.Grace, or says why connections
// cannot be accepted.
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
		<-ended // no connection is added after this
	}
	return errors.Join(failure, s.finish(server))
}

// finish waits for the requests in flight, for Limits.Grace at most.
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
		// OPTIONS * is reported like any other request.
		DisableGeneralOptionsHandler: true,

		ErrorLog:    log.New(serverLog{s}, "", 0),
		BaseContext: func(net.Listener) context.Context { return s.base },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		ConnState:   s.connState,
	}
}
