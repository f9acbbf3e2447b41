package apizee

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// FuzzValidate validates any bytes as a body.
func FuzzValidate(f *testing.F) {
	for _, bench := range benchmarks {
		f.Add([]byte(bench.body))
	}
	for _, seed := range []string{
		"", "{", "{}{}", `{"a":{"a":{"a":{"a":[{"a":1,"a":2}]}}}}`, `{"event":"up\u0064ate","time":-1e400}`, "{\"\xff\":1}",
		`{"object":"media","objectId":"\u0000","props":{"_parent":{"":{}},"_parent.id":1e-1,"_parent.":0}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := slices.Clone(body)
		report := catalog.Validate(body)
		if !slices.Equal(before, body) {
			t.Fatal("the body was changed")
		}
		if diff := cmp.Diff(report, catalog.Validate(body), onlyRead); diff != "" {
			t.Fatalf("a second look differs: %s", diff)
		}
		if report.OK() && !jsontext.Value(body).IsValid() {
			t.Error("accepted what is not one sound JSON value")
		}
		for _, finding := range report.Findings {
			if finding.Offset < 0 || finding.Offset > len(body) {
				t.Errorf("%s: offset %d of %d", finding, finding.Offset, len(body))
			}
			if finding.Message == "" || len(finding.String()) > 1500 || utf8.Valid(body) && !utf8.ValidString(finding.String()) {
				t.Errorf("unreadable finding %q", finding)
			}
		}
		for _, value := range report.Event.Props {
			if !jsontext.Value(value.JSON).IsValid() {
				t.Errorf("%s is %q", value.Path, value.JSON)
			}
		}
		_ = report.Event.Summary()
	})
}

// sameSpaced fails unless valid JSON has the same findings with other white space.
func sameSpaced(t *testing.T, body []byte) {
	t.Helper()
	spaced := jsontext.Value(slices.Clone(body))
	if err := spaced.Indent(); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	compact := func(json string) string {
		value := jsontext.Value(json)
		if err := value.Compact(); err != nil && json != "" {
			t.Errorf("%s: %v", json, err)
		}
		return string(value)
	}
	unspaced := func(body []byte) Report {
		r := catalog.Validate(body)
		for i := range r.Findings {
			r.Findings[i].Offset = 0
		}
		r.Event.Time, r.Event.ID = compact(r.Event.Time), compact(r.Event.ID)
		for i, value := range r.Event.Props {
			r.Event.Props[i].JSON = compact(value.JSON)
		}
		return r
	}
	if diff := cmp.Diff(unspaced(body), unspaced(spaced), onlyRead); diff != "" {
		t.Errorf("%s (-as it came +with spaces):\n%s", body, diff)
	}
}

// FuzzFilter matches any filter and any bytes as the event.
func FuzzFilter(f *testing.F) {
	f.Add("object=ticket", "props.state!=invited,closed", []byte(benchmarks[0].body))
	f.Add("event != delete", "objectId=9", []byte(benchmarks[1].body))
	f.Add("time=1", "props._parent.id=100", []byte("{"))
	f.Add("=", "props.x=", []byte(nil))
	f.Fuzz(func(t *testing.T, first, second string, body []byte) {
		both, err := catalog.ParseFilter([]string{first, second})
		if err != nil {
			if utf8.ValidString(first) && utf8.ValidString(second) && !utf8.ValidString(err.Error()) {
				t.Errorf("unreadable error %q", err)
			}
			return
		}
		event := catalog.Validate(body).Event
		one, errOne := catalog.ParseFilter([]string{first})
		other, errOther := catalog.ParseFilter([]string{second})
		if errOne != nil || errOther != nil {
			return // the one says what the other leaves open
		}
		if both.Match(event) != (one.Match(event) && other.Match(event)) {
			t.Errorf("%q and %q do not add up", first, second)
		}
		key, values, _ := strings.Cut(first, "=")
		if negated, err := catalog.ParseFilter([]string{key + "!=" + values}); err == nil && !strings.HasSuffix(key, "!") {
			if negated.Match(event) == one.Match(event) {
				t.Errorf("%q and its opposite both match, or neither does", first)
			}
		}
	})
}

// FuzzNearest checks that only known words are suggested.
func FuzzNearest(f *testing.F) {
	f.Add("opend")
	f.Fuzz(func(t *testing.T, word string) {
		states := catalog.Objects[0].Props[0].Values
		if got := Nearest(word, states); got != "" && !slices.Contains(states, got) {
			t.Errorf("Nearest(%q) = %q", word, got)
		}
	})
}
