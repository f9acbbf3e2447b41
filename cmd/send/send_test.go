package send

import (
	"context"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// An endpoint that an aborted delivery has stopped is a failure of the next one.
func TestEndpointStopsAfterAbort(t *testing.T) {
	l := delivertest.Listen(t)
	delivertest.Serve(l, func(conn net.Conn) { io.Copy(io.Discard, conn) })
	env := map[string]string{"HOME": t.TempDir()}
	for connections, want := range map[int]int{1: cli.ExitUnreachable, 2: cli.ExitOK} {
		transport := func(context.Context, deliver.Network, int) (*http.Transport, error) {
			return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if connections--; connections < 0 {
					return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
				}
				return new(net.Dialer).DialContext(ctx, network, address)
			}}, nil
		}
		o := &options{
			App: &cli.App{System: cli.System{
				Catalog: apizee.Documented(), Stdout: io.Discard, Stderr: io.Discard,
				LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
				Now:       time.Now, Sleep: deliver.Sleep, Random: func() uint64 { return 1 }, Transport: transport,
			}},
			spec: &payload.Spec{Object: "ticket"}, count: 2, parallel: 1,
		}
		o.Settings = cli.Settings{"to": "http://" + l.Addr().String()}
		var err error
		if o.fault, err = fault.Parse("abort"); err != nil {
			t.Fatal(err)
		}
		if err := run(t.Context(), o); cli.ExitCode(err) != want {
			t.Errorf("exit code %d, want %d: %v", cli.ExitCode(err), want, err)
		}
	}
}
