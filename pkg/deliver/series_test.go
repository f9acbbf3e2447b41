package deliver

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// timedSeries is a series on the fake clock of a synctest bubble. Each attempt gets the
// next status after the given time; the last status goes on.
func timedSeries(takes time.Duration, statuses ...int) Series {
	var calls atomic.Int64
	transport := roundTripper(func(r *http.Request) (*http.Response, error) {
		n := int(calls.Add(1))
		if err := Sleep(r.Context(), takes); err != nil {
			return nil, err
		}
		return &http.Response{StatusCode: statuses[min(n, len(statuses))-1], Body: http.NoBody}, nil
	})
	return Series{Client: NewClient(transport, time.Now), Sleep: Sleep}
}

// runTimed notes every attempt as "delivery.attempt status start-end".
func runTimed(t *testing.T, ctx context.Context, series Series, options Options) ([]string, Summary) {
	start := time.Now()
	var lines []string
	request := Request{Target: parseTarget(t, "localhost:3000")}
	summary := series.Run(ctx, options, request, func(r Result) {
		outcome := fmt.Sprint(r.Status)
		if r.Failure != nil {
			outcome = string(r.Failure.Kind)
		}
		began := r.Start.Sub(start)
		line := fmt.Sprintf("%d.%d %s %v-%v", r.N, r.Attempt, outcome, began, began+r.Timings.Total)
		if r.NextIn > 0 {
			line += fmt.Sprintf(" again in %v", r.NextIn)
		}
		lines = append(lines, line)
	})
	return lines, summary
}

func TestSeriesSchedule(t *testing.T) {
	const ms = time.Millisecond
	tests := map[string]struct {
		takes   time.Duration
		status  []int
		options Options
		want    []string
		summary Summary
	}{
		"zero options": {
			takes: 3 * ms, status: []int{204},
			want:    []string{"1.1 204 0s-3ms"},
			summary: Summary{Sent: 1, Accepted: 1},
		},
		"one after the other": {
			takes: 3 * ms, status: []int{204, 500, 200}, options: Options{Count: 3},
			want:    []string{"1.1 204 0s-3ms", "2.1 500 3ms-6ms", "3.1 200 6ms-9ms"},
			summary: Summary{Sent: 3, Accepted: 2, Rejected: 1},
		},
		"paced": {
			takes: 3 * ms, status: []int{204}, options: Options{Count: 3, Every: 10 * ms},
			want:    []string{"1.1 204 0s-3ms", "2.1 204 10ms-13ms", "3.1 204 20ms-23ms"},
			summary: Summary{Sent: 3, Accepted: 3},
		},
		"put off": {
			takes: 3 * ms, status: []int{204}, options: Options{Count: 2, Every: 10 * ms, Late: 5 * ms},
			want:    []string{"1.1 204 5ms-8ms", "2.1 204 15ms-18ms"},
			summary: Summary{Sent: 2, Accepted: 2},
		},
		"late ones catch up": {
			takes: 15 * ms, status: []int{204}, options: Options{Count: 3, Every: 10 * ms},
			want:    []string{"1.1 204 0s-15ms", "2.1 204 15ms-30ms", "3.1 204 30ms-45ms"},
			summary: Summary{Sent: 3, Accepted: 3},
		},
		"paced in parallel": {
			takes: 15 * ms, status: []int{204}, options: Options{Count: 4, Every: 10 * ms, Parallel: 2},
			want:    []string{"1.1 204 0s-15ms", "2.1 204 10ms-25ms", "3.1 204 20ms-35ms", "4.1 204 30ms-45ms"},
			summary: Summary{Sent: 4, Accepted: 4},
		},
		"retry until accepted": {
			takes: 1 * ms, status: []int{500, 302, 200}, options: Options{Retry: 5},
			want:    []string{"1.1 500 0s-1ms again in 250ms", "1.2 302 251ms-252ms again in 500ms", "1.3 200 752ms-753ms"},
			summary: Summary{Sent: 1, Accepted: 1},
		},
		"retry in vain": {
			takes: 1 * ms, status: []int{503}, options: Options{Retry: 1, Count: 2},
			want: []string{"1.1 503 0s-1ms again in 250ms", "1.2 503 251ms-252ms",
				"2.1 503 252ms-253ms again in 250ms", "2.2 503 503ms-504ms"},
			summary: Summary{Sent: 2, Rejected: 2},
		},
		"retry after a timeout": {
			takes: 9 * ms, status: []int{204}, options: Options{Retry: 1, Timeout: 5 * ms},
			want:    []string{"1.1 timeout 0s-5ms again in 250ms", "1.2 timeout 255ms-260ms"},
			summary: Summary{Sent: 1, Failed: 1},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, summary := runTimed(t, t.Context(), timedSeries(test.takes, test.status...), test.options)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
				checkCounts(t, test.summary, summary)
			})
		})
	}
}

func checkCounts(t *testing.T, want, got Summary) {
	t.Helper()
	got.Min, got.Median, got.P95, got.Max = 0, 0, 0, 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSeriesParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, summary := runTimed(t, t.Context(), timedSeries(time.Second, 204), Options{Count: 7, Parallel: 3})
		starts := map[string]int{}
		for _, line := range got {
			starts[line[len("1.1 204 "):]]++
		}
		want := map[string]int{"0s-1s": 3, "1s-2s": 3, "2s-3s": 1}
		if diff := cmp.Diff(want, starts); diff != "" {
			t.Error(diff)
		}
		second := Summary{Sent: 7, Accepted: 7, Min: time.Second, Median: time.Second, P95: time.Second, Max: time.Second}
		if diff := cmp.Diff(second, summary); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSeriesCancel(t *testing.T) {
	tests := map[string]struct {
		options Options
		want    []string
		summary Summary
	}{
		"in flight": {
			Options{Count: 9, Parallel: 2},
			[]string{"1.1 canceled 0s-1s", "2.1 canceled 0s-1s"}, Summary{Sent: 2, Failed: 2},
		},
		"before its turn": {
			Options{Count: 9, Every: time.Hour, Timeout: time.Millisecond},
			[]string{"1.1 timeout 0s-1ms"}, Summary{Sent: 1, Failed: 1},
		},
		"before another attempt": {
			Options{Retry: 9, Timeout: 600 * time.Millisecond},
			[]string{"1.1 timeout 0s-600ms again in 250ms", "1.2 canceled 850ms-1s"}, Summary{Sent: 1, Failed: 1},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				start := time.Now()
				got, summary := runTimed(t, ctx, timedSeries(time.Minute, 204), test.options)
				slices.Sort(got)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
				checkCounts(t, test.summary, summary)
				if took := time.Since(start); took != time.Second {
					t.Errorf("it stopped after %v, want a second", took)
				}
			})
		})
	}
}

func TestSeriesOfCanceledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, summary := runTimed(t, ctx, timedSeries(0, 204), Options{Count: 3})
	if len(got) != 0 || summary != (Summary{}) {
		t.Errorf("got %v, %+v", got, summary)
	}
}

func TestBackoff(t *testing.T) {
	var got []time.Duration
	for attempt := range 9 {
		got = append(got, backoff(attempt+1))
	}
	const ms = time.Millisecond
	want := []time.Duration{250 * ms, 500 * ms, 1000 * ms, 2000 * ms, 4000 * ms, 8000 * ms, 10000 * ms, 10000 * ms, 10000 * ms}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSeriesKeepsConnections(t *testing.T) {
	for _, parallel := range []int{1, 4} {
		var opened atomic.Int64
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte(`{"accepted":true}`))
		}))
		server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				opened.Add(1)
			}
		}
		server.Start()
		t.Cleanup(server.Close)

		transport, err := NewTransport(t.Context(), Network{}, parallel)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(transport.CloseIdleConnections)
		series := Series{Client: NewClient(transport, time.Now), Sleep: Sleep}
		request := Request{Target: parseTarget(t, server.URL), Body: []byte(ticketEvent)}
		reused := 0
		summary := series.Run(t.Context(), Options{Count: 40, Parallel: parallel}, request, func(r Result) {
			if r.Timings.Reused {
				reused++
			}
		})
		checkCounts(t, Summary{Sent: 40, Accepted: 40}, summary)
		// More may be opened than used: a delivery that waits for a new connection
		// takes one that becomes free meanwhile.
		if n := opened.Load(); n > int64(2*parallel) || reused < 40-parallel {
			t.Errorf("parallel %d: %d connections, %d reused", parallel, n, reused)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for asked, want := range map[string]time.Duration{
		"": 0, "2": 2 * time.Second, "0": 0, "3600": time.Minute, "-1": 0, "soon": 0, "1.5": 0,
		"Fri, 02 Jan 2026 03:04:15 GMT": 10 * time.Second, "Fri, 02 Jan 2026 03:04:00 GMT": 0,
		"Sat, 03 Jan 2026 03:04:00 GMT": time.Minute, "2147483648": time.Minute, "99999999999999999999": time.Minute,
	} {
		result := Result{Headers: http.Header{"Retry-After": {asked}}}
		if got := retryAfter(result, now); got != want {
			t.Errorf("%q: got %v, want %v", asked, got, want)
		}
	}
}
