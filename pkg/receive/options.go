package receive

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// Options say what is received and how it is answered. The zero value takes events on
// any path and answers 204.
type Options struct {
	// Catalog is what events are held against; nil means apizee.Documented().
	Catalog *apizee.Catalog

	// Path is the only path that is served, such as "/apizeehooks/". Elsewhere the
	// answer is 404. Empty serves any path.
	Path string

	Reply Reply

	// Delay is the wait before an event is answered.
	Delay time.Duration

	// RequireHeader is what an event must carry; without it the answer is 401. Its
	// value is compared in constant time. An empty name requires nothing.
	RequireHeader deliver.Header

	// Forward passes events on and answers what comes back; nil passes nothing on.
	Forward *Forwarder

	// Record keeps an event before it is answered; when it fails the answer is 507.
	// It is called concurrently; nil keeps nothing.
	Record func(recording.Entry) error

	// Fault is how the n-th event goes wrong on purpose; nil is never.
	Fault func(n int64) Fault

	// OnReception hears of each request after it was answered, and OnMalformed of what
	// was no request; both may be nil. They are called one at a time, and hold up no
	// connection until reports of 4 MiB wait for them. Serve returns when they have
	// heard of everything.
	OnReception func(Reception)
	OnMalformed func(Malformed)

	Limits Limits

	// TLS makes the server speak HTTPS; nil is plain HTTP. See SelfSigned.
	TLS *tls.Config

	// Now must be monotonic, as time.Now is, which nil means. Sleep waits for d or for
	// the end of ctx; nil means deliver.Sleep.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// Limits bound what a sender can take up. A zero means the default beside it.
type Limits struct {
	Body        int64         // bytes of a body (1 MiB); beyond it the answer is 413
	Headers     int           // bytes of the request line and the headers (64 KiB, and a few KiB of slack)
	Connections int           // at the same time (1024); further ones wait, and those without a whole request make room
	Spare       time.Duration // until an idle connection may have to make room (250ms); one on which a request or a TLS handshake began, after four times that
	Request     time.Duration // until a request is here, from its first byte (10s)
	Idle        time.Duration // between two requests of a connection (2m)
	Write       time.Duration // until a ready answer is taken (10s)

	// Grace is how long requests in hand may take to finish once the server is to stop.
	// 0 is as long as they need.
	Grace time.Duration
}

// Reply is the answer to an event.
type Reply struct {
	Status int // 200 to 599; 0 means 204, or 200 with a body

	// Headers are sent as they are; framing is left out. Without a Content-Type a body
	// is sent as application/json when it is JSON, else as text/plain.
	Headers []deliver.Header

	Body []byte
}

func (l Limits) withDefaults() Limits {
	l.Body = cmp.Or(l.Body, 1<<20)
	l.Headers = cmp.Or(l.Headers, 64<<10)
	l.Connections = cmp.Or(l.Connections, 1024)
	l.Spare = cmp.Or(l.Spare, 250*time.Millisecond)
	l.Request = cmp.Or(l.Request, 10*time.Second)
	l.Idle = cmp.Or(l.Idle, 2*time.Minute)
	l.Write = cmp.Or(l.Write, 10*time.Second)
	return l
}

func (o Options) withDefaults() (Options, error) {
	o.Limits = o.Limits.withDefaults()
	if o.Catalog == nil {
		o.Catalog = apizee.Documented()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = deliver.Sleep
	}
	if o.OnReception == nil {
		o.OnReception = func(Reception) {}
	}
	if o.OnMalformed == nil {
		o.OnMalformed = func(Malformed) {}
	}
	if o.Path != "" && !strings.HasPrefix(o.Path, "/") {
		return o, fmt.Errorf("path %q does not begin with a slash; write it like /apizeehooks/", o.Path)
	}
	if strings.ContainsAny(o.Path, "?#") {
		return o, fmt.Errorf("path %q holds a query; name the path alone", o.Path)
	}
	if o.RequireHeader.Name != "" && o.RequireHeader.Value == "" {
		return o, fmt.Errorf("required header %q has no value; write it as 'Name: value'", o.RequireHeader.Name)
	}
	reply, err := o.Reply.withDefaults()
	o.Reply = reply
	return o, err
}

func (r Reply) withDefaults() (Reply, error) {
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

// writeTimeout is how long an answer may take from the end of the request's headers,
// with all that it has to wait for. 0 is no limit.
func (o Options) writeTimeout() time.Duration {
	all := o.Limits.Request + o.Delay + o.Limits.Write
	if o.Forward == nil {
		return all
	}
	if o.Forward.Timeout <= 0 {
		return 0
	}
	return all + o.Forward.Timeout
}
