package deliver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Network configures how an endpoint is reached. The zero value resolves its host, uses no proxy and
// trusts the system's authorities.
type Network struct {
	Insecure bool   // accept any certificate
	CAFile   string // PEM file of the only trusted authorities, as in curl's --cacert; "" means the system's
	CertFile string // PEM file of the client certificate; "" is none
	KeyFile  string // PEM file of its key; "" means CertFile

	Resolve    []Resolve
	UnixSocket string // connect here, whatever the URL says; "" connects over TCP
	LocalOnly  bool   // make no connection that leaves this machine, and use no proxy

	// Avoid are listeners that no connection is made to, under any name of theirs; see ErrAvoided.
	Avoid []net.Addr

	// Proxy returns the proxy of a URL, if any; nil means none. See EnvironmentProxy. NoProxy disables
	// it.
	Proxy   func(*url.URL) (*url.URL, error)
	NoProxy bool
}

// idleTimeout is how long an idle connection is kept.
const idleTimeout = 90 * time.Second

// headLimit is the limit of a response's headers in bytes. net/http would accept 10 MiB each, and a load
// has thousands in flight.
const headLimit = 256 << 10

// NewTransport returns a transport that adds nothing to a request and uses HTTP/1.1 only. It keeps the
// given number of idle connections for reuse; with 0, each request has its own. The error is about the
// certificate files.
func NewTransport(ctx context.Context, n Network, kept int) (*http.Transport, error) {
	config, err := n.tlsConfig(ctx)
	if err != nil {
		return nil, err
	}
	if kept <= 0 {
		// With -1, net/http closes a connection after the response. DisableKeepAlives would add
		// "Connection: close" to the request.
		kept = -1
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	dial := newDialer(n).DialContext
	if len(n.Avoid) > 0 {
		dial = avoiding(dial, n.Avoid)
	}
	return &http.Transport{
		Proxy:                  n.proxyOf,
		OnProxyConnectResponse: tunnelRefused,
		DialContext:            dial,
		TLSClientConfig:        config,
		Protocols:              protocols,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    kept,
		IdleConnTimeout:        idleTimeout,

		MaxResponseHeaderBytes: headLimit,
	}, nil
}

// Resolve sets the addresses of a host and port, instead of a name lookup.
type Resolve struct {
	Host      string // "*" is any
	Port      string
	Addresses []netip.Addr
}

// ParseResolve parses HOST:PORT:ADDRESS as curl's --resolve does. Several addresses are separated by
// commas, and an IPv6 address may be in brackets.
func ParseResolve(s string) (Resolve, error) {
	host, rest, _ := strings.Cut(s, ":")
	if strings.HasPrefix(s, "[") {
		var closed bool
		host, rest, closed = strings.Cut(s[1:], "]:")
		if !closed {
			return Resolve{}, errors.New("the bracket is not closed")
		}
	}
	port, list, found := strings.Cut(rest, ":")
	if host == "" || !found {
		return Resolve{}, fmt.Errorf("%q must have the form HOST:PORT:ADDRESS, such as shop.test:443:127.0.0.1", s)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return Resolve{}, fmt.Errorf("%q is not a valid port", port)
	}
	r := Resolve{Host: host, Port: port}
	for text := range strings.SplitSeq(list, ",") {
		address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
		if err != nil {
			return Resolve{}, fmt.Errorf("%q is not an IP address", text)
		}
		r.Addresses = append(r.Addresses, address)
	}
	return r, nil
}

// String returns the form that ParseResolve and curl accept.
func (r Resolve) String() string {
	host := r.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	var list []string
	for _, a := range r.Addresses {
		text := a.String()
		if a.Is6() {
			text = "[" + text + "]"
		}
		list = append(list, text)
	}
	return host + ":" + r.Port + ":" + strings.Join(list, ",")
}

func (r Resolve) matches(host, port string) bool {
	return port == r.Port && (r.Host == "*" || strings.EqualFold(r.Host, host))
}

// known returns the addresses of a host that need no lookup: those of Resolve, and for localhost and its
// subdomains both loopback addresses (RFC 6761, section 6.3), since a server may listen on either.
func (n Network) known(host, port string) []netip.Addr {
	for _, r := range n.Resolve {
		if r.matches(host, port) {
			return r.Addresses
		}
	}
	if isLocalhost(host) {
		return []netip.Addr{netip.IPv6Loopback(), netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	}
	return nil
}

// Lookup returns the IP addresses for a connection to HOST:PORT. A socket counts as the loopback
// address.
func (n Network) Lookup(ctx context.Context, address string) ([]netip.Addr, error) {
	if n.UnixSocket != "" {
		return []netip.Addr{netip.IPv6Loopback()}, nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if known := n.known(host, port); known != nil {
		return known, nil
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// dialer makes every connection of a transport.
type dialer struct {
	net.Dialer
	network Network
}

func newDialer(n Network) *dialer {
	d := &dialer{network: n}
	if n.LocalOnly {
		d.Control = stayLocal
	}
	return d
}

func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if d.network.UnixSocket != "" {
		return d.Dialer.DialContext(ctx, "unix", d.network.UnixSocket)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	known := d.network.known(host, port)
	if known == nil {
		return d.Dialer.DialContext(ctx, network, address)
	}
	addresses := make([]string, len(known))
	for i, ip := range known {
		addresses[i] = net.JoinHostPort(ip.String(), port)
	}
	return d.dialFirst(ctx, network, addresses)
}

// CheckSocketPath returns an error for a path that is too long for a socket, which to the system is
// just an invalid argument.
func CheckSocketPath(path string) error {
	if limit := len(syscall.RawSockaddrUnix{}.Path) - 1; len(path) > limit {
		return fmt.Errorf("the path of the socket has %d bytes; the limit is %d", len(path), limit)
	}
	return nil
}

// headStart is how long an address is tried before the next one is tried concurrently.
const headStart = 300 * time.Millisecond

// dialFirst connects to the first address that accepts. The error is that of the last one.
func (d *dialer) dialFirst(ctx context.Context, network string, addresses []string) (net.Conn, error) {
	type outcome struct {
		conn net.Conn
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	outcomes := make(chan outcome)
	dial := func(address string) {
		conn, err := d.Dialer.DialContext(ctx, network, address)
		select {
		case outcomes <- outcome{conn, err}:
		case <-ctx.Done():
			if conn != nil {
				conn.Close()
			}
		}
	}
	var failure error
	for begun, ended := 0, 0; ended < len(addresses); {
		var next <-chan time.Time
		if begun < len(addresses) {
			go dial(addresses[begun])
			begun++
			next = time.After(headStart)
		}
		select {
		case o := <-outcomes:
			if o.err == nil {
				return o.conn, nil
			}
			failure = o.err
			ended++
		case <-next:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, failure
}

// stayLocal rejects a connection that leaves this machine, whatever the name resolves to by now.
func stayLocal(network, address string, _ syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	to, err := netip.ParseAddrPort(address)
	if err == nil && !isLocal(to.Addr()) {
		return fmt.Errorf("%s is not this machine", to.Addr())
	}
	return err
}

// isLocal reports whether a connection to an address stays on this machine.
func isLocal(a netip.Addr) bool { return a.Unmap().IsLoopback() || a.Unmap().IsUnspecified() }

// IsLoopback reports whether a host, as a name or an address, is a loopback one.
func IsLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return isLocalhost(host) || err == nil && ip.Unmap().IsLoopback()
}

func isLocalhost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
