package undertest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Endpoint is what shows that a program is ready: a URL, which must return a status below 500,
// or an address, which must accept connections.
type Endpoint struct {
	URL     string // "" for an address
	Address string

	// Client requests the URL. It decides which certificates are trusted.
	Client *deliver.Client

	// Dial connects to the address; nil means the one of net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// ParseEndpoint parses a URL as deliver.ParseURL does. Without "://", a path or a query it is an
// address, such as localhost:3000.
func ParseEndpoint(s string) (Endpoint, error) {
	u, err := deliver.ParseURL(s)
	if err != nil {
		return Endpoint{}, fmt.Errorf("%q: %w; write it as in localhost:3000 or http://localhost:3000/health", redact.URL(s), errors.Unwrap(err))
	}
	if !strings.Contains(s, "://") && u.Port() == "" && !deliver.IsLoopback(u.Hostname()) {
		return Endpoint{}, fmt.Errorf("%q is not a valid URL or host:port; write it as in localhost:3000", redact.URL(s))
	}
	if strings.Contains(s, "://") || u.Path != "" || u.RawQuery != "" {
		return Endpoint{URL: u.String()}, nil
	}
	return Endpoint{Address: deliver.Address(u)}, nil
}

const (
	pollEvery = 50 * time.Millisecond
	// attemptTimeout is the timeout of one attempt to reach an endpoint.
	attemptTimeout = time.Second
)

// wait returns nil when the endpoint responds. When ctx ends, the error is that of the last
// attempt; when a program fails, it is the error of failed.
func (e Endpoint) wait(ctx context.Context, failed func() error) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	var last error
	for {
		err := e.attempt(ctx)
		if err == nil || isPermanent(err) {
			return err
		}
		// An attempt that the end of ctx cuts short says nothing about the endpoint.
		if last == nil || !isOver(ctx) {
			last = err
		}
		if err := failed(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return last
		case <-ticker.C:
		}
	}
}

// isOver reports whether ctx has ended or is about to: at its deadline, connections may time out
// before it has an error.
func isOver(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(deadline)
}

// isPermanent reports whether waiting does not help: the endpoint responds in plain HTTP instead
// of TLS, with an untrusted certificate, or not in HTTP/1.1.
func isPermanent(err error) bool {
	var failure *deliver.Failure
	if errors.As(err, &failure) && failure.Kind == deliver.KindBadResponse {
		return true
	}
	var plain tls.RecordHeaderError
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &plain) || errors.As(err, &untrusted)
}

// Responds reports whether the endpoint responds now.
func (e Endpoint) Responds(ctx context.Context) bool { return e.attempt(ctx) == nil }

// String returns the endpoint with secrets masked.
func (e Endpoint) String() string { return redact.URL(e.URL) + e.Address }

func (e Endpoint) attempt(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	if e.URL == "" {
		return e.connect(ctx)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.URL, nil)
	if err != nil {
		return err
	}
	response, err := e.Client.Pass(ctx, request, 0) // ctx may end before attemptTimeout, so that the error has no time
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusInternalServerError {
		return &StatusError{e, response.Status}
	}
	return nil
}

// StatusError means that the URL of an endpoint returned a status of 500 or more.
type StatusError struct {
	Endpoint Endpoint
	Status   string
}

func (e *StatusError) Error() string { return fmt.Sprintf("%s returns %s", e.Endpoint, e.Status) }

func (e Endpoint) connect(ctx context.Context) error {
	dial := e.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", e.Address)
	var errno syscall.Errno
	var dns *net.DNSError
	switch {
	case err == nil:
		return conn.Close()
	case errors.As(err, &dns):
		return deliver.NotFound(dns)
	case deliver.IsTimeout(err):
		return fmt.Errorf("no response from %s", e)
	case errors.As(err, &errno):
		return fmt.Errorf("%s: %w", e, errno) // without the "dial tcp" of the net package
	}
	return fmt.Errorf("%s: %w", e, err)
}
