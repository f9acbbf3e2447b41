package generate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"

	"gotest.tools/v3/golden"
)

// start is the time of the documented ticket example.
var start = time.Unix(1575976413, 0)

func TestStreamIsTheSameEverywhere(t *testing.T) {
	s := New(Options{Seed: 42, Start: start})
	var lines []byte
	for range 60 {
		lines = append(s.AppendNext(lines), '\n')
	}
	golden.Assert(t, string(lines), "seed42.golden")
}

// A hundred thousand events reach every stage and every counter.
func TestStreamIsStable(t *testing.T) {
	const want = "9ae43103273395927bace1caf5366b0f4d9726bb1f48b95c63e20ea1caa5dc08"
	s := New(Options{Seed: 7, Start: start, Rate: Rate{Count: 1000, Per: 7 * time.Second}})
	hash := sha256.New()
	var line []byte
	for range 100_000 {
		line = append(s.AppendNext(line[:0]), '\n')
		hash.Write(line)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSeedsDiffer(t *testing.T) {
	first := New(Options{Seed: 1, Start: start}).Next()
	for seed := range uint64(5) {
		if other := New(Options{Seed: 100 + seed, Start: start}).Next(); bytes.Equal(first, other) {
			t.Errorf("seed %d gives %s too", 100+seed, other)
		}
	}
}

// Receivers may drop an event that has come before.
func TestEventsAreDistinct(t *testing.T) {
	mixes := map[string]Mix{"default": nil}
	for _, o := range apizee.Documented().Objects {
		mixes[o.Name] = Mix{{o.Name, 1}}
	}
	for name, mix := range mixes {
		for _, rate := range []Rate{DefaultRate(), {50, time.Second}, {500, time.Second}, {maxCount, time.Millisecond}} {
			s := New(Options{Seed: 9, Start: start, Rate: rate, Mix: mix})
			seen := map[string]bool{}
			for range 3000 {
				line := string(s.Next())
				if seen[line] {
					t.Fatalf("%s at %d in %s: %s came before", name, rate.Count, rate.Per, line)
				}
				seen[line] = true
			}
		}
	}
}

// follower checks a stream against the lives, and records the transitions.
type follower struct {
	t      *testing.T
	states map[string]string // by object and id; "" once deleted
	seen   map[string]int    // "ticket update opened" and the like
}

// take checks an event and returns the name of its object.
func (f *follower) take(line []byte) string {
	report := apizee.Documented().Validate(line)
	if len(report.Findings) > 0 {
		f.t.Fatalf("%s\n%v", line, report.Findings)
	}
	e := report.Event
	key := e.Object + "/" + e.ID
	before, known := f.states[key]
	state := ""
	for _, path := range []string{"state", "eventType"} {
		if v, ok := e.Prop(path); ok {
			state = v.Text()
		}
	}
	switch {
	case e.Name == apizee.Create == known:
		f.t.Fatalf("%s\nwas known before: %t", line, known)
	case e.Name == apizee.Update && !leads(e.Object, before, state):
		f.t.Fatalf("%s\nwas %q before", line, before)
	}
	f.states[key] = state
	if e.Name == apizee.Delete {
		f.states[key] = "deleted"
	}
	f.seen[e.Object+" "+e.Name+" "+state]++
	return e.Object
}

func lives() map[string]life {
	return map[string]life{"ticket": ticketLife(), "media": mediaLife(), "conversation": conversationBehavior().life}
}

func leads(object, from, to string) bool {
	for _, s := range lives()[object] {
		if s.state == from {
			return slices.ContainsFunc(s.next, func(n step) bool { return n.state == to })
		}
	}
	return false
}

func TestEveryEventIsValidAndPlausible(t *testing.T) {
	s := New(Options{Seed: 3, Start: start, Rate: Rate{Count: 500, Per: time.Second}})
	f := follower{t: t, states: map[string]string{}, seen: map[string]int{}}
	objects := map[string]int{}
	const events = 100_000
	for range events {
		objects[f.take(s.Next())]++
	}
	for _, want := range DefaultMix(apizee.Documented()) {
		if share := float64(objects[want.Object]) / events * 100; share < float64(want.Weight)-1 || share > float64(want.Weight)+1 {
			t.Errorf("%.1f %% of the events are about a %s, want %d", share, want.Object, want.Weight)
		}
	}
	for object, l := range lives() {
		for i, stage := range l {
			event := apizee.Update
			if i == 0 {
				event = apizee.Create
			}
			if f.seen[object+" "+event+" "+stage.state] == 0 {
				t.Errorf("no %s was ever %q", object, stage.state)
			}
		}
		if f.seen[object+" "+apizee.Delete+" "] == 0 {
			t.Errorf("no %s was ever deleted", object)
		}
	}
}

// The lives use every documented state and no other, and every stage can be reached.
func TestWordsAreDocumented(t *testing.T) {
	mediaObject, _ := apizee.Documented().LookupObject("media")
	parents, _ := mediaObject.Prop("_parent.name")
	for _, name := range []string{apizee.Ticket, apizee.Conversation, apizee.Conference} {
		if !slices.Contains(parents.Values, name) {
			t.Errorf("%q is not a documented parent", name)
		}
	}
	for name, l := range lives() {
		object, _ := apizee.Documented().LookupObject(name)
		prop, ok := object.Prop("state")
		if !ok {
			prop, _ = object.Prop("eventType")
		}
		stages := []string{}
		reached := []string{l[0].state}
		for _, s := range l {
			stages = append(stages, s.state)
			for _, n := range s.next {
				reached = append(reached, n.state)
			}
		}
		stages = slices.DeleteFunc(stages, func(s string) bool { return s == "" })
		reached = slices.DeleteFunc(reached, func(s string) bool { return s == "" })
		for _, list := range []*[]string{&stages, &reached} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
			documented := slices.Sorted(slices.Values(prop.Values))
			if diff := cmp.Diff(documented, *list); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

func TestTimeFollowsTheRate(t *testing.T) {
	tests := map[string]struct {
		rate   Rate
		events int
		want   int64 // seconds from the first to the last
	}{
		"two a second":           {Rate{2, time.Second}, 21, 10},
		"thirty a minute":        {Rate{30, time.Minute}, 31, 60},
		"three in seven seconds": {Rate{3, 7 * time.Second}, 30_001, 70_000},
		"a third of a second":    {Rate{3, time.Second}, 100_000, 33_333},
		"once a day":             {Rate{1, 24 * time.Hour}, 11, 864_000},
		"as fast as can be":      {Rate{maxCount, time.Millisecond}, 1000, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := New(Options{Start: start, Rate: test.rate})
			var last int64
			for i := range test.events {
				now, err := strconv.ParseInt(apizee.Documented().Validate(s.Next()).Event.Time, 10, 64)
				if err != nil || now < last || i == 0 && now != start.Unix() {
					t.Fatalf("event %d is at %d, after %d, %v", i, now, last, err)
				}
				last = now
			}
			if got := last - start.Unix(); got != test.want {
				t.Errorf("took %d s, want %d s", got, test.want)
			}
		})
	}
}

func TestMixIsFollowed(t *testing.T) {
	s := New(Options{Start: start, Mix: Mix{{apizee.Media, 1}}})
	for range 1000 {
		if e := apizee.Documented().Validate(s.Next()).Event; e.Object != "media" {
			t.Fatalf("got %+v", e)
		}
	}
}

// An object without a behavior has props of every type, also in groups that are not
// adjacent, or no props.
func TestAnyObject(t *testing.T) {
	props := []apizee.Prop{
		{Path: "place.floor", Type: apizee.Integer, Range: &apizee.Range{Min: -3, Max: 40}, Example: "1"},
		{Path: "at", Type: apizee.DateTime, Example: `"2021-09-20T13:25:06+00:00"`},
		{Path: "place.height", Type: apizee.Number, Range: &apizee.Range{Min: -1.5, Max: 2.25}, Example: "1.5"},
		{Path: "phase", Type: apizee.Text, Values: []string{"first", "second", "third", "la\"st"}, Example: `"first"`},
		{Path: "color", Type: apizee.Text, Values: []string{"red", "green"}, Example: `"red"`},
		{Path: "note", Type: apizee.Text, Example: `"any"`},
	}
	for name, own := range map[string][]apizee.Prop{"all kinds": props, "no words": props[:3], "none": nil} {
		t.Run(name, func(t *testing.T) {
			catalog := apizee.Documented()
			catalog.Objects = append(catalog.Objects, apizee.Object{
				Name: "thing", ID: apizee.Identifier{Types: []apizee.Type{apizee.Text}, Example: `"ab-12"`}, Props: own,
			})
			s := New(Options{Catalog: catalog, Seed: 5, Start: start, Mix: Mix{{"thing", 1}}})
			seen := map[string]bool{}
			for range 3000 {
				line := s.Next()
				report := catalog.Validate(line)
				if len(report.Findings) > 0 || len(report.Event.IDText()) != len("ab-12") {
					t.Fatalf("%s\n%v", line, report.Findings)
				}
				phase, _ := report.Event.Prop("phase")
				seen[report.Event.Name+phase.Text()] = true
				if e := report.Event; e.Name != apizee.Delete && len(e.Props) != len(own) {
					t.Fatalf("%s does not have %d props", line, len(own))
				}
			}
			want := []string{apizee.Create, apizee.Update, apizee.Delete}
			if name == "all kinds" {
				want = []string{"createfirst", "updatesecond", `updatela"st`, "delete"}
			}
			for _, each := range want {
				if !seen[each] {
					t.Errorf("no %s in %v", each, seen)
				}
			}
		})
	}
}

func TestStreamMemoryIsBounded(t *testing.T) {
	s := New(Options{Start: start})
	buffer := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100_000, func() { buffer = s.AppendNext(buffer[:0]) }); n != 0 {
		t.Errorf("an event needs %v allocations", n)
	}
	for _, p := range s.populations {
		if cap(p.alive) != p.most {
			t.Errorf("the population of %s grew to %d", p.name, cap(p.alive))
		}
	}
}

func TestAppendDegrees(t *testing.T) {
	tests := map[int]string{0: "0", 1: "0.000001", -579180: "-0.57918", 47_866675: "47.866675", -3_000000: "-3", 90_000100: "90.0001"}
	for in, want := range tests {
		if got := string(appendDegrees(nil, in)); got != want {
			t.Errorf("%d: got %s, want %s", in, got, want)
		}
	}
}

func BenchmarkAppendNext(b *testing.B) {
	s := New(Options{Seed: 1, Start: start})
	buffer := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buffer = s.AppendNext(buffer[:0])
	}
}
