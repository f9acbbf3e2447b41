package receive

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
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
	complained       atomic.Int64 // when, by the clock, it was last said that none can be accepted; -1 is never
	started          time.Time

	// draining ends delays and hangs; base is the context of all requests, and ends
	// them all.
	draining, base context.Context
	drain, abort   context.CancelFunc

	mu    sync.Mutex // guards conns
	conns map[*conn]struct{}
	open  sync.WaitGroup // connections whose goroutine has not ended
}

// New makes a server. The error says which option cannot be.
func New(options Options) (*Server, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{
		options: options, headers: options.Reply.header(), reports: newReports(),
		conns: map[*conn]struct{}{}, started: options.Now(),
	}
	s.complained.Store(-1)
	s.draining, s.drain = context.WithCancel(context.Background())
	s.base, s.abort = context.WithCancel(context.Background())
	return s, nil
}

// Serve receives on the listener, once, until ctx ends. Then it accepts nothing more,
// cuts delays short, and returns when the requests in hand are answered and reported;
// it closes the listener. The error is ErrAborted when they had to be cut off, by Abort
// or at the end of the grace, or it says why nothing can be accepted.
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

// Abort cuts off what is in hand. Serve then returns as soon as that is reported.
func (s *Server) Abort() { s.abort() }

// finish waits for what is in hand, within the grace.
func (s *Server) finish(server *http.Server) error {
	s.closeIdle()
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

// complaints are what the HTTP library would log.
type complaints struct{ server *Server }

func (c complaints) Write(text []byte) (int, error) {
	reason := strings.TrimPrefix(strings.TrimSpace(string(text)), "http: ")
	if !strings.HasPrefix(reason, "Accept error: ") || c.server.tellsAgain() {
		c.server.malformed("", reason)
	}
	return len(text), nil
}

// complainEvery is how often it is said that connections cannot be accepted, which is tried
// many times a second.
const complainEvery = 10 * time.Second

func (s *Server) tellsAgain() bool {
	now, told := int64(s.clock()), s.complained.Load()
	return (told < 0 || now-told >= int64(complainEvery)) && s.complained.CompareAndSwap(told, now)
}

func (s *Server) malformed(remote, reason string) {
	m := Malformed{At: s.options.Now(), Remote: remote, Reason: reason}
	s.reports.add(len(reason), func() { s.options.OnMalformed(m) })
}

func (s *Server) connState(nc net.Conn, state http.ConnState) {
	c := nc.(*conn)
	switch state {
	case http.StateIdle:
		c.rest()
	case http.StateClosed:
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
		<-c.slots
		s.open.Done()
	}
}

// closeIdle closes connections that no request has begun on. The HTTP library would
// give a new one five seconds first.
func (s *Server) closeIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.giveWay(idle)
	}
}
