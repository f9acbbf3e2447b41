package receive

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// answer is what a request gets.
type answer struct {
	status  int // 0 is none: the connection is closed
	headers http.Header
	body    []byte
	rest    io.ReadCloser // what is still to come after body; may be nil

	outcome Outcome
	problem string

	delay bool // wait as long as the user wants
	last  bool // close the connection afterwards
	hang  bool // wait for the sender to give up
	reset bool // then close the connection as a crash would
}

func (a answer) close() {
	if a.rest != nil {
		a.rest.Close()
	}
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

// unanswered notes that no answer can be sent, and maybe why. An earlier problem counts for
// more.
func (x *exchange) unanswered(err error) {
	x.cut, x.Status = true, 0
	if x.Outcome != Accepted {
		return
	}
	x.Outcome, x.Problem = Unanswered, x.leaver()+" before the answer"
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
	if a.rest == nil {
		return nil
	}
	_, err := io.Copy(x.w, a.rest)
	return err
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

// header is what a planned reply carries.
func (r Reply) header() http.Header {
	header := http.Header{}
	if len(r.Body) > 0 {
		header["Content-Type"] = nil // else the HTTP library guesses one
		header.Set("Content-Length", strconv.Itoa(len(r.Body)))
	}
	for _, h := range deliver.Override(r.contentType(), r.Headers) {
		if !h.Remove {
			header.Add(h.Name, h.Value)
		}
	}
	return header
}

// contentType is the default header for the reply's body.
func (r Reply) contentType() []deliver.Header {
	switch {
	case len(r.Body) == 0:
		return nil
	case json.Valid(r.Body):
		return []deliver.Header{{Name: "Content-Type", Value: "application/json"}}
	}
	return []deliver.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}}
}
