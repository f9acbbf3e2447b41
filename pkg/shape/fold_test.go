package shape

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// persons returns two names of persons that look like names of fields.
func persons(i int) (string, string) {
	return string(rune('a'+i%26)) + "qq", "o" + string(rune('a'+i/26))
}

// TestFold learns from events with maps, whose names are in no file.
func TestFold(t *testing.T) {
	scrubber := redact.NewScrubber(redact.ScrubOptions{Documented: Documented(apizee.Documented())})
	rules := NewRules(apizee.Documented(), scrubber)
	l := NewLearner(New(rules))
	var events []string
	for i := range 400 {
		first, last := persons(i)
		states := []string{"new", "invited", "closed"}
		few := ""
		if i == 77 {
			few = `,"boqq":2`
		}
		props := fmt.Sprintf(`{"state":%q,"scores":{"total":3,%q:{"n":%d,"by":{%q:1}}},"mails":{"a%d@b.c":"x"%s},"option%d":"x"}`, states[i%3], first+last, i, last+first, i, few, i%8)
		events = append(events, event("update", i, props))
	}
	events = append(events, event("update", 400, `{"state":"declined","scores":{"aqqoa":{"n":1}}}`)) // of another kind
	for _, e := range events {
		l.Add(e, time.Time{})
	}
	named := l.Baseline.Fold()
	for path, want := range map[string]bool{
		"props": true, "props.state": true, "props.scores": true, "props.scores.total": true, "props.option7": true,
		"props.scores.*.by": true, "props.scores.*.n": true, "props.mails": true, "props.mails.boqq": false, "props.scores.aqqoa": false,
	} {
		if named[path] != want {
			t.Errorf("%s: %t", path, named[path])
		}
	}
	scrubber.KeepNamesOf(named)
	files, err := l.Files(Writing{Scrub: scrubber.JSON, Speed: 60})
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range files {
		if bytes.Contains(text, []byte("qq")) {
			t.Errorf("the name of a person is in %s:\n%s", file, text)
		}
	}
	b, err := Read(files[BaselineFile], rules)
	if err != nil {
		t.Fatal(err)
	}
	schema := compileSchema(t, files[BaselineFile])
	for _, e := range events {
		if drifts := compare(b, e, 1).Drifts; drifts != nil {
			t.Errorf("%s: %v", e, drifts)
		}
		if err := validateBy(t, schema, e); err != nil {
			t.Errorf("%s: %v", e, err)
		}
	}
	drifted := compare(b, event("update", 1, `{"state":"new","option1":"x","scores":{"total":1,"someone":{"n":"x","by":{"me":1}}},"mails":{}}`), 1).Drifts
	if len(drifted) != 1 || drifted[0].Path != "props.scores.*.n" || drifted[0].Rule != OtherType {
		t.Errorf("drift: %+v", drifted)
	}
}
