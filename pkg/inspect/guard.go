// This file keeps everybody out who does not have the token: other web pages in the same browser, names
// that resolve to this machine (DNS rebinding), and other users and machines.

package inspect

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// NewToken returns a random token of at least 128 bits, which can be in a URL.
func NewToken() string { return rand.Text() }

// codeLife is how long a browser that is being started has to use Config.Code.
const codeLife = time.Minute

// setHeaders sets the headers of every response.
func setHeaders(header http.Header) {
	header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
	header.Set("X-Frame-Options", "DENY")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "no-store")
}

// guard serves only who may use the page.
func (h *handler) guard(next http.Handler) http.Handler {
	foreign := http.NewCrossOriginProtection() // refuses changes that another site asks for
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		switch {
		case !h.isOwnHost(r.Host):
			refuse(w, r, http.StatusForbidden, "the Host header is not that of this page", "open the URL that the command has printed.")
		case foreign.Check(r) != nil || isForeign(r):
			refuse(w, r, http.StatusForbidden, "another site has sent this request", "open the URL that the command has printed.")
		case r.URL.Path == "/" && r.URL.Query().Has("token"):
			h.enter(w, r)
		case !h.isKnown(r):
			refuse(w, r, http.StatusUnauthorized, "the token is missing or wrong", "open the URL that the command has printed last; a program sends it as Authorization: Bearer.")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// refuse says why: to a program in JSON, and to a browser that opens a page as at the command line.
func refuse(w http.ResponseWriter, r *http.Request, status int, message, hint string) {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		writeError(w, &httpError{status, message, hint})
		return
	}
	http.Error(w, "error: "+message+"\nhint: "+hint, status)
}

// isOwnHost reports whether a Host header names this server. A name that somebody else controls could
// resolve to this machine; an IP address cannot. The port is not compared, since it may be forwarded.
func (h *handler) isOwnHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if deliver.IsLoopback(host) {
		return true
	}
	// With a loopback address, a request for any other one was meant for another machine.
	ip, err := netip.ParseAddr(host)
	return err == nil && !h.isLoopbackOnly() && ip.IsValid()
}

func (h *handler) isLoopbackOnly() bool {
	tcp, ok := h.Addr.(*net.TCPAddr)
	return !ok || tcp.IP.IsLoopback()
}

// isForeign reports whether a page of another origin has sent the request, which a browser says in this
// header. Opening the page from elsewhere is allowed.
func isForeign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return r.Header.Get("Upgrade") != ""
	}
	return r.URL.Path != "/" || r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document"
}

// enter exchanges the token of the URL for a cookie, so that it stays neither in the address bar nor in
// the history.
func (h *handler) enter(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if token := query.Get("token"); !isSame(token, h.Token) && !h.useCode(token) {
		refuse(w, r, http.StatusUnauthorized, "the token is wrong, or was for one use", "open the URL that the command has printed last.")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: h.cookieName(), Value: h.cookie(), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	query.Del("token")
	to := "/"
	if rest := query.Encode(); rest != "" {
		to += "?" + rest
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// useCode reports whether a token is the one for a single use, and uses it up.
func (h *handler) useCode(token string) bool {
	return isSame(token, h.Code) && h.Now().Sub(h.started) < codeLife && h.codeUsed.CompareAndSwap(false, true)
}

// cookieName has the port, because a browser has the same cookies for all ports of a host.
func (h *handler) cookieName() string {
	_, port, _ := net.SplitHostPort(h.Addr.String())
	return "apizee-hooks-" + port
}

// cookie is not the token itself: other programs on this host get the browser's cookies too.
func (h *handler) cookie() string {
	sum := sha256.Sum256([]byte("cookie " + h.Token))
	return hex.EncodeToString(sum[:])
}

// isKnown reports whether a request has the cookie or the token.
func (h *handler) isKnown(r *http.Request) bool {
	if scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		return isSame(token, h.Token)
	}
	for _, cookie := range r.CookiesNamed(h.cookieName()) {
		if isSame(cookie.Value, h.cookie()) {
			return true
		}
	}
	return false
}

// isSame compares in a time that does not depend on the values or their lengths. No value is the same
// as an empty one.
func isSame(got, want string) bool {
	a, b := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return want != "" && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
