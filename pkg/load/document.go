package load

import (
	"io"

	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

// Document is the JSON report. Existing members must not change; new ones may be added.
type Document struct {
	Planned  uint64 `json:"planned" about:"events due in the whole load"`
	Sent     uint64 `json:"sent" about:"events with an outcome"`
	Accepted uint64 `json:"accepted" about:"events with a 2xx response"`
	Failed   uint64 `json:"failed" about:"events sent and neither accepted nor aborted"`
	Unsent   uint64 `json:"unsent" about:"events due and not sent on time"`
	Aborted  uint64 `json:"aborted" about:"events aborted by the fault"`
	Canceled uint64 `json:"canceled" about:"events in flight when the load was interrupted; counted nowhere else"`

	DurationMS float64 `json:"durationMs" about:"from the first event to the last"`
	WaitMS     float64 `json:"waitMs" about:"from the last event to the last response"`
	Rate       float64 `json:"rate" about:"events sent per second"`
	Throughput float64 `json:"throughput" about:"events accepted per second"`
	Success    float64 `json:"success" about:"accepted events, in percent of those due"`
	BytesOut   uint64  `json:"bytesOut" about:"of the bodies of the requests"`
	BytesIn    uint64  `json:"bytesIn" about:"of the bodies of the responses"`

	Latency   latency          `json:"latency" about:"from when a request was sent, failed ones included"`
	Histogram []documentBucket `json:"histogram" about:"latencies, without empty buckets at both ends"`
	Statuses  []Count          `json:"statuses" about:"responses by status"`
	Errors    []Count          `json:"errors" about:"errors by message, most frequent first"`
}

// latency has quantiles in milliseconds.
type latency struct {
	MinMS  float64 `json:"minMs"`
	MeanMS float64 `json:"meanMs"`
	P50MS  float64 `json:"p50Ms"`
	P90MS  float64 `json:"p90Ms"`
	P95MS  float64 `json:"p95Ms"`
	P99MS  float64 `json:"p99Ms"`
	MaxMS  float64 `json:"maxMs"`
}

// documentBucket counts the latencies from FromMS to below ToMS.
type documentBucket struct {
	FromMS float64 `json:"fromMs"`
	ToMS   float64 `json:"toMs,omitempty" about:"missing for no limit"`
	Count  uint64  `json:"count"`
}

func (s Summary) document() Document {
	d := Document{
		Planned: s.Planned, Sent: s.Sent, Accepted: s.Accepted, Failed: s.Failed(), Unsent: s.Unsent,
		Aborted: s.Aborted, Canceled: s.Canceled,
		DurationMS: report.Milliseconds(s.Duration), WaitMS: report.Milliseconds(s.Wait),
		Rate: s.Rate, Throughput: s.Throughput, Success: s.Success(), BytesOut: s.BytesOut, BytesIn: s.BytesIn,
		Latency: latency{
			report.Milliseconds(s.Min), report.Milliseconds(s.Mean), report.Milliseconds(s.P50), report.Milliseconds(s.P90),
			report.Milliseconds(s.P95), report.Milliseconds(s.P99), report.Milliseconds(s.Max),
		},
		Histogram: []documentBucket{}, Statuses: s.Statuses, Errors: s.Errors,
	}
	for _, b := range s.Histogram {
		d.Histogram = append(d.Histogram, documentBucket{report.Milliseconds(b.From), report.Milliseconds(b.To), b.N})
	}
	return d
}

// WriteJSON writes the outcome as one JSON object.
func (s Summary) WriteJSON(w io.Writer) error { return report.EncodeJSON(w, s.document()) }
