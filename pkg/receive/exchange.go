// This file is the course of a request: it is read, checked, recorded, responded to and reported.
// Errors are in refusal.go, forwarding is in forward.go, data that is not a request in malformed.go.

package receive

import (
	"context"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// exchange is a request in flight.
type exchange struct {
	Reception
	s *Server
	w http.ResponseWriter
	r *http.Request

	place    place // of its report
	reserved int64 // of Limits.Bodies
	cut      bool  // close the connection without a response, or in the middle of it
}

// plannedResponse is what a request is to get.
type plannedResponse struct {
	status  int // 0 closes the connection without a response
	headers http.Header
	body    []byte
	rest    *http.Response // the target's response, whose remaining body follows; may be nil

	outcome Outcome
	problem string

	delay bool // wait for Options.Delay first
	last  bool // close the connection afterwards
	hang  bool // wait until the sender disconnects
	reset bool // then reset the connection, as a crash would
}

func (p plannedResponse) close() {
	if p.rest != nil {
		p.rest.Body.Close()
	}
}

// ServeHTTP responds to one request and reports it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := s.options.Now()
	if c := connOf(r); c != nil {
		c.serve()
	}
	if isHTTP2Preface(r) {
		s.refuseHTTP2(w, r)
		return
	}
	restoreHeaders(r)
	x := &exchange{s: s, w: w, r: r, Reception: Reception{
		N: s.requests.Add(1), At: at, Remote: r.RemoteAddr,
		Method: r.Method, Path: r.RequestURI, Proto: r.Proto, Headers: r.Header,
	}}
	x.respond(x.decide())
	x.Took = s.options.Now().Sub(at)
	x.w, x.r = nil, nil // they must not be used after this
	s.reports.add(&x.place, x.size(), x.report)
	x.release()
	if x.cut {
		panic(http.ErrAbortHandler)
	}
}

// restoreHeaders restores the headers that net/http removes from a request.
func restoreHeaders(r *http.Request) {
	r.Header["Host"] = []string{r.Host}
	deliver.RestoreFraming(r.Header, r.TransferEncoding, r.Trailer)
}

// decide reads the request and plans its response. An event is recorded before decide returns.
func (x *exchange) decide() plannedResponse {
	body, err := x.readBody()
	if err != nil {
		return refuseBody(err, x.s.options.Limits)
	}
	x.Body = body
	if refused, ok := x.refuse(); ok {
		return refused
	}
	return x.record(x.plan(x.fault()))
}

// check checks the event against the documented contract.
func (x *exchange) check() {
	x.Report = x.s.options.Catalog.ValidateRequest(apizee.Request{Method: x.Method, Headers: x.Headers, Body: x.Body})
}

// plan returns the response to an event, provided that it can be recorded.
func (x *exchange) plan(fault Fault) plannedResponse {
	switch {
	case fault.Hang:
		return plannedResponse{outcome: Failed, problem: "injected fault: no response", hang: true}
	case fault.Reset:
		return plannedResponse{outcome: Failed, problem: "injected fault: connection reset", reset: true, delay: true}
	case fault.Status != 0:
		return plannedResponse{status: fault.Status, outcome: Failed, problem: "injected fault: error status", delay: true}
	case x.s.options.Forward != nil:
		return x.forward()
	}
	r := x.s.options.Response
	return plannedResponse{status: r.Status, headers: x.s.headers, body: r.Body, outcome: Accepted, delay: true}
}

func (x *exchange) record(planned plannedResponse) plannedResponse {
	if x.s.options.Record == nil {
		return planned
	}
	x.check()
	x.notePlan(planned)
	entry := x.Entry()
	entry.Status, entry.Took = planned.status, x.s.options.Now().Sub(x.At)
	place, err := x.s.options.Record(entry)
	if err == nil {
		x.Place = place
		return planned
	}
	planned.close()
	return plannedResponse{status: http.StatusInsufficientStorage, outcome: NotRecorded, problem: err.Error()}
}

// notePlan notes the outcome and the response, which are those of the plan unless sending fails. It
// copies nothing.
func (x *exchange) notePlan(p plannedResponse) {
	x.Outcome, x.Problem = p.outcome, p.problem
	x.Response = recording.Response{Headers: sentHeaders(p.headers)}
	switch {
	case !x.hasBody(p):
	case p.rest != nil:
		x.Response.Body, x.Response.Truncated = x.Forwarded.Body, x.Forwarded.Truncated
	default:
		x.Response.Body, x.Response.Truncated = p.body[:min(len(p.body), deliver.KeptBody)], len(p.body) > deliver.KeptBody
	}
}

// hasBody reports whether the response may have a body.
func (x *exchange) hasBody(p plannedResponse) bool {
	return allowsBody(p.status) && x.r.Method != http.MethodHead
}

// sentHeaders returns the headers without those that are nil, to keep net/http from sending its own.
func sentHeaders(headers http.Header) http.Header {
	for _, values := range headers {
		if values == nil {
			headers = maps.Clone(headers)
			maps.DeleteFunc(headers, func(_ string, values []string) bool { return values == nil })
			break
		}
	}
	return headers
}

// respond sends the response and notes the outcome.
func (x *exchange) respond(p plannedResponse) {
	defer p.close()
	x.notePlan(p)
	switch {
	case p.hang:
		x.wait(-1)
	case p.delay && x.s.options.Delay > 0:
		x.wait(x.s.options.Delay)
	}
	if p.reset {
		if c := connOf(x.r); c != nil {
			c.reset()
		}
	}
	if p.status == 0 {
		x.cut = true
		return
	}
	// A body that could not be read has ended the context too.
	if x.r.Context().Err() != nil && !p.last {
		x.noResponse(nil, false)
		return
	}
	x.Status = p.status
	x.write(p)
}

// write writes the response. Before a write that may be the last the sender waits for, it reserves the place
// of the report; a slow one may have lost its place by the next.
func (x *exchange) write(p plannedResponse) {
	header := x.w.Header()
	maps.Copy(header, p.headers)
	if allowsBody(p.status) && len(p.body) == 0 && p.rest == nil {
		header.Set("Content-Length", "0") // else net/http sends an empty chunk
	}
	if p.last || x.s.isCrowded() {
		header.Set("Connection", "close")
	}
	c := connOf(x.r)
	before := c.bytesWritten()
	x.w.WriteHeader(p.status)
	if err := x.writeBody(p); err != nil {
		x.truncated(err, c.bytesWritten() > before)
		return
	}
	x.s.reports.reserve(&x.place)
	// Flush now, so that a failure can be reported.
	if err := http.NewResponseController(x.w).Flush(); err != nil {
		x.noResponse(err, c.bytesWritten() > before)
	}
}

func (x *exchange) writeBody(p plannedResponse) error {
	if !x.hasBody(p) {
		return nil
	}
	x.s.reports.reserve(&x.place)
	if len(p.body) > 0 {
		if _, err := x.w.Write(p.body); err != nil {
			return err
		}
	}
	if p.rest == nil {
		return nil
	}
	_, err := io.Copy(x.w, p.rest.Body)
	addTrailer(x.w.Header(), p.rest)
	return err
}

// wait waits for d, or until the sender disconnects or the server stops. A negative d has no end.
func (x *exchange) wait(d time.Duration) {
	ctx, cancel := context.WithCancel(x.r.Context())
	defer cancel()
	defer context.AfterFunc(x.s.draining, cancel)()
	if d < 0 {
		<-ctx.Done()
		return
	}
	_ = x.s.options.Sleep(ctx, d) // an early end is as good as a late one
}

// report reports the request. An event that was not recorded is checked here, after its sender
// got the response.
func (x *exchange) report() {
	if x.s.options.Record == nil && x.Outcome.IsEvent() {
		x.check()
	}
	x.s.options.OnReception(&x.Reception)
}
