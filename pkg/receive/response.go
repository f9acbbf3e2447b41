package receive

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// Response is the answer to an event.
type Response struct {
	Status int // 200 to 599; 0 means 204, or 200 with a body

	// Headers are sent as they are; framing is left out. Without a Content-Type a body
	// is sent as application/json when it is JSON, else as text/plain.
	Headers []deliver.Header

	Body []byte
}

func (r Response) withDefaults() (Response, error) {
	if r.Status == 0 {
		r.Status = http.StatusNoContent
		if len(r.Body) > 0 {
			r.Status = http.StatusOK
		}
	}
	if r.Status < 200 || r.Status > 599 {
		return r, fmt.Errorf("status %d is not between 200 and 599", r.Status)
	}
	if len(r.Body) > 0 && !allowsBody(r.Status) {
		return r, fmt.Errorf("a reply with status %d cannot have a body; choose another status, such as 200", r.Status)
	}
	for _, h := range r.Headers {
		if h.Name == "" {
			return r, errors.New("a reply header has no name")
		}
	}
	return r, nil
}

func allowsBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// header is what a planned reply carries.
func (r Response) header() http.Header {
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
func (r Response) contentType() []deliver.Header {
	switch {
	case len(r.Body) == 0:
		return nil
	case json.Valid(r.Body):
		return []deliver.Header{{Name: "Content-Type", Value: "application/json"}}
	}
	return []deliver.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}}
}
