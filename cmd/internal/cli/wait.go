package cli

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/undertest"
)

// ParseEndpoints parses URLs and addresses to wait for.
func ParseEndpoints(names []string) ([]undertest.Endpoint, error) {
	var endpoints []undertest.Endpoint
	for _, name := range names {
		e, err := undertest.ParseEndpoint(name)
		if err != nil {
			return nil, err
		}
		endpoints = append(endpoints, e)
	}
	return endpoints, nil
}

// PollOver lets endpoints be polled with the settings of a transport, over separate connections, so
// that the first event is delivered over a new one.
func PollOver(endpoints []undertest.Endpoint, transport *http.Transport, now func() time.Time) {
	transport = transport.Clone()
	transport.DisableKeepAlives = true
	for i := range endpoints {
		endpoints[i].Client, endpoints[i].Dial = deliver.NewClient(transport, now), transport.DialContext
	}
}

// NotReady returns the error of a wait that ended with err, and after a timeout if one is given. The
// source, such as "--wait-for: ", says where the endpoint comes from; the consequence ends the hint.
func NotReady(err error, timeout time.Duration, source, consequence string) error {
	hint := "check the address, and that the program listens on it"
	var failure *deliver.Failure
	var status *undertest.StatusError
	if errors.As(err, &status) {
		hint = "check the log of the program, or wait for a path that returns a status below 500"
	}
	switch {
	case errors.As(err, &failure) && (failure.Kind == deliver.KindTLS || failure.Kind == deliver.KindBadResponse):
		hint = show.Hint(failure)
	case timeout > 0:
		err = fmt.Errorf("timed out after %s: %w", timeout, err)
	}
	return Unreachable(fmt.Errorf("%s%w", source, err), hint+consequence)
}
