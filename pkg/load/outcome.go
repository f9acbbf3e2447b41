package load

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
	"github.com/tsenart/vegeta/v12/lib/plot"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// Outcome is what came of a load.
type Outcome struct {
	Summary

	metrics vegeta.Metrics
	plot    *plot.Plot // nil when none was asked for
	counts  map[string]uint64
}

// Summary is the outcome in numbers. The latencies are of all requests, failed ones
// too, and are counted from when a request was sent. Bytes are those of the bodies.
type Summary struct {
	Planned  uint64 // how many requests were due
	Sent     uint64 // how many have an outcome
	Accepted uint64 // with a 2xx status
	Unsent   uint64 // were due and not sent, though the load was not stopped
	Aborted  uint64 // of those sent, what a fault had broken off on purpose
	Canceled uint64 // in flight when the load was stopped; counted nowhere else

	Duration   time.Duration // from the first request to the last
	Wait       time.Duration // from the last request to the last reply
	Rate       float64       // sent, a second
	Throughput float64       // accepted, a second
	BytesOut   uint64
	BytesIn    uint64

	Min, Mean, P50, P90, P95, P99, Max time.Duration
	Histogram                          []Bucket

	Statuses []Count // replies by status, in order
	Errors   []Count // what went wrong, most frequent first
}

// Success is how many percent of the requests were accepted, of those that were sent or
// should have been.
func (s Summary) Success() float64 {
	if s.Due() == 0 {
		return 0
	}
	return 100 * float64(s.Accepted) / float64(s.Due())
}

// Due is how many requests were sent or should have been.
func (s Summary) Due() uint64 { return s.Sent + s.Unsent }

// Failed is how many of the requests that were sent were not accepted, though they were not
// broken off on purpose.
func (s Summary) Failed() uint64 { return s.Sent - s.Accepted - s.Aborted }

// Count is how often something occurred.
type Count struct {
	Name string
	N    uint64
}

// Bucket counts the latencies from From to below To; a To of 0 has no bound.
type Bucket struct {
	From, To time.Duration
	N        uint64
}

// mostErrors is how many different errors are told apart.
const mostErrors = 20

const otherErrors = "other errors"

func newOutcome(planned uint64, plotted bool) *Outcome {
	o := &Outcome{Summary: Summary{Planned: planned}, counts: map[string]uint64{}}
	bounds := buckets()
	o.metrics.Histogram = &vegeta.Histogram{Buckets: bounds, Counts: make([]uint64, len(bounds))}
	if plotted {
		o.plot = plot.New(plot.Title("apizee-hooks load"), plot.Downsample(4000))
	}
	return o
}

// buckets grow in steps of about two: 0, 100 µs, 200 µs, 500 µs, 1 ms, ... 50 s.
func buckets() vegeta.Buckets {
	bounds := vegeta.Buckets{0}
	for unit := 100 * time.Microsecond; unit <= 10*time.Second; unit *= 10 {
		bounds = append(bounds, unit, 2*unit, 5*unit)
	}
	return bounds
}

func (o *Outcome) progress() Progress {
	return Progress{Done: o.Sent, Accepted: o.Accepted, Planned: o.Planned}
}

func (o *Outcome) add(r *vegeta.Result) {
	if r.Method == "" {
		return // the load was stopped before it had a target
	}
	kind := o.clean(r)
	if o.plot != nil {
		// The plot takes every request, since it waits for a missing one for ever.
		// It fails only on results that are out of order, which these are not.
		_ = o.plot.Add(r)
	}
	if kind == deliver.KindCanceled {
		o.Canceled++
		return
	}
	o.Sent++
	if kind == fault.KindAborted {
		o.Aborted++
	}
	if r.Code >= 200 && r.Code <= 299 {
		o.Accepted++
	}
	o.metrics.Add(r)
}

// clean brings the error of a result into our words, and tells what kind of failure
// it was, if any. To vegeta a redirect is a success, to a webhook it is not.
func (o *Outcome) clean(r *vegeta.Result) deliver.Kind {
	if r.Code >= 300 && r.Code <= 399 {
		r.Error = fmt.Sprintf("%d is a redirect, which is not followed", r.Code)
	}
	if r.Error == "" {
		return ""
	}
	kind := deliver.Kind("")
	if r.Code == 0 {
		// The HTTP library puts method and URL before what the courier said.
		_, said, _ := strings.Cut(r.Error, `": `)
		name, message, _ := strings.Cut(said, ": ")
		kind, r.Error = deliver.Kind(name), message
	}
	if kind != deliver.KindCanceled {
		r.Error = o.count(r.Error)
	}
	return kind
}

// count counts an error, and answers the name that it was counted under.
func (o *Outcome) count(message string) string {
	if _, known := o.counts[message]; !known && len(o.counts) >= mostErrors {
		message = otherErrors
	}
	o.counts[message]++
	return message
}

func (o *Outcome) close() {
	m := &o.metrics
	m.Close()
	if o.plot != nil {
		o.plot.Close()
	}
	// What vegeta took for successes included the redirects.
	m.Success = o.Success() / 100
	if took := (m.Duration + m.Wait).Seconds(); took > 0 {
		m.Throughput = float64(o.Accepted) / took
	}
	l := m.Latencies
	o.Min, o.Mean, o.P50, o.P90, o.P95, o.P99, o.Max = l.Min, l.Mean, l.P50, l.P90, l.P95, l.P99, l.Max
	o.Duration, o.Wait, o.Rate, o.Throughput = m.Duration, m.Wait, m.Rate, m.Throughput
	o.BytesOut, o.BytesIn = m.BytesOut.Total, m.BytesIn.Total
	o.Histogram = histogram(m.Histogram)
	o.Statuses = statuses(m.StatusCodes)
	for name, n := range o.counts {
		o.Errors = append(o.Errors, Count{name, n})
	}
	slices.SortFunc(o.Errors, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
}

// Quantile is the latency that a share q of the requests, from 0 to 1, did not exceed.
func (o *Outcome) Quantile(q float64) time.Duration {
	if o.Sent == 0 {
		return 0
	}
	return min(max(o.metrics.Latencies.Quantile(q), o.Min), o.Max)
}

// histogram leaves out the empty buckets at both ends.
func histogram(h *vegeta.Histogram) []Bucket {
	var all []Bucket
	for i, n := range h.Counts {
		b := Bucket{From: h.Buckets[i], N: n}
		if i+1 < len(h.Buckets) {
			b.To = h.Buckets[i+1]
		}
		all = append(all, b)
	}
	filled := func(b Bucket) bool { return b.N > 0 }
	first := max(slices.IndexFunc(all, filled), 0)
	last := len(all)
	for last > first && !filled(all[last-1]) {
		last--
	}
	return all[first:last]
}

// statuses leaves out 0, which stands for no reply.
func statuses(codes map[string]int) []Count {
	var counts []Count
	for code, n := range codes {
		if n > 0 && code != strconv.Itoa(0) {
			counts = append(counts, Count{code, uint64(n)})
		}
	}
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Compare(a.Name, b.Name) })
	return counts
}

// WriteJSON writes vegeta's JSON report.
func (o *Outcome) WriteJSON(w io.Writer) error { return vegeta.NewJSONReporter(&o.metrics).Report(w) }

// WriteHDR writes the percentiles in the form that HdrHistogram's plotter reads.
func (o *Outcome) WriteHDR(w io.Writer) error {
	return vegeta.NewHDRHistogramPlotReporter(&o.metrics).Report(w)
}

// WriteHTML writes vegeta's plot, one page by itself. Options.Plot must have been set.
func (o *Outcome) WriteHTML(w io.Writer) error {
	_, err := o.plot.WriteTo(w)
	return err
}
