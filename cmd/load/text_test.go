package load

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/load"
)

// TestHistogramFits checks that bars are scaled to a narrow terminal rather than cut off.
func TestHistogramFits(t *testing.T) {
	buckets := []load.Bucket{{N: 40}, {N: 20}}
	for _, width := range []int{0, 60, 40, 1} {
		rows := histogramRows(console.Palette{}, buckets, 60, width)
		long, short := console.Columns(rows[0][3].Text), console.Columns(rows[1][3].Text)
		if long < 1 || short > long || width != 1 && long != 2*short && long != 2*short+1 {
			t.Errorf("%d columns: bars of %d and %d", width, long, short)
		}
	}
}

func TestUnsentIsFailure(t *testing.T) {
	var out bytes.Buffer
	a := &cli.App{System: cli.System{
		Stdout: &out, Stderr: &out, Now: time.Now, LookupEnv: func(string) (string, bool) { return "", false },
	}}
	outcome := &load.Outcome{Summary: load.Summary{
		Planned: 20, Sent: 5, Accepted: 5, Unsent: 15, Statuses: []load.Count{{Name: "204", N: 5}},
	}}
	printer := newPrinter(&options{App: a}, load.Options{})
	if code := cli.ExitCode(printer.verdict(outcome)); code != cli.ExitNegative {
		t.Errorf("exit code %d", code)
	}
	outcome.Sent = 0 // omits the latencies
	printer.end(outcome)
	if !strings.Contains(out.String(), "15 not sent on time") {
		t.Error(out.String())
	}
}
