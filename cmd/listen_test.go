package cmd

import (
	"bytes"
	"errors"
	"net"
	"runtime/debug"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

func TestListenVerdict(t *testing.T) {
	tests := map[string]struct {
		options       listenOptions
		tally         show.Tally
		cause, served error
		code          int
	}{
		"stopped":          {listenOptions{}, show.Tally{Events: 3, Broken: 1}, nil, nil, cli.ExitOK},
		"strict":           {listenOptions{strict: true}, show.Tally{Events: 3, Broken: 1}, nil, nil, cli.ExitNo},
		"strict, all well": {listenOptions{strict: true}, show.Tally{Events: 3}, nil, nil, cli.ExitOK},
		"counted":          {listenOptions{count: 3}, show.Tally{Events: 3}, errCounted, nil, cli.ExitOK},
		"counted, strict":  {listenOptions{count: 3, strict: true}, show.Tally{Events: 4, Broken: 1}, errCounted, nil, cli.ExitNo},
		"time is up":       {listenOptions{count: 3}, show.Tally{Events: 2}, errTimeUp, nil, cli.ExitNo},
		"only a time":      {listenOptions{}, show.Tally{}, errTimeUp, nil, cli.ExitOK},
		"interrupted":      {listenOptions{count: 3}, show.Tally{Events: 2}, errors.New("interrupt"), nil, cli.ExitInterrupted},
		"cut off":          {listenOptions{}, show.Tally{}, nil, receive.ErrAborted, cli.ExitOK},
		"time is up, lost": {listenOptions{count: 3}, show.Tally{Events: 3, NotRecorded: 1}, errTimeUp, nil, cli.ExitUsage},
		"lost":             {listenOptions{}, show.Tally{Events: 3, NotRecorded: 1}, nil, nil, cli.ExitUsage},
		"dropped":          {listenOptions{}, show.Tally{Events: 3, NotForwarded: 1}, nil, nil, cli.ExitUnreachable},
		"cannot accept":    {listenOptions{}, show.Tally{}, nil, errors.New("too many open files"), cli.ExitUnreachable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := listenSession{app: &app{&cli.App{System: testSystem(new(bytes.Buffer))}}, options: &test.options, tally: &test.tally}
			if got := cli.ExitCode(s.verdict(test.cause, test.served)); got != test.code {
				t.Errorf("exit code %d, want %d", got, test.code)
			}
		})
	}
}

func TestListenMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	for own, want := range map[string]int64{"": listenMemory, "1GiB": before} {
		system := testSystem(new(bytes.Buffer))
		system.LookupEnv = func(name string) (string, bool) { return own, own != "" && name == "GOMEMLIMIT" }
		back := (&app{&cli.App{System: system}}).limitMemory()
		if got := debug.SetMemoryLimit(-1); got != want {
			t.Errorf("with a limit %q of the user's own it is %d, want %d", own, got, want)
		}
		back()
		if after := debug.SetMemoryLimit(-1); after != before {
			t.Errorf("%d was left behind, not %d", after, before)
		}
	}
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
