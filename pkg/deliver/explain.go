package deliver

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// circumstances are what is known about a failed delivery beside its error. Many
// errors of the HTTP library have no type, so how far the request got tells more.
type circumstances struct {
	url      *url.URL
	timeout  time.Duration
	seen     marks
	replied  bool // the head of the reply came
	canceled bool // the caller's context was cancelled
	expired  bool // a deadline passed
}

func (c circumstances) explain(err error) *Failure {
	if known := (*Failure)(nil); errors.As(err, &known) && !c.canceled && !c.expired {
		return known // by the transport
	}
	f := c.classify(err)
	if c.seen.proxy != nil && f.Kind != KindProxy && f.Kind != KindCanceled {
		f.Message += ", through the proxy " + showProxy(c.seen.proxy)
	}
	f.Err, f.Address = err, Address(c.url)
	return &f
}

func (c circumstances) classify(err error) Failure {
	if c.canceled {
		return Failure{Kind: KindCanceled, Message: "stopped before the reply was complete"}
	}
	if c.expired {
		return c.timedOut()
	}
	if f, ok := c.noConnection(err); ok {
		return f
	}
	if f, ok := c.noTrust(err); ok {
		return f
	}
	switch {
	case IsTimeout(err):
		return c.timedOut()
	case isLongHead(err):
		return c.longHead()
	case IsClosed(err), c.seen.ready && !c.answering():
		return c.closed()
	case c.answering() && isHTTP2(err):
		return c.wantsHTTP2()
	case c.answering():
		return c.badReply()
	}
	return Failure{Kind: KindOther, Message: fmt.Sprintf("could not send to %s: %v", Address(c.url), err)}
}

// answering says whether any byte of a reply came.
func (c circumstances) answering() bool { return c.replied || !c.seen.firstByte.IsZero() }

// noConnection knows the failures on the way to the server.
func (c circumstances) noConnection(err error) (Failure, bool) {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "proxyconnect" && c.seen.proxy != nil:
		return Failure{
			Kind: KindProxy, Remedy: RemedyNoProxy,
			Message: fmt.Sprintf("the proxy %s on the way to %s cannot be reached", showProxy(c.seen.proxy), Address(c.url)),
			Hint:    "check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, or name the host in NO_PROXY",
		}, true
	case errors.As(err, &dns):
		return notFound(dns), true
	case errors.As(err, &op) && op.Net == "unix" && (isAny(err, refusedErrnos()) || errors.Is(err, fs.ErrNotExist)):
		return Failure{
			Kind:    KindRefused,
			Message: fmt.Sprintf("nothing listens on the socket %s", op.Addr),
			Hint:    "check its path, and that the server is running",
		}, true
	case isAny(err, []syscall.Errno{syscall.EMFILE, syscall.ENFILE}):
		return Failure{
			Kind:    KindOther,
			Message: fmt.Sprintf("no file descriptor is left here for a connection to %s", Address(c.url)),
			Hint:    "raise the limit, as with `ulimit -n 4096`, or deliver fewer events at once",
		}, true
	case isAny(err, noPortErrnos()):
		return Failure{
			Kind:    KindOther,
			Message: fmt.Sprintf("no port is left here for a connection to %s", Address(c.url)),
			Hint:    "a closed connection holds its port for about a minute",
			Remedy:  RemedyKeep,
		}, true
	case isAny(err, refusedErrnos()):
		return c.refused(), true
	case isAny(err, unreachableErrnos()):
		return Failure{
			Kind:    KindUnreachable,
			Message: fmt.Sprintf("there is no route to %s", Address(c.url)),
			Hint:    "check the address and the network",
		}, true
	}
	return Failure{}, false
}

func notFound(dns *net.DNSError) Failure {
	message := fmt.Sprintf("the name %s could not be looked up", dns.Name)
	if dns.IsNotFound {
		message = fmt.Sprintf("there is no host named %s", dns.Name)
	}
	return Failure{Kind: KindDNS, Message: message, Hint: "check the spelling of the name and the network"}
}

func (c circumstances) refused() Failure {
	f := Failure{Kind: KindRefused, Message: "nothing listens on " + Address(c.url), Hint: "check host and port, and that the server is running"}
	if IsLoopback(c.url.Hostname()) {
		f.Hint, f.Remedy = "start your server", RemedyListener
		if c.url.Scheme == "https" {
			f.Remedy = RemedyTLSListener
		}
	}
	return f
}

func (c circumstances) timedOut() Failure {
	within := "in time"
	if c.timeout > 0 {
		within = "within " + c.timeout.String()
	}
	to := Address(c.url)
	f := Failure{Kind: KindTimeout, Hint: "look at what keeps the server busy", Remedy: RemedyPatience}
	switch {
	case c.answering():
		f.Message = fmt.Sprintf("the reply of %s did not end %s", to, within)
	case c.seen.ready:
		f.Message = fmt.Sprintf("%s did not answer %s", to, within)
	case !c.seen.tlsStart.IsZero():
		f.Message = fmt.Sprintf("the TLS handshake with %s did not end %s", to, within)
		f.Hint = "check that the server speaks TLS on this port"
	default:
		f.Message = fmt.Sprintf("no connection to %s came about %s", to, within)
		f.Hint = "check host, port and firewall"
	}
	return f
}

func (c circumstances) closed() Failure {
	when := "before it answered"
	if c.answering() {
		when = "in the middle of its reply"
	}
	hint := "look at the server's own log; it may have crashed, refused the request, or speak HTTP/2 only"
	if c.seen.reused && !c.answering() {
		hint += ", or closes connections without \"Connection: close\""
	}
	return Failure{Kind: KindReset, Message: fmt.Sprintf("%s closed the connection %s", Address(c.url), when), Hint: hint}
}

func (c circumstances) badReply() Failure {
	hint := "check that an HTTP server listens on this port"
	if c.url.Scheme == "http" {
		hint += "; if it speaks TLS, use https://"
	}
	return Failure{
		Kind:    KindBadReply,
		Message: fmt.Sprintf("the reply of %s is not valid HTTP", Address(c.url)),
		Hint:    hint,
	}
}

// isHTTP2 knows a reply that is HTTP/2's first frame, its settings, in an error of the HTTP
// library that quotes it.
func isHTTP2(err error) bool {
	quoted := err.Error()
	return strings.Contains(quoted, `HTTP response "\x00`) && strings.Contains(quoted, `\x04\x00\x00\x00\x00\x00`)
}

func (c circumstances) wantsHTTP2() Failure {
	return Failure{
		Kind:    KindBadReply,
		Message: fmt.Sprintf("%s wants HTTP/2; Apizee speaks HTTP/1.1", Address(c.url)),
		Hint:    "have the server accept HTTP/1.1 too",
	}
}

func (c circumstances) longHead() Failure {
	return Failure{
		Kind:    KindBadReply,
		Message: fmt.Sprintf("the head of the reply of %s is longer than %d KiB", Address(c.url), headLimit>>10),
		Hint:    "look at what makes the headers so long",
	}
}

// IsTimeout says whether a limit of time ended the reading or the writing.
func IsTimeout(err error) bool {
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}

// isLongHead knows an error of the HTTP library that has no type.
func isLongHead(err error) bool {
	return strings.Contains(err.Error(), "response headers exceeded")
}

// IsClosed says whether the other side closed the connection, or reset it.
func IsClosed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isAny(err, resetErrnos())
}

func isAny(err error, numbers []syscall.Errno) bool {
	return slices.ContainsFunc(numbers, func(n syscall.Errno) bool { return errors.Is(err, n) })
}
