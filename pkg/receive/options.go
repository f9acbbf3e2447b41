package receive

import (
	"context"
	"crypto/tls"
	"fmt"
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

	Response Response

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
	if o.TLS != nil {
		o.TLS = o.TLS.Clone()
		o.TLS.NextProtos = []string{"http/1.1"}
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
	reply, err := o.Response.withDefaults()
	o.Response = reply
	return o, err
}
