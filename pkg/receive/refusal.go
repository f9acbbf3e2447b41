// This file says why a request is no event, or does not get the answer that was planned.

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
)

// unread is the answer to a request whose body is not here.
func unread(err error, limits Limits) answer {
	switch {
	case errors.Is(err, errTooLarge):
		return answer{status: http.StatusRequestEntityTooLarge, outcome: TooLarge, last: true,
			problem: fmt.Sprintf("the body is longer than %d bytes", limits.Body)}
	case errors.Is(err, errNoRoom):
		return noRoom(limits)
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

// unanswered notes that no answer can be sent, and maybe why. An earlier problem counts for
// more.
func (x *exchange) unanswered(err error) {
	x.cut, x.Status = true, 0
	if x.Outcome != Accepted {
		return
	}
	x.Outcome, x.Problem = NoResponse, x.leaver()+" before the answer"
	if deliver.IsTimeout(err) {
		x.Problem = "the sender did not take the answer in time"
	}
}

// leaver says who did not wait for the answer. A sender that closes only its side is taken
// for one that has given up, since nothing tells the two apart.
func (x *exchange) leaver() string {
	if x.s.base.Err() != nil {
		return "the listener stopped"
	}
	return "the sender closed its side of the connection"
}

// broken notes that the answer broke off in its middle.
func (x *exchange) broken(err error) {
	var failure *deliver.Failure
	if x.Forwarded == nil || !errors.As(err, &failure) {
		x.unanswered(err)
		return
	}
	x.cut = true
	x.Forwarded.Failure = failure
	x.Outcome, x.Problem = NotForwarded, "not forwarded whole: "+failure.Message
}
