package deliver

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"golang.org/x/net/http/httpproxy"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// A proxy may respond in the place of the endpoint, or fail. What it does must not be taken
// for the endpoint's doing, so that the proxy is part of a Result, and of the words of a
// Failure.

// EnvironmentProxy is the proxy for a URL as the environment says: HTTP_PROXY, HTTPS_PROXY,
// else ALL_PROXY, and NO_PROXY, each in lower case before upper case, as to curl.
func EnvironmentProxy(lookupEnv func(string) (string, bool)) func(*url.URL) (*url.URL, error) {
	first := func(names ...string) string {
		for _, name := range names {
			if value, _ := lookupEnv(name); value != "" {
				return value
			}
		}
		return ""
	}
	config := httpproxy.Config{
		HTTPProxy:  first("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"),
		HTTPSProxy: first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
		NoProxy:    first("no_proxy", "NO_PROXY"),
	}
	return config.ProxyFunc()
}

// ProxyFor is the proxy that requests to a URL go through, or nil. There is none for what is
// reached by a socket, for an address of Resolve, and for this machine.
func (n Network) ProxyFor(u *url.URL) (*url.URL, error) {
	if n.Proxy == nil || n.NoProxy || n.UnixSocket != "" || n.LocalOnly || IsLoopback(u.Hostname()) || n.known(u.Hostname(), port(u)) != nil {
		return nil, nil
	}
	return n.Proxy(u)
}

// goesPastProxy reports whether curl has to be told to use no proxy for a URL.
func (n Network) goesPastProxy(u *url.URL) bool {
	if n.NoProxy || n.Proxy == nil {
		return n.NoProxy
	}
	named, _ := n.Proxy(u)
	used, _ := n.ProxyFor(u)
	return named != nil && used == nil
}

// proxyOf is ProxyFor for the HTTP library. It notes what it finds.
func (n Network) proxyOf(r *http.Request) (*url.URL, error) {
	proxy, err := n.ProxyFor(r.URL)
	if err != nil {
		return nil, &Failure{
			Kind: KindProxy, Remedy: RemedyNoProxy, Err: err,
			Message: "the environment does not name a valid proxy for " + Address(r.URL),
			Hint:    "check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY",
		}
	}
	if t, ok := r.Context().Value(traceKey{}).(*trace); ok && proxy != nil {
		t.useProxy(proxy)
	}
	return proxy, nil
}

// showProxy is a proxy without its secrets, "" for none.
func showProxy(proxy *url.URL) string {
	if proxy == nil {
		return ""
	}
	return redact.URL(proxy.String())
}

// tunnelRefused says why a proxy makes no connection to the endpoint.
func tunnelRefused(_ context.Context, proxy *url.URL, connect *http.Request, reply *http.Response) error {
	if reply.StatusCode == http.StatusOK {
		return nil
	}
	return refusedByProxy(proxy, connect.Host, reply.StatusCode, "refused a connection to "+connect.Host)
}

// refusedByProxy explains a status that is, or may be, the proxy's own.
func refusedByProxy(proxy *url.URL, to string, status int, what string) *Failure {
	f := &Failure{
		Kind: KindProxy, Remedy: RemedyNoProxy, Address: to,
		Message: fmt.Sprintf("the proxy %s %s with %d %s", showProxy(proxy), what, status, http.StatusText(status)),
		Hint:    "look at what the proxy allows, or name the host in NO_PROXY",
	}
	if status == http.StatusProxyAuthRequired {
		f.Hint = "put user and password into the proxy's URL, as in http://user:password@proxy:3128"
	}
	f.Err = fmt.Errorf("proxy: %d", status)
	return f
}

// proxyReply explains a reply that a proxy has sent in place of the endpoint, or may have:
// over plain HTTP the two cannot be told apart.
func (c circumstances) proxyReply(status int) *Failure {
	if c.seen.proxy == nil || c.url.Scheme != "http" {
		return nil
	}
	switch status {
	case http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return refusedByProxy(c.seen.proxy, Address(c.url), status, "responded in place of "+Address(c.url))
	}
	return nil
}
