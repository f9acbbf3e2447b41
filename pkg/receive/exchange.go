// This file is the way of a request: it is read, held against the contract, recorded, answered
// and shown. What goes otherwise is in refusal.go and forward.go; what is no request is in
// malformed.go.

package receive

import (
	"context"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// exchange is a request in hand.
type exchange struct {
	Reception
	s *Server
	w http.ResponseWriter
	r *http.Request

	reserved int64 // of Limits.Bodies
	cut      bool  // close the connection without an answer, or in the middle of it
}

// answer is what a request gets.
type answer struct {
	status  int // 0 is none: the connection is closed
	headers http.Header
	body    []byte
	reply   *http.Response // that is passed back, with what is still to come of it; may be nil

	outcome Outcome
	problem string

	delay bool // wait as long as the user wants
	last  bool // close the connection afterwards
	hang  bool // wait for the sender to give up
	reset bool // then close the connection as a crash would
}

func (a answer) close() {
	if a.reply != nil {
		a.reply.Body.Close()
	}
}

// ServeHTTP answers one request, and has it reported.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := s.options.Now()
	if c := connOf(r); c != nil {
		c.serve()
	}
	if speaksHTTP2(r) {
		s.refuseHTTP2(w, r)
		return
	}
	r.Header["Host"] = []string{r.Host}
	x := &exchange{s: s, w: w, r: r, Reception: Reception{
		N: s.requests.Add(1), At: at, Remote: r.RemoteAddr,
		Method: r.Method, Path: r.RequestURI, Proto: r.Proto, Headers: r.Header,
	}}
	x.answer(x.decide())
	x.Took = s.options.Now().Sub(at)
	x.w, x.r = nil, nil // they are not to be used later than this
	s.reports.add(x.size(), x.report)
	x.release()
	if x.cut {
		panic(http.ErrAbortHandler)
	}
}

// decide reads the request and finds its answer. An event is recorded by then.
func (x *exchange) decide() answer {
	body, err := x.readBody()
	if err != nil {
		return unread(err, x.s.options.Limits)
	}
	x.Body = body
	if refused, ok := x.refusal(); ok {
		return refused
	}
	return x.record(x.plan(x.fault()))
}

// check holds the event against the contract.
func (x *exchange) check() {
	x.Report = x.s.options.Catalog.ValidateRequest(apizee.Request{Method: x.Method, Headers: x.Headers, Body: x.Body})
}

// plan is the answer to an event, unless it cannot be recorded.
func (x *exchange) plan(fault Fault) answer {
	switch {
	case fault.Hang:
		return answer{outcome: Failed, problem: "left without an answer on purpose", hang: true}
	case fault.Reset:
		return answer{outcome: Failed, problem: "the connection was reset on purpose", reset: true}
	case fault.Status != 0:
		return answer{status: fault.Status, outcome: Failed, problem: "failed on purpose", delay: true}
	case x.s.options.Forward != nil:
		return x.forward()
	}
	return answer{status: x.s.options.Response.Status, headers: x.s.headers, body: x.s.options.Response.Body, outcome: Accepted, delay: true}
}

func (x *exchange) record(planned answer) answer {
	if x.s.options.Record == nil {
		return planned
	}
	x.check()
	err := x.s.options.Record(recording.Entry{
		ReceivedAt: x.At, Method: x.Method, Path: x.Path, Headers: x.Headers, Body: x.Body,
		Status: planned.status, Findings: x.Report.Findings,
	})
	if err == nil {
		return planned
	}
	planned.close()
	return answer{status: http.StatusInsufficientStorage, outcome: NotRecorded, problem: err.Error()}
}

// answer sends a, and notes what became of it.
func (x *exchange) answer(a answer) {
	defer a.close()
	x.Outcome, x.Problem = a.outcome, a.problem
	switch {
	case a.hang:
		x.wait(-1)
	case a.delay && x.s.options.Delay > 0:
		x.wait(x.s.options.Delay)
	}
	if a.reset {
		if c := connOf(x.r); c != nil {
			c.reset()
		}
	}
	if a.status == 0 {
		x.cut = true
		return
	}
	// A body that could not be read has ended the context too.
	if x.r.Context().Err() != nil && !a.last {
		x.unanswered(nil)
		return
	}
	x.Status = a.status
	x.write(a)
}

func (x *exchange) write(a answer) {
	header := x.w.Header()
	maps.Copy(header, a.headers)
	if a.last || x.s.isCrowded() {
		header.Set("Connection", "close")
	}
	x.w.WriteHeader(a.status)
	if err := x.writeBody(a); err != nil {
		x.broken(err)
		return
	}
	// It is written now, so that a failure can be reported.
	if err := http.NewResponseController(x.w).Flush(); err != nil {
		x.unanswered(err)
	}
}

func (x *exchange) writeBody(a answer) error {
	if !allowsBody(a.status) || x.r.Method == http.MethodHead {
		return nil
	}
	if len(a.body) > 0 {
		if _, err := x.w.Write(a.body); err != nil {
			return err
		}
	}
	if a.reply == nil {
		return nil
	}
	more, err := io.Copy(x.w, a.reply.Body)
	x.Forwarded.Truncated = x.Forwarded.Truncated || more > 0 || err != nil
	addTrailer(x.w.Header(), a.reply)
	return err
}

// wait pauses for d, or until the sender is gone or the server is to stop; d below 0 is
// for ever.
func (x *exchange) wait(d time.Duration) {
	x.allowTime()
	ctx, cancel := context.WithCancel(x.r.Context())
	defer cancel()
	defer context.AfterFunc(x.s.draining, cancel)()
	if d < 0 {
		<-ctx.Done()
		return
	}
	// An early end is as good as a late one.
	_ = x.s.options.Sleep(ctx, d)
}

// allowTime lifts the limit for the arrival of the request, which is here by now. The
// HTTP library would take its end for a sender that is gone.
func (x *exchange) allowTime() {
	// A test's ResponseWriter has no deadline to lift.
	_ = http.NewResponseController(x.w).SetReadDeadline(time.Time{})
}

// report tells of the request. An event that was not recorded is checked only now, when its
// sender does not wait for it any more.
func (x *exchange) report() {
	if x.s.options.Record == nil && x.Outcome.IsEvent() {
		x.check()
	}
	x.s.options.OnReception(x.Reception)
}
