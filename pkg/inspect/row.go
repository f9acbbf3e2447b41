package inspect

import (
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// Row is an exchange in a list. Members with a zero value are omitted. Times are in milliseconds.
type Row struct {
	ID          int64   `json:"id"`
	At          string  `json:"at"`
	Sent        bool    `json:"sent,omitempty"`
	Origin      int64   `json:"origin,omitempty"`
	File        string  `json:"file,omitempty"`
	Method      string  `json:"method"`
	Path        string  `json:"path"`
	Object      string  `json:"object,omitempty"`
	ObjectID    string  `json:"objectId,omitempty"`
	Event       string  `json:"event,omitempty"`
	Summary     string  `json:"summary,omitempty"`
	Status      int     `json:"status,omitempty"`
	DurationMs  float64 `json:"durationMs,omitempty"`
	Outcome     string  `json:"outcome,omitempty"`
	Problem     string  `json:"problem,omitempty"`
	Errors      int     `json:"errors,omitempty"`
	Warnings    int     `json:"warnings,omitempty"`
	Size        int     `json:"size"`
	DuplicateOf int64   `json:"duplicateOf,omitempty"`
	// Drift is the worst severity of the differences from a baseline: breaking, drift or info.
	Drift               apizee.Severity `json:"drift,omitempty"`
	OutOfOrder          bool            `json:"outOfOrder,omitempty"`
	Gap                 float64         `json:"gap,omitempty"` // time without any exchange before this one, if it is long
	ForwardedStatus     int             `json:"forwardedStatus,omitempty"`
	ForwardedDurationMs float64         `json:"forwardedDurationMs,omitempty"`
	Pinned              bool            `json:"pinned,omitempty"`

	// Previous is the previous exchange of the same object.
	Previous int64 `json:"previous,omitempty"`

	// Gone means that the recording does not have the exchange any more.
	Gone bool `json:"gone,omitempty"`
}

// mostSummarized is the largest line, in bytes, that is parsed for a row of a list. Of a longer one only its
// method and its path are read, besides what the store has in memory.
const mostSummarized = 256 << 10

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// rows returns the rows of some exchanges. Those that were removed meanwhile are omitted.
func (s *Store) rows(selected Selection, from, to int) []Row {
	q := s.query()
	reader := &lineReader{store: s, index: &q.index}
	rows := make([]Row, 0, to-from)
	for i := from; i < to; i++ {
		if row, _, ok := q.row(reader, int(selected.ID(i)), mostSummarized); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// row returns the row of an exchange, and its entry when its line is at most limit bytes long.
func (q *query) row(reader *lineReader, id int, limit uint32) (Row, recording.Entry, bool) {
	r := q.record(id)
	if r == nil {
		return Row{}, recording.Entry{}, false
	}
	row := q.recordRow(id, r)
	_, line := q.line(reader, id)
	if line == nil && r.source == 0 { // removed since the snapshot
		return Row{}, recording.Entry{}, false
	}
	if r.length > limit && line != nil {
		l := lineView{cursor: cursor{line: line}}
		row.Method, row.Path = plainText(l.read(&l.header.method)), q.store.maskURL(plainText(l.read(&l.header.path)))
		return row, recording.Entry{}, true
	}
	entry, err := recording.Parse(line)
	if err != nil || q.store.seed.hash(entry.Body) != r.body {
		row.Gone = true
		return row, recording.Entry{}, true
	}
	if !q.store.options.ShowSecrets {
		entry = entry.Masked(q.store.options.SecretHeaders...)
	}
	row.add(entry, q.store.options.Catalog)
	if row.Outcome == "" && r.is(isFailed) { // after it was recorded
		row.Outcome, row.Problem = "no-response", "the response was not sent to its end"
	}
	return row, entry, true
}

// recordRow returns what the store has in memory.
func (q *query) recordRow(id int, r *record) Row {
	row := Row{
		ID: int64(id), At: time.UnixMicro(r.at).UTC().Format(time.RFC3339Nano),
		Sent: r.is(isSent), Object: q.store.words.text(r.name), Event: q.store.words.text(r.event),
		Status: int(r.status), DurationMs: float64(r.took) / 1000,
		Errors: int(r.errors), Warnings: int(r.warnings), Size: int(r.size),
		DuplicateOf: int64(r.duplicateOf), Drift: driftSeverities()[r.drift], OutOfOrder: r.is(isLate), Gap: milliseconds(q.gap(id, r)),
		ForwardedStatus: int(r.forwarded), Pinned: q.pins[id], Previous: int64(r.previous),
	}
	if len(q.store.files) > 1 && r.source > 0 {
		row.File = q.store.files[r.source-1].name
	}
	q.store.mu.RLock()
	defer q.store.mu.RUnlock()
	row.Origin = q.store.origins[id]
	return row
}

// firstError returns the first error of a request that is not an event.
func firstError(findings []apizee.Finding) string {
	for _, f := range findings {
		if f.Severity == apizee.Error {
			return f.String()
		}
	}
	return ""
}

// drift returns how an event differs from the baseline.
func (o Options) drift(event apizee.Event, body []byte) []apizee.Finding {
	if o.Drift == nil || len(body) == 0 {
		return nil
	}
	return o.Drift(event, body)
}

// driftSeverities returns the severities of differences from a baseline, the worst last.
func driftSeverities() [4]apizee.Severity {
	return [4]apizee.Severity{"", shape.Info, shape.Warning, shape.Breaking}
}

// worst returns the place of the worst difference in driftSeverities.
func worst(drift []apizee.Finding) (place uint8) {
	for i, severity := range driftSeverities() {
		if slices.ContainsFunc(drift, func(f apizee.Finding) bool { return f.Severity == severity }) {
			place = uint8(i) //nolint:gosec // a place in the array
		}
	}
	return place
}

// syntaxError returns why a body is not JSON, although an event may have been read from it; or "".
func syntaxError(report apizee.Report, body []byte) string {
	if report.OK() || jsontext.Value(body).IsValid() {
		return ""
	}
	return report.Findings[len(report.Findings)-1].String()
}

// add adds what only the line has.
func (row *Row) add(entry recording.Entry, catalog *apizee.Catalog) {
	report := catalog.Validate(entry.Body)
	event := report.Event
	row.At = entry.ReceivedAt.UTC().Format(time.RFC3339Nano)
	row.Method, row.Path = entry.Method, entry.Path
	row.Object, row.Event, row.ObjectID = event.Object, event.Name, event.IDText()
	row.Summary = strings.Join(event.Summary(), "  ")
	row.Outcome, row.Problem = entry.Outcome, entry.Problem
	if row.Problem == "" {
		row.Problem = syntaxError(report, entry.Body)
	}
	if row.Problem == "" && event.Object == "" {
		row.Problem = firstError(entry.Findings)
	}
	if f := entry.Forwarded; f != nil {
		row.ForwardedDurationMs = milliseconds(f.Took)
	}
}
