package shape

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"

	"gotest.tools/v3/golden"
)

// asIs writes events as they are, so that files can be compared with them.
var asIs = Writing{Scrub: func(event []byte) ([]byte, error) { return event, nil }, Speed: 60, MaxGap: 5 * time.Second}

// lifeOf adds the events of a ticket, ten minutes apart.
func lifeOf(l *Learner, id int, start time.Time, states ...string) {
	for i, state := range states {
		name := apizee.Update
		if i == 0 {
			name = apizee.Create
		}
		l.Add(event(name, id, fmt.Sprintf(`{"state":%q}`, state)), start.Add(time.Duration(i)*10*time.Minute))
	}
}

func TestLearnerFiles(t *testing.T) {
	l := NewLearner(New(testRules()))
	start := time.Unix(1775976413, 0)
	for i := range 30 {
		lifeOf(l, i, start, "new", "invited", "closed")
		if i%3 == 0 {
			lifeOf(l, 1000+i, start, "new", "declined")
		}
	}
	l.Add(`{"event":"update","time":1,"object":"ticket","objectId":5,"props":{"state":"onhold","geoloc.lat":1,"a":"{{ x }} ${HOME}"}}`, start)
	l.Add(`{"event":"conversationevent.create","time":"x","object":"conversationevent","objectId":"a\"b","props":{"eventType":"geo.ansAllowed"},"more":[]}`, start)
	files, err := l.Files(asIs)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if name != BaselineFile {
			fmt.Fprintf(&all, "-- %s --\n%s", name, files[name])
		}
	}
	golden.Assert(t, all.String(), "files.txt")
}

// TestScenarioOfOneObject learns from objects whose events are between those of others. The events of a
// scenario are those of one object, unless they are too large to be kept.
func TestScenarioOfOneObject(t *testing.T) {
	for size, want := range map[int][]string{10: {"1", "1", "1"}, MaxExample / 2: {"1", "0", "1"}} {
		l := NewLearner(New(testRules()))
		add := func(id int, state string) {
			l.Add(event(apizee.Update, id, fmt.Sprintf(`{"state":%q,"url":"https://a.fr/ticket-%d","x":%q}`, state, id, strings.Repeat("x", size))), time.Time{})
		}
		add(0, "invited")
		for _, state := range []string{"new", "invited", "closed"} {
			for id := range 3 {
				add(id+1, state)
			}
		}
		files, err := l.Files(asIs)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, found := range regexp.MustCompile(`/ticket-(\d)`).FindAllSubmatch(files["scenarios/ticket-life-1.yaml"], -1) {
			got = append(got, string(found[1]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d bytes: %s", size, diff)
		}
		if l.lives.kept != 0 {
			t.Errorf("%d bytes are still kept", l.lives.kept)
		}
	}
}

// TestScenariosOfManyObjects learns from more objects than there is room for, of which none is deleted. Every
// scenario is that of one object: also of a rare order, and of one whose first events come before all others.
func TestScenariosOfManyObjects(t *testing.T) {
	closed, declined, expired := []string{"new", "invited", "opened", "closed"}, []string{"new", "declined"}, []string{"new", "expired"}
	for name, orderOf := range map[string]func(id int) []string{
		"declined first": func(id int) []string {
			if id < 1500 {
				return declined
			}
			return closed
		},
		"declined and expired are rare": func(id int) []string {
			switch id % 50 {
			case 20:
				return expired
			case 40:
				return declined
			}
			return closed
		},
	} {
		for _, between := range []int{1, 40, 400} { // objects that begin between two events of one
			l := NewLearner(New(testRules()))
			const n = 3000
			for at := range n + 4*between {
				for step := range 4 {
					if id := at - step*between; id >= 0 && id < n && step < len(orderOf(id)) {
						l.Add(event(apizee.Update, id, fmt.Sprintf(`{"state":%q,"url":"https://a.fr/ticket-%d","x":%q}`, orderOf(id)[step], id, strings.Repeat("x", 200))), time.Time{})
					}
					if l.lives.kept > maxKept {
						t.Fatalf("%s: %d bytes are kept", name, l.lives.kept)
					}
				}
			}
			files, err := l.Files(asIs)
			if err != nil {
				t.Fatal(err)
			}
			for file, text := range files {
				urls := regexp.MustCompile(`/ticket-\d+`).FindAllString(string(text), -1)
				if strings.HasPrefix(file, "scenarios/") && len(slices.Compact(urls)) != 1 {
					t.Errorf("%s, %d between: %s has the events of several objects: %v", name, between, file, urls)
				}
			}
		}
	}
}

// TestLearnerLeavesOut has events that would make templates that cannot be read.
func TestLearnerLeavesOut(t *testing.T) {
	for name, props := range map[string]string{
		"deep":  strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000),
		"lists": `{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}",
		"wide":  `{"a":[` + strings.TrimSuffix(strings.Repeat("[[[[[[1]]]]]],", 15000), ",") + "]}",
		"large": `{"a":"` + strings.Repeat("z", MaxExample) + `"}`,
	} {
		l := NewLearner(New(testRules()))
		l.Add(event(apizee.Update, 1, props), time.Unix(1775976413, 0))
		files, err := l.Files(asIs)
		if err != nil {
			t.Fatal(err)
		}
		for file, text := range files {
			if strings.HasPrefix(file, "templates/") || len(text) > 1<<20 {
				t.Errorf("%s: %s has %d bytes", name, file, len(text))
			}
		}
		if kinds := l.Untemplated(files); len(kinds) != 1 || kinds[0].String() != "ticket update" {
			t.Errorf("%s: no template of %v", name, kinds)
		}
	}
}

// TestLearnerWithoutID has events that tell no object from another, alone and beside one that does.
func TestLearnerWithoutID(t *testing.T) {
	for _, id := range []string{"", `,"objectId":null`} {
		l := NewLearner(New(testRules()))
		for _, id := range []string{id, id, `,"objectId":7`} {
			l.Add(`{"object":"media","event":"create","time":1`+id+`,"props":{"state":"inprogress"}}`, time.Time{})
		}
		l.Add(`{"object":"media","event":"update","time":1,"objectId":7,"props":{"state":"completed"}}`, time.Time{})
		files, err := l.Files(asIs)
		if err != nil {
			t.Fatal(err)
		}
		checkFiles(t, files)
		if life := string(files["scenarios/media-life-1.yaml"]); !strings.Contains(life, "as in 1 captured life") || !strings.Contains(life, "id: 7") {
			t.Errorf("%s: the life is %s", id, life)
		}
	}
}

// checkFiles checks that the templates and scenarios among files are valid.
func checkFiles(t *testing.T, files map[string][]byte) {
	t.Helper()
	for name, text := range files {
		switch {
		case strings.HasPrefix(name, "templates/"):
			template, err := payload.Parse(name, string(text))
			if err == nil {
				_, err = template.Render(payload.Vars{}, sources())
			}
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, text)
			}
		case strings.HasPrefix(name, "scenarios/"):
			if _, err := parse.File(name, text, parse.Options{Catalog: apizee.Documented(), LookupEnv: func(string) (string, bool) { return "", false }}); err != nil {
				t.Errorf("%s: %v\n%s", name, err, text)
			}
		}
	}
}

func sources() payload.Sources {
	return payload.Sources{Now: func() time.Time { return time.Unix(1, 0) }}
}

// TestLearnGenerated learns from generated events of all objects.
func TestLearnGenerated(t *testing.T) {
	l := NewLearner(New(testRules()))
	s := generate.New(generate.Options{Seed: 3, Start: time.Unix(1775976413, 0)})
	for range 5000 {
		l.Add(string(s.Next()), time.Time{})
	}
	files, err := l.Files(asIs)
	if err != nil {
		t.Fatal(err)
	}
	checkFiles(t, files)
	if kinds := l.Untemplated(files); kinds != nil {
		t.Errorf("no template of %v", kinds)
	}
	for _, name := range []string{"templates/ticket-create-new.json", "scenarios/ticket-life-1.yaml", "scenarios/media-life-1.yaml", BaselineFile} {
		if files[name] == nil {
			t.Errorf("%s is missing in %q", name, slices.Sorted(maps.Keys(files)))
		}
	}
}

// FuzzFiles learns from one event, whose template must render the same event, at another time.
func FuzzFiles(f *testing.F) {
	for _, e := range captured()[:8] {
		f.Add(e)
	}
	f.Add(`{"object":"ticket","objectId":"{{","props":{"state":"new","{{ .x }}":"}} ${A} $${B} {{/* */}}","\u2028":"\u0085\ufeff\u007f\ud83d\ude00"},"event":"update","time":1e400}`)
	f.Add(`{"object":"ticket","objectId":"\\{{","event":"create","time":1,"props":{"a":{"b":[[],{},-0,1e5,"*/}}"]},"y":"on","null":"~"}}`)
	f.Add(`{"object":"media","objectId":9,"event":"x","time":1,"p":{"state":"${{a}} {{{{${{{b ${c} $${{ {${"}}`)
	f.Add(`{"object":"ticket","objectId":1,"event":"create","time":1,"props":{"state":"new"},"n":[1E400,-0.0e-9,123456789012345678901234567890,18446744073709551616]}`)
	f.Add("\v" + `{"event":"create","time":15759764e3,"object":"ticket","objectId":1,"props":{"state":"closed"}}`)
	for _, id := range []string{"33333333333333333333333339", "-9223372036854775808", "1.0", "-0", "1e400", "0.1000000000000000055"} {
		f.Add(`{"object":"ticket","objectId":` + id + `,"event":"create","time":1,"props":{}}`)
	}
	f.Fuzz(func(t *testing.T, event string) {
		value := jsontext.Value(bytes.TrimSpace([]byte(event)))
		if value.Kind() != '{' || !value.IsValid() || value.Compact() != nil || len(event) > 1000 {
			return
		}
		l := NewLearner(New(testRules()))
		if !l.Add(string(value), time.Time{}) {
			return
		}
		l.Add(string(value), time.Unix(1, 0))
		files, err := l.Files(asIs)
		if err != nil {
			t.Fatal(err)
		}
		checkFiles(t, files)
		for name, text := range files {
			if !strings.HasPrefix(name, "templates/") {
				continue
			}
			template, err := payload.Parse(name, string(text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := template.Render(payload.Vars{}, sources())
			if err != nil {
				t.Fatal(err)
			}
			want := value.Clone()
			if in := members(string(value)); slices.ContainsFunc(in, func(m member) bool { return m.name == "time" && typeOf(m.value[0]) == Number }) {
				continue // the time differs
			}
			if err := want.Canonicalize(); err != nil {
				continue
			}
			rendered := jsontext.Value(got)
			if err := rendered.Canonicalize(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(rendered)); diff != "" {
				t.Errorf("%s\n%s", diff, text)
			}
		}
	})
}

// TestDuplicateNames learns from an event with duplicate names, which cannot be an example. Its kind is that
// of the first of each.
func TestDuplicateNames(t *testing.T) {
	l := NewLearner(New(testRules()))
	for range 3 {
		l.Add(`{"object":"ticket","event":"update","time":1,"objectId":1,"props":{"state":"new","a":1,"a":"x","state":2},"time":"x","object":"media","event":"create","props":{}}`, time.Time{})
	}
	files, err := l.Files(asIs)
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	b, err := Read(files[BaselineFile], testRules())
	if err != nil {
		t.Fatal(err)
	}
	if kind := b.Kinds()[0].Kind; kind != (Kind{Object: "ticket", Event: "update", Word: "new"}) {
		t.Errorf("learned as %v", kind)
	}
	if props := b.Kinds()[0].Root.byName["props"]; props.byName["a"].Types[Integer] != 3 || props.byName["a"].Seen != 3 {
		t.Errorf("%s", files[BaselineFile])
	}
}

// TestMemory learns from many objects and sets of props.
func TestMemory(t *testing.T) {
	used := func(events int) uint64 {
		l := NewLearner(New(testRules()))
		for i := range events {
			l.Add(event("update", i, fmt.Sprintf(`{"state":"invited","n%d":1,"agent":{"a%d":"x"}}`, i%20_000, i)), time.Unix(int64(i), 0))
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(l)
		return m.HeapAlloc
	}
	few, many := used(10_000), used(200_000)
	if many > few+few/4 {
		t.Errorf("%d bytes after 10,000 events, %d after 200,000", few, many)
	}
}
