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

// circumstances are what is known about a failed delivery besides its error. Many errors of net/http
// have no type, so that the progress of the request says more.
type circumstances struct {
	url       *url.URL
	timeout   time.Duration
	seen      marks
	responded bool // the response headers were received
	canceled  bool // the caller's context was canceled
	expired   bool // a deadline passed
}

func (c circumstances) explain(err error) *Failure {
	if known := (*Failure)(nil); errors.As(err, &known) && !c.canceled && !c.expired {
		return known // from the transport
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
		return Failure{Kind: KindCanceled, Message: "canceled before the response was complete"}
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
	case IsClosed(err), c.seen.ready && !c.responding():
		return c.closed()
	case c.responding() && isHTTP2(err):
		return c.needsHTTP2()
	case c.responding():
		return c.badResponse()
	}
	return Failure{Kind: KindOther, Message: fmt.Sprintf("could not send to %s: %v", Address(c.url), err)}
}

// responding reports whether any byte of a response was received.
func (c circumstances) responding() bool { return c.responded || !c.seen.firstByte.IsZero() }

// noConnection explains failures to connect to the server.
func (c circumstances) noConnection(err error) (Failure, bool) {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "proxyconnect" && c.seen.proxy != nil:
		return Failure{
			Kind: KindProxy, Remedy: RemedyNoProxy,
			Message: fmt.Sprintf("the proxy %s for %s cannot be reached", showProxy(c.seen.proxy), Address(c.url)),
			Hint:    "check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, or add the host to NO_PROXY",
		}, true
	case errors.As(err, &op) && op.Op == "socks connect" && c.seen.proxy != nil:
		return Failure{
			Kind: KindProxy, Remedy: RemedyNoProxy,
			Message: fmt.Sprintf("the proxy %s did not connect to %s: %s", showProxy(c.seen.proxy), Address(c.url), socksReason(op.Err)),
			Hint:    "check that it is a SOCKS proxy, and what it allows, or add the host to NO_PROXY",
		}, true
	case errors.As(err, &dns):
		return *NotFound(dns), true
	case errors.As(err, &op) && op.Net == "unix" && (IsRefused(err) || errors.Is(err, fs.ErrNotExist)):
		return Failure{
			Kind:    KindRefused,
			Message: fmt.Sprintf("connection refused by the socket %s", op.Addr),
			Hint:    "check its path, and that the server is running",
		}, true
	case isAny(err, []syscall.Errno{syscall.EMFILE, syscall.ENFILE}):
		return Failure{
			Kind:    KindOther,
			Message: fmt.Sprintf("too many open files for a connection to %s", Address(c.url)),
			Hint:    "raise the limit, as with `ulimit -n 4096`, or send fewer events concurrently",
		}, true
	case isAny(err, noPortErrnos()):
		return Failure{
			Kind:    KindOther,
			Message: fmt.Sprintf("no free local port for a connection to %s", Address(c.url)),
			Hint:    "a closed connection uses its port for about a minute",
			Remedy:  RemedyKeepAlive,
		}, true
	case IsRefused(err):
		return c.refused(), true
	case isAny(err, unreachableErrnos()):
		return Failure{
			Kind:    KindUnreachable,
			Message: fmt.Sprintf("no route to %s", Address(c.url)),
			Hint:    "check the address and the network",
		}, true
	}
	return Failure{}, false
}

// NotFound explains a failed name lookup.
func NotFound(dns *net.DNSError) *Failure {
	message := fmt.Sprintf("the host %s cannot be resolved", dns.Name)
	if dns.IsNotFound {
		message = fmt.Sprintf("unknown host %s", dns.Name)
	}
	return &Failure{Kind: KindDNS, Message: message, Hint: "check the spelling of the host and the network"}
}

// socksReason says why a SOCKS proxy did not connect. The errors of net/http about it have no type.
func socksReason(err error) string {
	switch text := err.Error(); {
	case IsClosed(err):
		return "it closed the connection"
	case strings.HasPrefix(text, "unexpected protocol version "):
		return "its answer is not SOCKS5"
	default:
		return strings.TrimPrefix(text, "unknown error ")
	}
}

func (c circumstances) refused() Failure {
	f := Failure{Kind: KindRefused, Message: "connection refused by " + Address(c.url), Hint: "check host and port, and that the server is running"}
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
	f := Failure{Kind: KindTimeout, Hint: "check why the server is slow", Remedy: RemedyTimeout}
	switch {
	case c.responding():
		f.Message = fmt.Sprintf("the response of %s was not complete %s", to, within)
	case c.seen.ready:
		f.Message = fmt.Sprintf("no response from %s %s", to, within)
	case !c.seen.tlsStart.IsZero():
		f.Message = fmt.Sprintf("the TLS handshake with %s was not complete %s", to, within)
		f.Hint = "check that the server uses TLS on this port"
	default:
		f.Message = fmt.Sprintf("no connection to %s %s", to, within)
		f.Hint = "check host, port and firewall"
	}
	return f
}

func (c circumstances) closed() Failure {
	f := Failure{Kind: KindReset, Message: Address(c.url) + " closed the connection during the response",
		Hint: "check the server's log; it may have crashed"}
	if c.responding() {
		return f
	}
	f.Message = Address(c.url) + " closed the connection before the response"
	f.Hint += ", refused the request, or support HTTP/2 only"
	if c.seen.reused {
		f.Hint += ", or close connections without \"Connection: close\""
	}
	f.Hint += c.orTLS()
	return f
}

func (c circumstances) badResponse() Failure {
	return Failure{
		Kind:    KindBadResponse,
		Message: fmt.Sprintf("the response of %s is not valid HTTP", Address(c.url)),
		Hint:    "check that an HTTP server listens on this port" + c.orTLS(),
	}
}

// orTLS is the end of a hint about a plain request whose response was not HTTP, or missing, as from a
// server that expects TLS.
func (c circumstances) orTLS() string {
	if c.url.Scheme != "http" {
		return ""
	}
	return "; if it uses TLS, use https://"
}

// isHTTP2 reports whether an error of net/http quotes a response that is a SETTINGS frame, the first
// of HTTP/2.
func isHTTP2(err error) bool {
	quoted := err.Error()
	return strings.Contains(quoted, `HTTP response "\x00`) && strings.Contains(quoted, `\x04\x00\x00\x00\x00\x00`)
}

func (c circumstances) needsHTTP2() Failure {
	return Failure{
		Kind:    KindBadResponse,
		Message: fmt.Sprintf("%s requires HTTP/2; Apizee uses HTTP/1.1", Address(c.url)),
		Hint:    "enable HTTP/1.1 on the server",
	}
}

func (c circumstances) longHead() Failure {
	return Failure{
		Kind:    KindBadResponse,
		Message: fmt.Sprintf("the response headers of %s are longer than %d KiB", Address(c.url), headLimit>>10),
		Hint:    "check why the headers are so long",
	}
}

// IsTimeout reports whether a read or write timed out.
func IsTimeout(err error) bool {
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}

// isLongHead reports an error of net/http that has no type.
func isLongHead(err error) bool {
	return strings.Contains(err.Error(), "response headers exceeded")
}

// IsRefused reports whether no program listens at the address.
func IsRefused(err error) bool { return isAny(err, refusedErrnos()) }

// IsClosed reports whether the other side closed or reset the connection.
func IsClosed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isAny(err, resetErrnos())
}

func isAny(err error, numbers []syscall.Errno) bool {
	return slices.ContainsFunc(numbers, func(n syscall.Errno) bool { return errors.Is(err, n) })
}
