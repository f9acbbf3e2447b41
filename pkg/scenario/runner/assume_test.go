package runner

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
)

// arrivals returns the ids of the events in order of arrival.
func arrivals(t *testing.T, source string, a Assumption, seed int64) string {
	t.Helper()
	e := serve(t, nil)
	o := to(t, e.URL)
	o.Assume, o.Seed = a, seed
	out := runner(t).Run(context.Background(), mustParse(t, source), o)
	if !out.OK() {
		t.Fatalf("%+v", out.Steps)
	}
	var ids strings.Builder
	for _, body := range e.received() {
		ids.WriteString(gjson.Get(body, "objectId").Raw)
	}
	return ids.String()
}

const fiveEvents = `
steps:
  - {send: ticket, id: 1}
  - pause: 1s
  - {send: ticket, id: 2}
  - {send: ticket, id: 3}
  - {send: ticket, id: 4}
  - {send: ticket, id: 5}
`

func TestAssumptions(t *testing.T) {
	tests := []struct {
		assume Assumption
		want   string
	}{
		{"", "12345"},
		{Once, "12345"},
		{Duplicate, "1122334455"},
		{Late, "21435"},
	}
	for _, tt := range tests {
		if got := arrivals(t, fiveEvents, tt.assume, 1); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.assume, got, tt.want)
		}
	}
}

func TestShuffleIsSeededAndNeverInOrder(t *testing.T) {
	for seed := range int64(30) {
		got := arrivals(t, fiveEvents, Shuffle, seed)
		if again := arrivals(t, fiveEvents, Shuffle, seed); got != again {
			t.Fatalf("seed %d: %s, then %s", seed, got, again)
		}
		if strings.HasPrefix(got, "1234") || !strings.HasSuffix(got, "5") {
			t.Errorf("seed %d: %s", seed, got)
		}
	}
}

func TestProbeAndCaptureFlushBufferedEvents(t *testing.T) {
	e := serve(t, nil)
	s := mustParse(t, `
vars: {url: "`+e.URL+`"}
steps:
  - {send: ticket, id: 1}
  - probe: GET {{ .url }}
  - {send: ticket, id: 2}
  - {together: [{send: ticket, id: 3}]}
  - {send: ticket, id: 4, repeat: 3, set: {round: "{{ .n }}"}}
`)
	o := to(t, e.URL)
	o.Assume = Late
	if out := runner(t).Run(context.Background(), s, o); !out.OK() {
		t.Fatalf("%+v", out.Steps)
	}
	var got []string
	for _, body := range e.received() {
		got = append(got, gjson.Get(body, "objectId").Raw+gjson.Get(body, "round").Raw)
	}
	if diff := cmp.Diff([]string{"1", "", "2", "3", "42", "41", "43"}, got); diff != "" {
		t.Error(diff)
	}
}
