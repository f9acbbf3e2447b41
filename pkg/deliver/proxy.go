package deliver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// A proxy can respond instead of the endpoint, or fail. That must not be mistaken for the endpoint's
// response, so that the proxy is part of a Result and of the message of a Failure.

// EnvironmentProxy returns a function that returns the proxy of a URL: HTTP_PROXY, HTTPS_PROXY,
// ALL_PROXY and NO_PROXY, each in lowercase before uppercase. It is nil if none of them names a proxy.
func EnvironmentProxy(lookupEnv func(string) (string, bool)) func(*url.URL) (*url.URL, error) {
	first := func(names ...string) string {
		for _, name := range names {
			if value, _ := lookupEnv(name); value != "" {
				return value
			}
		}
		return ""
	}
	named := map[string]string{
		"http":  first("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"),
		"https": first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
	}
	if named["http"] == "" && named["https"] == "" {
		return nil
	}
	// httpproxy ignores a proxy that it cannot parse, and so is only asked about NO_PROXY.
	const some = "http://some"
	config := httpproxy.Config{HTTPProxy: some, HTTPSProxy: some, NoProxy: first("no_proxy", "NO_PROXY")}
	find := config.ProxyFunc()
	return func(u *url.URL) (*url.URL, error) {
		if found, err := find(u); found == nil || named[u.Scheme] == "" {
			return nil, err
		}
		return parseProxy(named[u.Scheme])
	}
}

// parseProxy parses the URL of a proxy, which may be HOST:PORT. An error does not show it, because it
// may have a password.
func parseProxy(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || checkPort(u.Host) != nil {
		return nil, errors.New("it is malformed")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	}
	return nil, fmt.Errorf("the scheme %q is not supported; use http, https or socks5", u.Scheme)
}

// ProxyFor returns the proxy of requests to a URL, or nil. Sockets, addresses of Resolve and this
// machine are reached without a proxy.
func (n Network) ProxyFor(u *url.URL) (*url.URL, error) {
	if n.Proxy == nil || n.NoProxy || n.UnixSocket != "" || n.LocalOnly || IsLoopback(u.Hostname()) || n.known(u.Hostname(), port(u)) != nil {
		return nil, nil
	}
	return n.Proxy(u)
}

// ProxyName is the URL of ProxyFor without its secrets, or "".
func (n Network) ProxyName(u *url.URL) string {
	proxy, _ := n.ProxyFor(u)
	return showProxy(proxy)
}

// curlProxy returns curl's options for the proxy of a URL, since curl does not choose as ProxyFor does:
// it ignores HTTP_PROXY, and uses a proxy for this machine too. There are none for an invalid proxy, with which
// a delivery fails.
func (n Network) curlProxy(u *url.URL, showSecrets bool) []string {
	proxy, err := n.ProxyFor(u)
	switch {
	case err != nil:
		return nil
	case proxy != nil:
		return []string{"--proxy", ShowURL(likeCurl(*proxy), showSecrets), "--noproxy", ""} // NO_PROXY outranks --proxy
	case n.NoProxy || n.Proxy != nil:
		return []string{"--noproxy", "*"}
	}
	return nil
}

// likeCurl writes out the port and the scheme of a proxy where curl's defaults differ from those of net/http.
func likeCurl(proxy url.URL) *url.URL {
	if proxy.Scheme == "http" && proxy.Port() == "" {
		proxy.Host += ":80"
	}
	if proxy.Scheme == "socks5" {
		proxy.Scheme = "socks5h" // the proxy looks up the endpoint
	}
	return &proxy
}

// proxyOf is ProxyFor for net/http. It notes the proxy in the trace.
func (n Network) proxyOf(r *http.Request) (*url.URL, error) {
	proxy, err := n.ProxyFor(r.URL)
	if err != nil {
		return nil, &Failure{
			Kind: KindProxy, Remedy: RemedyNoProxy, Err: err,
			Message: fmt.Sprintf("the environment has no valid proxy URL for %s: %v", Address(r.URL), err),
			Hint:    "check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY",
		}
	}
	if t, ok := r.Context().Value(traceKey{}).(*trace); ok && proxy != nil {
		t.useProxy(proxy)
	}
	return proxy, nil
}

// showProxy returns the URL of a proxy without secrets, "" for none.
func showProxy(proxy *url.URL) string {
	if proxy == nil {
		return ""
	}
	return redact.URL(proxy.String())
}

// tunnelRefused returns why a proxy did not connect to the endpoint.
func tunnelRefused(_ context.Context, proxy *url.URL, connect *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return refusedByProxy(proxy, connect.Host, resp.StatusCode, "refused a connection to "+connect.Host)
}

// refusedByProxy explains a status that is, or may be, the proxy's.
func refusedByProxy(proxy *url.URL, to string, status int, what string) *Failure {
	f := &Failure{
		Kind: KindProxy, Remedy: RemedyNoProxy, Address: to,
		Message: fmt.Sprintf("the proxy %s %s with %d %s", showProxy(proxy), what, status, http.StatusText(status)),
		Hint:    "check what the proxy allows, or add the host to NO_PROXY",
	}
	if status == http.StatusProxyAuthRequired {
		f.Hint = "add user and password to the proxy's URL, as in http://user:password@proxy:3128"
	}
	f.Err = fmt.Errorf("proxy: %d", status)
	return f
}

// proxyResponse explains a response that a proxy has, or may have, sent instead of the endpoint: over
// plain HTTP the two cannot be told apart.
func (c circumstances) proxyResponse(status int) *Failure {
	if c.seen.proxy == nil || c.url.Scheme != "http" {
		return nil
	}
	switch status {
	case http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return refusedByProxy(c.seen.proxy, Address(c.url), status, "responded instead of "+Address(c.url))
	}
	return nil
}
