package load

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// Outcome is the result of a load.
type Outcome struct {
	Summary

	URL         string // without its secrets
	Pace        Pace
	Fault       string // its name, or ""
	Start       time.Time
	Interrupted bool

	latencies   deliver.Times
	timeline    timeline
	statuses    map[int]uint64
	errors      map[string]uint64
	first, last time.Time // starts of the first and the last request
	end         time.Time // of the last response
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
	Name string `json:"name"`
	N    uint64 `json:"count"`
}

// Bucket counts the latencies from From to below To; a To of 0 means no limit.
type Bucket struct {
	From, To time.Duration
	N        uint64
}

// String returns the bounds.
func (b Bucket) String() string {
	if b.To == 0 {
		return "from " + roundText(b.From)
	}
	return roundText(b.From) + " – " + roundText(b.To)
}

// Percent rounds down, so that 100% means all.
func Percent(n, of uint64) string { return percent(100 * float64(n) / float64(max(of, 1))) }

func percent(v float64) string {
	const tiny = 1e-9 // more than the rounding error of v, of which 29 of 100 have one
	return fmt.Sprintf("%g%%", math.Floor(100*v+tiny)/100)
}

// mostErrors is how many different errors are counted separately.
const mostErrors = 20

const otherErrors = "other errors"

// newOutcome returns the outcome of a load that starts.
func newOutcome(o Options) *Outcome {
	return &Outcome{
		Summary: Summary{Planned: o.Pace.Requests(), Histogram: buckets(), Statuses: []Count{}, Errors: []Count{}},
		URL:     deliver.ShowURL(o.Target.URL, false), Pace: o.Pace, Fault: o.Fault.Name, Start: o.Now(),
		statuses: map[int]uint64{}, errors: map[string]uint64{},
	}
}

// buckets returns buckets from 0, 100 µs, 200 µs, 500 µs, 1 ms, ... 50 s.
func buckets() []Bucket {
	all := []Bucket{{}}
	for _, from := range steps(100*time.Microsecond, 50*time.Second) {
		all[len(all)-1].To = from
		all = append(all, Bucket{From: from})
	}
	return all
}

func (o *Outcome) progress() Progress {
	return Progress{Done: o.Sent, Planned: o.Planned}
}

// add counts the delivery of a body.
func (o *Outcome) add(r deliver.Result, bodyLength int) {
	kind := deliver.Kind("")
	if r.Failure != nil {
		kind = r.Failure.Kind
	}
	if kind == deliver.KindCanceled {
		o.Canceled++
		return
	}
	o.Sent++
	aborted := kind == fault.KindAborted
	if aborted {
		o.Aborted++
	}
	if r.Failure == nil {
		o.statuses[r.Status]++
		o.BytesOut += uint64(bodyLength)
		o.BytesIn += uint64(r.BodyBytes)
	}
	if r.Accepted() {
		o.Accepted++
	} else {
		o.countError(reason(r))
	}
	o.addTimes(r.Start, r.Timings.Total)
	o.timeline.add(r.Start.Sub(o.Start), r.Timings.Total, !r.Accepted() && !aborted)
}

func (o *Outcome) addTimes(start time.Time, latency time.Duration) {
	o.latencies.Add(latency)
	bucket := slices.IndexFunc(o.Histogram, func(b Bucket) bool { return b.To == 0 || latency < b.To })
	o.Histogram[bucket].N++
	if o.first.IsZero() || start.Before(o.first) {
		o.first = start
	}
	if start.After(o.last) {
		o.last = start
	}
	if end := start.Add(latency); end.After(o.end) {
		o.end = end
	}
}

// reason is why a request was not accepted.
func reason(r deliver.Result) string {
	switch {
	case r.Failure != nil:
		return r.Failure.Message
	case r.Status >= 300 && r.Status <= 399:
		return fmt.Sprintf("%d is a redirect, which is not followed", r.Status)
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, r.StatusText)) + r.Through()
}

func (o *Outcome) countError(message string) {
	if _, known := o.errors[message]; !known && len(o.errors) >= mostErrors {
		message = otherErrors
	}
	o.errors[message]++
}

// close computes the numbers.
func (o *Outcome) close(interrupted bool) {
	o.Interrupted = interrupted
	if done := o.Sent + o.Canceled; !interrupted && done < o.Planned {
		o.Unsent = o.Planned - done
	}
	o.Duration, o.Wait = o.last.Sub(o.first), o.end.Sub(o.last)
	o.Rate, o.Throughput = perSecond(o.Sent, o.Duration), perSecond(o.Accepted, o.Duration+o.Wait)
	o.Min, o.Mean, o.Max = o.latencies.Min, o.latencies.Mean(), o.latencies.Max
	o.P50, o.P90, o.P95, o.P99 = o.Quantile(0.5), o.Quantile(0.9), o.Quantile(0.95), o.Quantile(0.99)
	o.Histogram = trim(o.Histogram)
	for status, n := range o.statuses {
		o.Statuses = append(o.Statuses, Count{strconv.Itoa(status), n})
	}
	slices.SortFunc(o.Statuses, func(a, b Count) int { return cmp.Compare(a.Name, b.Name) })
	for message, n := range o.errors {
		o.Errors = append(o.Errors, Count{message, n})
	}
	slices.SortFunc(o.Errors, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
}

// perSecond returns the number itself for no time.
func perSecond(n uint64, d time.Duration) float64 {
	if d <= 0 {
		return float64(n)
	}
	return float64(n) / d.Seconds()
}

// Quantile returns the latency that a share q of the requests, from 0 to 1, did not exceed.
func (o *Outcome) Quantile(q float64) time.Duration { return o.latencies.Quantile(q) }

// trim omits the empty buckets at both ends.
func trim(all []Bucket) []Bucket {
	for len(all) > 0 && all[0].N == 0 {
		all = all[1:]
	}
	for len(all) > 0 && all[len(all)-1].N == 0 {
		all = all[:len(all)-1]
	}
	return all
}

// WriteHDR writes the percentiles in the format of HdrHistogram's plotter.
func (o *Outcome) WriteHDR(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	row := func(q, inverse float64) {
		latency := float64(o.Quantile(q)) / float64(time.Millisecond)
		fmt.Fprintf(out, "%f\t%f\t%.0f\t%f\n", latency, q, math.Round(q*float64(o.Sent)), inverse)
	}
	fmt.Fprintln(out, "Value(ms)\tPercentile\tTotalCount\t1/(1-Percentile)")
	const most = 1e7 // instead of infinity
	for rest := 1.0; rest > 2/most; rest /= 2 {
		for step := range 5 {
			left := rest * (1 - float64(step)/10)
			row(1-left, 1/left)
		}
	}
	row(1, most)
	return out.Flush()
}
