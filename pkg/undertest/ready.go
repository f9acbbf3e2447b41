package undertest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Endpoint is what shows that the program is ready: a URL, which must answer
// with any status below 500, or an address, which must take connections.
type Endpoint struct {
	URL     string // "" for an address
	Address string

	// Client asks for the URL. It decides which certificates are trusted.
	Client *deliver.Client

	// Dial connects to the address; nil is a net.Dialer's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// ParseEndpoint reads what deliver.ParseURL does. Without "://", a path or a query it is an
// address, such as localhost:3000.
func ParseEndpoint(s string) (Endpoint, error) {
	u, err := deliver.ParseURL(s)
	if err != nil {
		return Endpoint{}, fmt.Errorf("%q: %w; write it like localhost:3000 or http://localhost:3000/health", redact.URL(s), errors.Unwrap(err))
	}
	if !strings.Contains(s, "://") && u.Port() == "" && !deliver.IsLoopback(u.Hostname()) {
		return Endpoint{}, fmt.Errorf("%q is neither a URL nor host:port; write it like localhost:3000", redact.URL(s))
	}
	if strings.Contains(s, "://") || u.Path != "" || u.RawQuery != "" {
		return Endpoint{URL: u.String()}, nil
	}
	return Endpoint{Address: deliver.Address(u)}, nil
}

// pollEvery is how long the pause between two looks is.
const pollEvery = 50 * time.Millisecond

// wait ends early with the error of failed.
func (e Endpoint) wait(ctx context.Context, failed func() error) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	var last error
	for {
		err := e.look(ctx)
		if err == nil || neverTrusts(err) {
			return err
		}
		// A look that the end of the time cuts short tells nothing of the endpoint.
		if last == nil || ctx.Err() == nil {
			last = err
		}
		if err := failed(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w (%w)", e, last, context.Cause(ctx))
		case <-ticker.C:
		}
	}
}

// neverTrusts says whether the error is one that waiting does not mend: plain HTTP where TLS
// is expected, or a certificate that is not trusted.
func neverTrusts(err error) bool {
	var plain tls.RecordHeaderError
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &plain) || errors.As(err, &untrusted)
}

// Answers is one look.
func (e Endpoint) Answers(ctx context.Context) bool { return e.look(ctx) == nil }

// String is the endpoint without its secrets.
func (e Endpoint) String() string { return redact.URL(e.URL) + e.Address }

// look is one try, of a second at most.
func (e Endpoint) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if e.URL == "" {
		dial := e.Dial
		if dial == nil {
			dial = new(net.Dialer).DialContext
		}
		conn, err := dial(ctx, "tcp", e.Address)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.URL, nil)
	if err != nil {
		return err
	}
	reply, err := e.Client.Pass(ctx, request, 0)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	if reply.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("it answers %s", reply.Status)
	}
	return nil
}
