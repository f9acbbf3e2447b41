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

// Outcome is the result of a load.
type Outcome struct {
	Summary

	metrics vegeta.Metrics
	plot    *plot.Plot // nil unless Options.Plot is set
	counts  map[string]uint64
}

// Summary is the outcome in numbers. The latencies are those of all requests, including failed
// ones, from when a request was sent. Bytes are those of the bodies.
type Summary struct {
	Planned  uint64 // requests due in the whole load
	Sent     uint64 // requests with an outcome
	Accepted uint64 // with a 2xx status
	Unsent   uint64 // due and not sent, although the load was not interrupted
	Aborted  uint64 // of those sent, aborted by a fault
	Canceled uint64 // in flight when the load was interrupted; counted nowhere else

	Duration   time.Duration // from the first request to the last
	Wait       time.Duration // from the last request to the last response
	Rate       float64       // sent per second
	Throughput float64       // accepted per second
	BytesOut   uint64
	BytesIn    uint64

	Min, Mean, P50, P90, P95, P99, Max time.Duration
	Histogram                          []Bucket

	Statuses []Count // responses by status, in order
	Errors   []Count // by message, most frequent first
}

// Success returns the percentage of the requests due that were accepted.
func (s Summary) Success() float64 {
	if s.Due() == 0 {
		return 0
	}
	return 100 * float64(s.Accepted) / float64(s.Due())
}

// Due returns how many requests were sent or should have been.
func (s Summary) Due() uint64 { return s.Sent + s.Unsent }

// Failed returns how many of the requests sent were neither accepted nor aborted by a fault.
func (s Summary) Failed() uint64 { return s.Sent - s.Accepted - s.Aborted }

// Count is a number of occurrences.
type Count struct {
	Name string
	N    uint64
}

// Bucket counts the latencies from From to below To; a To of 0 means no limit.
type Bucket struct {
	From, To time.Duration
	N        uint64
}

// mostErrors is how many different errors are counted separately.
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

// buckets returns bounds that grow by factors of about two: 0, 100 µs, 200 µs, 500 µs, 1 ms, ... 50 s.
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
		return // the load was interrupted before the request had a target
	}
	kind := o.normalizeError(r)
	if o.plot != nil {
		// The plot needs every request: it waits forever for a missing one.
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

// normalizeError replaces the error of a result by the message of package deliver, and returns
// the kind of the failure, if any. A redirect is an error, which to vegeta it is not.
func (o *Outcome) normalizeError(r *vegeta.Result) deliver.Kind {
	if r.Code >= 300 && r.Code <= 399 {
		r.Error = fmt.Sprintf("%d is a redirect, which is not followed", r.Code)
	}
	if r.Error == "" {
		return ""
	}
	kind := deliver.Kind("")
	if r.Code == 0 {
		// The HTTP library puts the method and the URL before the error of deliverTransport.
		_, text, _ := strings.Cut(r.Error, `": `)
		name, message, _ := strings.Cut(text, ": ")
		kind, r.Error = deliver.Kind(name), message
	}
	if kind != deliver.KindCanceled {
		r.Error = o.count(r.Error)
	}
	return kind
}

// count counts an error, and returns the name under which it was counted.
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
	// Vegeta counts redirects as successes.
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

// Quantile returns the latency that a share q of the requests, from 0 to 1, did not exceed.
func (o *Outcome) Quantile(q float64) time.Duration {
	if o.Sent == 0 {
		return 0
	}
	return min(max(o.metrics.Latencies.Quantile(q), o.Min), o.Max)
}

// histogram omits the empty buckets at both ends.
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

// statuses omits 0, which means no response.
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

// WriteHDR writes the percentiles in the format of HdrHistogram's plotter.
func (o *Outcome) WriteHDR(w io.Writer) error {
	return vegeta.NewHDRHistogramPlotReporter(&o.metrics).Report(w)
}

// WriteHTML writes vegeta's plot as one self-contained page. Options.Plot must have been set.
func (o *Outcome) WriteHTML(w io.Writer) error {
	_, err := o.plot.WriteTo(w)
	return err
}
