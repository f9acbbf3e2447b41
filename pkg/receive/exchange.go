package receive

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// exchange is a request in hand.
type exchange struct {
	Reception
	s   *Server
	w   http.ResponseWriter
	r   *http.Request
	cut bool // close the connection without an answer, or in the middle of it
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
	if x.cut {
		panic(http.ErrAbortHandler)
	}
}

// report tells of the request. An event that was not recorded is checked only now, when its
// sender does not wait for it any more.
func (x *exchange) report() {
	if x.s.options.Record == nil && x.Outcome.IsEvent() {
		x.check()
	}
	x.s.options.OnReception(x.Reception)
}

// check holds the event against the contract.
func (x *exchange) check() {
	x.Report = x.s.options.Catalog.ValidateRequest(apizee.Request{Method: x.Method, Headers: x.Headers, Body: x.Body})
}

// decide reads the request and finds its answer. An event is recorded by then.
func (x *exchange) decide() answer {
	body, err := readBody(x.r, x.s.options.Limits.Body)
	if err != nil {
		return unread(err, x.s.options.Limits)
	}
	x.Body = body
	if refused, ok := x.refusal(); ok {
		return refused
	}
	planned := x.plan(x.fault())
	return x.record(planned)
}

// unread is the answer to a request whose body is not here.
func unread(err error, limits Limits) answer {
	switch {
	case errors.Is(err, errTooLarge):
		return answer{status: http.StatusRequestEntityTooLarge, outcome: TooLarge, last: true,
			problem: fmt.Sprintf("the body is longer than %d bytes", limits.Body)}
	case deliver.IsTimeout(err):
		return answer{status: http.StatusRequestTimeout, outcome: Incomplete, last: true,
			problem: "the body did not end within " + limits.Request.String()}
	case errors.Is(err, net.ErrClosed):
		return answer{outcome: Incomplete, problem: "the listener stopped in the middle of the body"}
	case deliver.IsClosed(err):
		return answer{outcome: Incomplete, problem: "the sender closed the connection in the middle of the body"}
	case errors.As(err, new(textproto.ProtocolError)): // it quotes a line, which may be secret
		return answer{status: http.StatusBadRequest, outcome: Incomplete, last: true,
			problem: "the trailer behind the body is malformed"}
	}
	return answer{status: http.StatusBadRequest, outcome: Incomplete, last: true,
		problem: fmt.Sprintf("the body cannot be read: %v", err)}
}

// refusal turns away what is no event.
func (x *exchange) refusal() (answer, bool) {
	if x.s.options.Path != "" && x.r.URL.Path != x.s.options.Path {
		return answer{status: http.StatusNotFound, outcome: WrongPath, problem: "only " + x.s.options.Path + " is served"}, true
	}
	if name := x.s.options.RequireHeader.Name; name != "" && !x.authorized() {
		problem := "the header " + name + " has another value than is required"
		if len(x.r.Header.Values(name)) == 0 {
			problem = "the header " + name + " is missing"
		}
		return answer{status: http.StatusUnauthorized, outcome: Unauthorized, problem: problem}, true
	}
	return answer{}, false
}

// authorized compares in a time that tells nothing of the value, its length included.
func (x *exchange) authorized() bool {
	want := sha256.Sum256([]byte(x.s.options.RequireHeader.Value))
	for _, value := range x.r.Header.Values(x.s.options.RequireHeader.Name) {
		got := sha256.Sum256([]byte(value))
		if subtle.ConstantTimeCompare(got[:], want[:]) == 1 {
			return true
		}
	}
	return false
}

func (x *exchange) fault() Fault {
	n := x.s.events.Add(1)
	if x.s.options.Fault == nil {
		return Fault{}
	}
	return x.s.options.Fault(n)
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
	return answer{status: x.s.options.Reply.Status, headers: x.s.headers, body: x.s.options.Reply.Body, outcome: Accepted, delay: true}
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
