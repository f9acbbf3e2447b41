package listen

import (
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

func TestVerdict(t *testing.T) {
	tests := map[string]struct {
		options       options
		tally         show.Tally
		cause, served error
		code          int
	}{
		"stopped":           {options{}, show.Tally{Events: 3, Invalid: 1}, nil, nil, cli.ExitOK},
		"strict":            {options{strict: true}, show.Tally{Events: 3, Invalid: 1}, nil, nil, cli.ExitNegative},
		"strict, all valid": {options{strict: true}, show.Tally{Events: 3}, nil, nil, cli.ExitOK},
		"refused":           {options{}, show.Tally{Rejected: 1}, nil, nil, cli.ExitOK},
		"strict, refused":   {options{strict: true}, show.Tally{Events: 3, Rejected: 1}, nil, nil, cli.ExitNegative},
		"counted":           {options{count: 3}, show.Tally{Events: 3}, errCounted, nil, cli.ExitOK},
		"counted, strict":   {options{count: 3, strict: true}, show.Tally{Events: 4, Invalid: 1}, errCounted, nil, cli.ExitNegative},
		"timed out":         {options{count: 3}, show.Tally{Events: 2}, errTimedOut, nil, cli.ExitNegative},
		"only a timeout":    {options{}, show.Tally{}, errTimedOut, nil, cli.ExitOK},
		"interrupted":       {options{count: 3}, show.Tally{Events: 2}, errors.New("interrupt"), nil, cli.ExitInterrupted},
		"aborted":           {options{}, show.Tally{}, nil, receive.ErrAborted, cli.ExitOK},
		"timed out, lost":   {options{count: 3}, show.Tally{Events: 3, NotRecorded: 1}, errTimedOut, nil, cli.ExitUsage},
		"not recorded":      {options{}, show.Tally{Events: 3, NotRecorded: 1}, nil, nil, cli.ExitUsage},
		"not forwarded":     {options{}, show.Tally{Events: 3, NotForwarded: 1}, nil, nil, cli.ExitUnreachable},
		"cannot accept":     {options{}, show.Tally{}, nil, errors.New("too many open files"), cli.ExitUnreachable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.options.App = new(cli.App)
			s := session{plan: &plan{options: &test.options}, tally: &test.tally}
			if got := cli.ExitCode(s.verdict(test.cause, test.served)); got != test.code {
				t.Errorf("exit code %d, want %d", got, test.code)
			}
		})
	}
}

// A reader of the output that pauses loses nothing, as long as nobody interrupts the listener.
func TestEndWaitsForReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, stdout := io.Pipe()
		app := &cli.App{System: cli.System{Catalog: apizee.Documented(), Stdout: stdout, Stderr: io.Discard, LookupEnv: func(string) (string, bool) { return "", false }}}
		s := newSession(&plan{options: &options{App: app}, form: show.JSON}, nil)
		s.begin(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8279})
		ended := make(chan error)
		go func() { ended <- s.end(t.Context(), nil) }()
		time.Sleep(time.Hour)
		go io.Copy(io.Discard, out)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		stdout.Close()
	})
}

func TestLocalAddr(t *testing.T) {
	for bound, want := range map[string]string{"[::]:8799": "127.0.0.1:8799", "0.0.0.0:80": "127.0.0.1:80"} {
		addr, err := net.ResolveTCPAddr("tcp", bound)
		if err != nil {
			t.Fatal(err)
		}
		if got := localAddr(addr); got != want {
			t.Errorf("%s: got %s", bound, got)
		}
	}
}
