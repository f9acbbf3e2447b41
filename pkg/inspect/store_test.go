package inspect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

func start() time.Time { return time.Date(2026, 11, 28, 12, 4, 5, 0, time.UTC) }

// body returns the body of a ticket event.
func ticket(id int, state string, at int64) string {
	return fmt.Sprintf(`{"event":"update","time":%d,"object":"ticket","objectId":%d,"props":{"state":%q}}`, at, id, state)
}

// received returns an exchange as a listener adds it, a second after the n-th.
func received(n int, body string) Exchange {
	report := apizee.Documented().Validate([]byte(body))
	return Exchange{Entry: recording.Entry{
		ReceivedAt: start().Add(time.Duration(n) * time.Second), Method: "POST", Path: "/hooks/?n=1",
		Headers: map[string][]string{"User-Agent": {"Cloud Apizee"}, "Content-Type": {"application/JSON"}, "X-Api-Key": {"hunter2"}},
		Body:    []byte(body), Status: 204, Findings: report.Findings, Took: 1500 * time.Microsecond,
	}}
}

func newStore(t *testing.T, o Options, bodies ...string) *Store {
	t.Helper()
	o.Catalog = apizee.Documented()
	s := New(o)
	for i, body := range bodies {
		if id := s.Add(received(i, body)); id != int64(i+1) {
			t.Fatalf("exchange %d has id %d", i+1, id)
		}
	}
	return s
}

// selectIDs returns the ids that a filter selects.
func selectIDs(t *testing.T, s *Store, filter string) []int64 {
	t.Helper()
	f, err := s.ParseFilter(filter, start().Add(time.Hour))
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	selected, err := s.Select(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	ids := []int64{}
	for i := range selected.Len() {
		ids = append(ids, selected.ID(i))
		if got := selected.Before(selected.ID(i)); got != i {
			t.Errorf("%s: exchange %d is at %d, not %d", filter, selected.ID(i), got, i)
		}
	}
	if got := selected.Before(9999); got != selected.Len() {
		t.Errorf("%s: %d of %d come before one that is not there yet", filter, got, selected.Len())
	}
	return ids
}

func TestMarks(t *testing.T) {
	s := newStore(t, Options{},
		ticket(1, "new", 10), ticket(2, "new", 10), ticket(1, "open", 20), ticket(1, "new", 10), ticket(1, "opened", 15), ticket(1, "done", 20), "", "")
	late := received(200, ticket(3, "new", 1))
	s.Add(late)
	rows := s.rows(Selection{from: 1, to: 10}, 0, 9)
	type marks struct {
		Duplicate, Previous int64
		Late                bool
		Gap                 float64
	}
	want := []marks{{}, {}, {0, 1, false, 0}, {1, 3, true, 0}, {0, 4, true, 0}, {0, 5, false, 0}, {}, {}, {0, 0, false, 193_000}}
	for i, row := range rows {
		if got := (marks{row.DuplicateOf, row.Previous, row.OutOfOrder, row.Gap}); got != want[i] {
			t.Errorf("exchange %d: %+v, want %+v", i+1, got, want[i])
		}
	}
}

func TestMemoryIsLimited(t *testing.T) {
	const limit = 2 << 20
	s := newStore(t, Options{Memory: limit})
	filler := strings.Repeat("x", 1000)
	for i := range 6000 {
		s.Add(received(i, ticket(i, filler, 1)))
		if i == 5 {
			s.Pin(3, true)
		}
		if i%1000 == 999 {
			selectIDs(t, s, "object=ticket")
		}
	}
	status, _ := s.Status()
	if status.Memory > limit+chunkSize || status.Removed == 0 || status.Removed+status.Total != 6000 || status.RemovedBytes < 1000*status.Removed {
		t.Errorf("%+v", status)
	}
	ids := selectIDs(t, s, "")
	if ids[0] != 3 || ids[1] != status.Last-status.Total+2 || int64(len(ids)) != status.Total {
		t.Errorf("%d exchanges, the first are %v; %+v", len(ids), ids[:2], status)
	}
	if got := selectIDs(t, s, "XXXXXXXXXXXX object=ticket"); !slices.Equal(got, ids) {
		t.Errorf("%d are selected, not %d", len(got), len(ids))
	}
	if got := selectIDs(t, s, "object=ticket"); !slices.Equal(got, ids) || int64(len(s.results.list[1].ids)) > 2*status.Total {
		t.Errorf("%d are selected, not %d, and %d remembered", len(got), len(ids), len(s.results.list[1].ids))
	}
	if d, ok := s.detail(3); !ok || d.ObjectID != "2" || !d.Pinned {
		t.Errorf("the pinned exchange: %t, %+v", ok, d)
	}
	if _, ok := s.detail(4); ok {
		t.Error("a removed exchange is still there")
	}
	s.Pin(3, false)
	if _, ok := s.detail(3); ok {
		t.Error("it is there without the pin")
	}
	if after, _ := s.Status(); after.Removed != status.Removed+1 || after.RemovedBytes < status.RemovedBytes+1000 {
		t.Errorf("%+v", after)
	}
}

func TestClear(t *testing.T) {
	s := newStore(t, Options{}, ticket(1, "new", 1), ticket(2, "new", 1), ticket(3, "new", 1))
	s.Pin(2, true)
	if n := s.Clear("a"); n != 2 {
		t.Errorf("%d were cleared", n)
	}
	s.Add(received(4, ticket(4, "new", 1)))
	if got := selectIDs(t, s, ""); !slices.Equal(got, []int64{2, 4}) {
		t.Errorf("after clearing %v", got)
	}
	if got := selectIDs(t, s, "object=ticket"); !slices.Equal(got, []int64{2, 4}) {
		t.Errorf("filtered %v", got)
	}
	if s.Undo("b") || !s.Undo("a") || s.Undo("a") {
		t.Error("only the last clearing can be undone, once")
	}
	if got := selectIDs(t, s, ""); !slices.Equal(got, []int64{1, 2, 3, 4}) {
		t.Errorf("after undoing %v", got)
	}
}

// A row says what is wrong with the body of which an event could still be read.
func TestRowOfInvalidJSON(t *testing.T) {
	s := newStore(t, Options{}, `{"event":"update","time":1,"object":"ticket" "objectId":1}`, `{"event":"update","time":1,"object":"ticket"}`, ticket(1, "opend", 1), ``)
	for id, want := range []string{`not JSON: invalid character '"' after object value`, "", "", "the body is empty"} {
		d, _ := s.detail(int64(id) + 1)
		if !strings.Contains(d.Problem, want) || want == "" && d.Problem != "" {
			t.Errorf("%d: %q, want %q", id+1, d.Problem, want)
		}
	}
}

// Rows have the worst difference from a baseline, and details all of them, with their places.
func TestDrift(t *testing.T) {
	drift := func(event apizee.Event, _ []byte) []apizee.Finding {
		if event.IDText() != "2" {
			return nil
		}
		return []apizee.Finding{
			{Severity: shape.Info, Path: "a", Message: "few"},
			{Severity: shape.Breaking, Path: "props.state", Message: "number; always string before", Offset: 1},
		}
	}
	s := newStore(t, Options{Drift: drift}, ticket(1, "opend", 1), ticket(2, "new", 1), "")
	for id, want := range []struct {
		drift    apizee.Severity
		findings int
	}{{"", 1}, {shape.Breaking, 2}, {"", 1}} {
		d, _ := s.detail(int64(id) + 1)
		if d.Drift != want.drift || len(d.Findings) != want.findings {
			t.Errorf("%d: %s, %+v", id+1, d.Drift, d.Findings)
		}
	}
	if got := selectIDs(t, s, "is:drift"); !slices.Equal(got, []int64{2}) {
		t.Errorf("is:drift selects %v", got)
	}
	if d, _ := s.detail(2); d.Findings[1].Severity != shape.Breaking || d.Findings[1].Column != 2 || d.Errors+d.Warnings != 0 {
		t.Errorf("%+v", d)
	}
}
