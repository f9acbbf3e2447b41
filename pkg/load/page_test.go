package load

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/golden"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

func TestPage(t *testing.T) {
	var out bytes.Buffer
	if err := sample(t).WriteHTML(&out); err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, out.String(), "load.html")
	for _, foreign := range []string{"hunter2", "<b>", "<Unavailable>", "<script", "src="} {
		if strings.Contains(out.String(), foreign) {
			t.Errorf("the page contains %q", foreign)
		}
	}
}

func TestPageOfAnInterruptedLoad(t *testing.T) {
	o := empty(t)
	o.close(true)
	var out strings.Builder
	if err := o.WriteHTML(&out); err != nil || !strings.Contains(out.String(), "The load was stopped early.") {
		t.Error(err, out.String())
	}
}

func TestAbortedRequestsDidNotFail(t *testing.T) {
	o := newOutcome(Options{Target: target(t, "http://h/"), Now: time.Now})
	for _, kind := range []deliver.Kind{fault.KindAborted, deliver.KindRefused} {
		o.add(deliver.Result{Start: o.Start, Failure: &deliver.Failure{Kind: kind}}, 0)
	}
	if s := o.timeline.chart().Slices[0]; s.Sent != 2 || s.Failed != 1 {
		t.Errorf("%d of %d failed", s.Failed, s.Sent)
	}
}

func TestScale(t *testing.T) {
	tests := map[string]struct {
		lowest, highest time.Duration
		labels          string
	}{
		"one latency":   {3 * time.Millisecond, 3 * time.Millisecond, "2ms 5ms"},
		"a round one":   {time.Millisecond, time.Millisecond, "1ms 2ms"},
		"a few":         {150 * time.Microsecond, 7 * time.Millisecond, "100µs 200µs 500µs 1ms 2ms 5ms 10ms"},
		"many":          {150 * time.Microsecond, 7 * time.Second, "100µs 1ms 10ms 100ms 1s 10s"},
		"too high":      {2 * time.Hour, 2 * time.Hour, "16m40s 33m20s"},
		"out of bounds": {0, 2 * time.Hour, "1µs 10µs 100µs 1ms 10ms 100ms 1s 10s 1m40s 16m40s"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			scale := newScale(test.lowest, test.highest)
			if diff := cmp.Diff(test.labels, labels(scale.ticks())); diff != "" {
				t.Error(diff)
			}
			if low, high := scale.y(test.lowest), scale.y(test.highest); !(high >= 0 && low >= high && plotHeight >= low) {
				t.Errorf("from %g to %g", low, high)
			}
		})
	}
}

func TestTimeTicks(t *testing.T) {
	for total, want := range map[time.Duration]string{
		time.Second / 64:      "0s 2ms 4ms 6ms 8ms 10ms 12ms 14ms",
		10 * time.Second:      "0s 1s 2s 3s 4s 5s 6s 7s 8s 9s 10s",
		90 * time.Second:      "0s 10s 20s 30s 40s 50s 1m 1m10s 1m20s 1m30s",
		3 * time.Hour:         "0s 30m 1h 1h30m 2h 2h30m 3h",
		100 * 24 * time.Hour:  "0s 240h 480h 720h 960h 1200h 1440h 1680h 1920h 2160h 2400h",
		5000 * 24 * time.Hour: "0s 12000h 24000h 36000h 48000h 60000h 72000h 84000h 96000h 108000h 120000h",
	} {
		if diff := cmp.Diff(want, labels(timeTicks(total))); diff != "" {
			t.Errorf("%v: %s", total, diff)
		}
	}
}

func labels(ticks []tick) string {
	var all []string
	for _, each := range ticks {
		all = append(all, each.Label)
	}
	return strings.Join(all, " ")
}
