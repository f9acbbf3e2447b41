package load

import (
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// sample is the outcome of 100 requests a tenth of a second apart, with latencies of
// 1 to 100 ms; the last four were not accepted.
func sample(t testing.TB) *Outcome {
	began := time.Unix(1575976413, 0)
	o := newOutcome(Options{
		Target: target(t, "http://u:hunter2@h/hooks?<b>"), Pace: Constant(rate(t, "10/s"), 10*time.Second),
		Now: func() time.Time { return began },
	})
	for i := range 100 {
		r := deliver.Result{
			Start:   began.Add(time.Duration(i) * 100 * time.Millisecond),
			Timings: deliver.Timings{Total: time.Duration(i+1) * time.Millisecond}, Status: 204, BodyBytes: 1,
		}
		switch i {
		case 96, 97:
			r.Status, r.StatusText = 503, "Service <Unavailable>"
		case 98:
			r.Status = 301
		case 99:
			r.Status, r.Failure = 0, &deliver.Failure{Kind: deliver.KindRefused, Message: "connection refused by h:80"}
		}
		o.add(r, 10)
	}
	o.close(false)
	return o
}

// empty is the outcome of a load that sent nothing.
func empty(t testing.TB) *Outcome {
	o := newOutcome(Options{Target: target(t, "http://h/"), Now: time.Now})
	o.close(false)
	return o
}

func TestConditions(t *testing.T) {
	tests := map[string]struct {
		met    bool
		actual string
	}{
		"max>100ms":      {false, "100ms"},
		"max >= 100ms":   {true, "100ms"},
		"min<1ms":        {false, "1ms"},
		"min<=1ms":       {true, "1ms"},
		"mean>50ms":      {true, "50.5ms"},
		" mean > 50.6ms": {false, "50.5ms"},
		"p50>60ms":       {false, "50ms"},
		"p100>=100ms":    {true, "100ms"},
		"success<99.9%":  {true, "96%"},
		"success<96%":    {false, "96%"},
		"success<=96%":   {true, "96%"},
		"errors>3":       {true, "4"},
		"errors>4":       {false, "4"},
		"sent<100":       {false, "100"},
		"rate<11/s":      {true, "10.1/s"},
		"rate<600/m":     {false, "10.1/s"},
		"throughput>9/s": {true, "9.6/s"},
	}
	outcome := sample(t)
	for in, test := range tests {
		t.Run(in, func(t *testing.T) {
			c, err := ParseCondition(in)
			if err != nil {
				t.Fatal(err)
			}
			if met, actual := c.Met(outcome); met != test.met || actual != test.actual {
				t.Errorf("met: %t, %s", met, actual)
			}
			if c.String() != strings.TrimSpace(in) {
				t.Errorf("shown as %q", c)
			}
		})
	}
}

func TestConditionsWithoutRequests(t *testing.T) {
	o := empty(t)
	for in, want := range map[string]bool{"success<99%": true, "p99>1ms": false, "errors>0": false, "rate<1/s": true} {
		c, err := ParseCondition(in)
		if err != nil {
			t.Fatal(err)
		}
		if met, actual := c.Met(o); met != want {
			t.Errorf("%s: %t, %s", in, met, actual)
		}
	}
}

func TestParseConditionErrors(t *testing.T) {
	tests := map[string]string{
		"":             "must be a measure, one of < <= > >= and a limit",
		"p99":          "must be a measure",
		"p99=200ms":    "must be a measure",
		"p99>":         "must be a measure",
		"p99>1ms 2":    "must be a measure",
		"meen>1ms":     `unknown measure "meen"; did you mean "mean"?`,
		"sucess<99%":   `did you mean "success"?`,
		"p>1ms":        `unknown measure "p"`,
		"elephants>1":  "the measures are p50, p90, p95, p99, mean, min, max, success, errors, sent, rate, throughput",
		"p0>1ms":       "p0 is not a valid percentile",
		"p101>1ms":     "p101 is not a valid percentile",
		"p9.9.9>1ms":   "p9.9.9 is not a valid percentile",
		"p99>200":      `the limit of p99 must be a duration such as 200ms, not "200"`,
		"success<low":  "the limit of success must be a percentage such as 99.9%",
		"success<0.99": `the limit of success must be a percentage such as 99.9%, not "0.99"`,
		"success<101%": `the limit of success must be a percentage such as 99.9%, not "101%"`,
		"success<NaN%": `the limit of success must be a percentage such as 99.9%, not "NaN%"`,
		"rate<0":       "the limit of rate must be a rate such as 500/s",
		"errors>1.5":   "the limit of errors must be an integer",
		"errors>-1":    "the limit of errors must be an integer",
		"mean>200 ms":  "must be a measure",
		"p99 > 200msx": `not "200msx"`,
	}
	for in, want := range tests {
		t.Run(in, func(t *testing.T) {
			if _, err := ParseCondition(in); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want it to say %q", err, want)
			}
		})
	}
}

func TestMeasures(t *testing.T) {
	for _, m := range Measures() {
		if m.Name == "" || m.Meaning == "" || m.Unit == "" {
			t.Errorf("%+v", m)
		}
	}
}

func FuzzParseCondition(f *testing.F) {
	for _, s := range []string{"p99>200ms", "success<99.9%", "rate<500/s", "errors>=0", "p1e9>1s", "mean<NaN"} {
		f.Add(s)
	}
	outcome := sample(f)
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCondition(s); err == nil {
			c.Met(outcome)
		}
	})
}
