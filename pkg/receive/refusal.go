// This file is about requests that are not events, or that do not get the planned response.

package receive

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// refuseBody returns the response to a request whose body could not be read.
func refuseBody(err error, limits Limits) plannedResponse {
	switch {
	case errors.Is(err, errTooLarge):
		return plannedResponse{status: http.StatusRequestEntityTooLarge, outcome: TooLarge, last: true,
			problem: fmt.Sprintf("the body is longer than %d bytes", limits.Body)}
	case errors.Is(err, errNoRoom):
		return plannedResponse{status: http.StatusServiceUnavailable, outcome: Incomplete, last: true,
			problem: fmt.Sprintf("the bodies of other requests used all %d bytes for %s", limits.Bodies, limits.Request)}
	case deliver.IsTimeout(err):
		return plannedResponse{status: http.StatusRequestTimeout, outcome: Incomplete, last: true,
			problem: "the body was incomplete after " + limits.Request.String()}
	case errors.Is(err, net.ErrClosed):
		return plannedResponse{outcome: Incomplete, problem: "the listener stopped before the body was complete"}
	case deliver.IsClosed(err):
		return plannedResponse{outcome: Incomplete, problem: "truncated body: the sender disconnected"}
	case errors.As(err, new(textproto.ProtocolError)): // it quotes a line, which may be secret
		return plannedResponse{status: http.StatusBadRequest, outcome: Incomplete, last: true,
			problem: "the trailer after the body is malformed"}
	}
	return plannedResponse{status: http.StatusBadRequest, outcome: Incomplete, last: true,
		problem: fmt.Sprintf("the body cannot be read: %v", err)}
}

// refuse returns the response to a request that is not an event.
func (x *exchange) refuse() (plannedResponse, bool) {
	if x.s.path != "" && x.r.URL.Path != x.s.path {
		return plannedResponse{status: http.StatusNotFound, outcome: WrongPath, problem: "only " + x.s.options.Path + " is served"}, true
	}
	if name := x.s.options.RequireHeader.Name; name != "" && !x.isAuthorized() {
		problem := "the header " + name + " does not have the required value"
		if len(x.r.Header.Values(name)) == 0 {
			problem = "the header " + name + " is missing"
		}
		return plannedResponse{status: http.StatusUnauthorized, outcome: Unauthorized, problem: problem}, true
	}
	return plannedResponse{}, false
}

// isAuthorized compares in a time that does not depend on the value or its length.
func (x *exchange) isAuthorized() bool {
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

// noResponse notes that the response cannot be sent, or not to its end; err may say why. An earlier problem
// is kept.
func (x *exchange) noResponse(err error, hasBegun bool) {
	x.cut = true
	when := " during the response"
	if !hasBegun {
		x.Status, x.Response, when = 0, recording.Response{}, " before the response"
	}
	if x.Outcome != Accepted {
		return
	}
	x.Outcome, x.Problem = NoResponse, x.disconnectReason()+when
	if deliver.IsTimeout(err) {
		x.Problem = "the sender did not read the response in time"
	}
}

// disconnectReason returns why the connection ended. A sender that closes only its own side
// counts as disconnected, because the two cannot be told apart.
func (x *exchange) disconnectReason() string {
	if x.s.base.Err() != nil {
		return "the listener stopped"
	}
	return "the sender disconnected"
}

// truncated notes that the response ended early.
func (x *exchange) truncated(err error, hasBegun bool) {
	var failure *deliver.Failure
	// Reading is canceled when the sender has disconnected, or the server stops.
	if x.Forwarded == nil || !errors.As(err, &failure) || failure.Kind == deliver.KindCanceled {
		x.noResponse(err, hasBegun)
		return
	}
	x.cut = true
	x.Forwarded.Failure = failure
	x.Outcome, x.Problem = NotForwarded, "truncated response: "+failure.Message
}
