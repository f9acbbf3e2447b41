package deliver

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Target is an endpoint and the headers for it.
type Target struct {
	// URL comes from ParseURL: absolute, http or https, without a fragment.
	URL *url.URL

	// Headers are the user's, besides those that Apizee sends. A header replaces a default of the same
	// name, one with Remove removes it, and a name that occurs twice is sent twice. NewHeader and
	// ParseHeader return valid ones.
	Headers []Header
}

// HasSecret reports whether the headers or the URL have a secret.
func (t Target) HasSecret() bool {
	hidden := func(h Header) bool { return h.Mask() != h }
	return slices.ContainsFunc(t.Headers, hidden) || ShowURL(t.URL, false) != ShowURL(t.URL, true)
}

// Secrets returns those secrets, and the forms in which they are sent.
func (t Target) Secrets() *redact.Secrets {
	secrets := new(redact.Secrets)
	secrets.AddURL(t.URL)
	for _, h := range t.Headers {
		secrets.AddHeader(h.Name, h.Value)
	}
	return secrets
}

// ShowURL is ShowURL for the target's URL, in which the secrets of its headers are masked too. The scheme and
// the host stay: they are known, and a key of a test may be "local".
func (t Target) ShowURL(showSecrets bool) string {
	text := ShowURL(t.URL, showSecrets)
	if showSecrets {
		return text
	}
	path := len(text)
	if i := strings.Index(text, "://"); i >= 0 {
		if n := strings.IndexAny(text[i+3:], "/?"); n >= 0 {
			path = i + 3 + n
		}
	}
	return text[:path] + t.Secrets().Mask(text[path:])
}

// Request is one body for one target. The body is sent unchanged.
type Request struct {
	Target
	Body []byte

	// Method is for requests that are not events, such as probes; empty means POST.
	Method string

	// Keep is the maximum number of bytes of the response's body in the Result; 0 means KeptBody.
	Keep int
}

// ParseURL parses the URL of a target. The default scheme is http, so that "localhost:3000/hooks" works,
// and the default host is localhost, as in "3000" or ":3000/hooks". In the query only characters that
// are not ASCII are escaped, and a fragment is removed, because no client sends one. An error does not
// show the URL, which may have a password.
func ParseURL(s string) (*url.URL, error) {
	u, err := parseURL(s)
	if err != nil {
		return nil, fmt.Errorf("target URL: %w", err)
	}
	return u, nil
}

func parseURL(s string) (*url.URL, error) {
	if strings.ContainsFunc(s, spaceOrControl) {
		return nil, errors.New("spaces and control characters are not valid; a space is %20")
	}
	s, _, _ = strings.Cut(s, "#")
	if strings.HasPrefix(s, "http//") || strings.HasPrefix(s, "https//") {
		return nil, errors.New("a colon is missing before the slashes, as in http://localhost:3000/")
	}
	if isMissingSlash(s) {
		return nil, errors.New("a slash is missing before the host, as in http://localhost:3000/")
	}
	if !hasScheme(s) {
		s = "http://" + withHost(s)
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, parseReason(err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s:// is not supported; use http:// or https://", u.Scheme)
	}
	if u.Hostname() == "" {
		return nil, errors.New("the host is missing, as in http://localhost:3000/hooks")
	}
	if err := checkPort(u.Host); err != nil {
		return nil, err
	}
	u.RawQuery = escapeNonASCII(u.RawQuery)
	return u, nil
}

// Join returns the URL of a request that is passed on to a target: its path is appended to the target's,
// unless it is only a slash, and its query to the target's query. Escapes stay unchanged.
func Join(target, request *url.URL) *url.URL {
	joined := *target
	if request.RawQuery != "" {
		joined.RawQuery = strings.TrimPrefix(target.RawQuery+"&"+request.RawQuery, "&")
	}
	path := request.EscapedPath()
	if !strings.HasPrefix(path, "/") || path == "/" && target.Path != "" { // also OPTIONS * and CONNECT
		return &joined
	}
	path = strings.TrimSuffix(target.EscapedPath(), "/") + path
	joined.RawPath = path
	// Both halves were unescaped before, so this cannot fail.
	joined.Path, _ = url.PathUnescape(path)
	return &joined
}

// withHost adds localhost to a port without a host.
func withHost(s string) string {
	authority, _, _ := strings.Cut(strings.ReplaceAll(s, "?", "/"), "/")
	port := strings.TrimPrefix(authority, ":")
	if port == "" || strings.Trim(port, "0123456789") != "" {
		return s
	}
	return "localhost:" + strings.TrimPrefix(s, ":")
}

// escapeNonASCII escapes a query as net/url escapes the path.
func escapeNonASCII(query string) string {
	var out strings.Builder
	for i := range len(query) {
		if c := query[i]; c >= utf8.RuneSelf {
			fmt.Fprintf(&out, "%%%02X", c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

// ShowURL returns the URL as text, with secrets masked unless showSecrets is set.
func ShowURL(u *url.URL, showSecrets bool) string {
	if showSecrets {
		return u.String()
	}
	return redact.URL(u.String())
}

func spaceOrControl(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r)
}

// hasScheme reports a scheme, as in "http://host", but not in "host:3000/path?next=http://other".
func hasScheme(s string) bool {
	scheme, _, found := strings.Cut(s, "://")
	return found && !strings.ContainsFunc(scheme, notScheme)
}

// isMissingSlash reports "http:/host".
func isMissingSlash(s string) bool {
	scheme, rest, found := strings.Cut(s, ":/")
	return found && (scheme == "http" || scheme == "https") && !strings.HasPrefix(rest, "/")
}

// notScheme reports whether a character is not allowed in a scheme (RFC 3986, section 3.1).
func notScheme(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("+-.", r)
}

// parseReason returns the reason in an error of url.Parse, which repeats the whole URL, and for an invalid
// port a text that may be a part of a password.
func parseReason(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		err = parse.Err
	}
	if strings.HasPrefix(err.Error(), "invalid port") {
		return errors.New("the port is not a number; an IPv6 address must be in brackets, as in [::1]:3000")
	}
	return err
}

func checkPort(host string) error {
	if strings.HasSuffix(host, ":") {
		return errors.New("the port after the colon is missing")
	}
	port := (&url.URL{Host: host}).Port()
	if port == "" {
		return nil
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return fmt.Errorf("port %s is not from 1 to 65535", port)
	}
	return nil
}

func defaultPort(u *url.URL) string {
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// Address returns the host and port of a URL.
func Address(u *url.URL) string { return net.JoinHostPort(u.Hostname(), port(u)) }

func port(u *url.URL) string { return cmp.Or(u.Port(), defaultPort(u)) }

// hostHeader omits the default port, as curl does.
func hostHeader(u *url.URL) string {
	return strings.TrimSuffix(u.Host, ":"+defaultPort(u))
}
