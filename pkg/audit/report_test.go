package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

// someOutcome has a rule of each status.
func someOutcome() Outcome {
	o := Outcome{URL: "http://h/?<b>=|1", Start: time.Unix(1575976413, 0), Took: 1500 * time.Millisecond, Complete: true}
	for i, status := range []Status{Passed, Warned, Failed, NotJudged, Skipped} {
		o.Results = append(o.Results, Result{
			Rule: Rules(apizee.Documented())[i], Status: status, Actual: "500 <Oops>",
			Requests: []Exchange{{Label: "first", Actual: "500", Response: "no such table\nat line 1", Repeat: "send it"}},
		})
	}
	return o
}

func TestSARIF(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile())
	if err != nil {
		t.Fatal(err)
	}
	outcome := someOutcome()
	stopped := someOutcome()
	stopped.Complete = false
	for name, o := range map[string]Outcome{"all": outcome, "stopped": stopped, "none": {}} {
		var text bytes.Buffer
		if err := o.WriteSARIF(&text, "apizee-hooks", "1.2.3"); err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("%s: %v\n%s", name, err, &text)
		}
	}
	var text bytes.Buffer
	if err := outcome.WriteSARIF(&text, "apizee-hooks", "1.2.3"); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(text.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if len(run.Results) != 2 || len(run.Invocations[0].ToolExecutionNotifications) != 1 || len(run.Tool.Driver.Rules) != 5 {
		t.Fatalf("%s", &text)
	}
	warned, failed := run.Results[0], run.Results[1]
	if warned.Level != "warning" || failed.Level != "error" ||
		run.Tool.Driver.Rules[failed.RuleIndex].ID != failed.RuleID || !strings.Contains(failed.Message.Text, "$ send it") {
		t.Errorf("%+v", run.Results)
	}
	// Tools find a result again by its fingerprint, so that it must not depend on the response or time.
	if failed.PartialFingerprints["endpointRule/v1"] != fingerprint(outcome.URL, failed.RuleID) || fingerprint("http://h/", "get") != "04f16911132dad5a86f987a05e2336ff" {
		t.Errorf("%v, and %s", failed.PartialFingerprints, fingerprint("http://h/", "get"))
	}
}

// schemaFile returns the reduced schema, or with SARIF_SCHEMA another one, such as the whole of OASIS.
func schemaFile() string {
	if file := os.Getenv("SARIF_SCHEMA"); file != "" {
		return file
	}
	return "testdata/sarif.schema.json"
}

func TestBaseline(t *testing.T) {
	var text bytes.Buffer
	before := someOutcome()
	if err := before.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	baseline, err := ReadBaseline(&text)
	if err != nil {
		t.Fatal(err)
	}
	after := someOutcome() // before: passed, warned, failed, not judged, skipped
	for i, status := range []Status{Warned, Passed, Failed, Failed, Failed} {
		after.Results[i].Status, after.Results[i].Before = status, baseline.before(after.Results[i].Name)
	}
	after.Results = append(after.Results, Result{Rule: Rule{Name: "new"}, Status: Failed, Before: baseline.before("new")},
		Result{Rule: Rule{Name: "new too"}, Status: Warned, Before: baseline.before("new too")})
	got := map[Change][]string{}
	for _, c := range []Change{Worse, Better, Same} {
		got[c] = after.Changed(c)
	}
	want := map[Change][]string{Worse: {"ordinary-event", "content-type", "new"}, Better: {"ticket-events"}, Same: {"media-events", "conversation-events"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	cases := map[string]string{}
	for _, suite := range after.JUnit().Suites {
		for _, c := range suite.Cases {
			cases[c.Name] = string(c.Status) + ": " + c.Message
		}
	}
	wantCases := map[string]string{
		"ordinary-event":      "failed: worse than the baseline (passed before): 500 <Oops>",
		"ticket-events":       "passed: 500 <Oops>",
		"media-events":        "skipped: not worse than the baseline (failed before): 500 <Oops>",
		"conversation-events": "skipped: not worse than the baseline (not judged before): 500 <Oops>",
		"content-type":        "failed: worse than the baseline (not tried before): 500 <Oops>",
		"new":                 "failed: worse than the baseline (not tried before): ",
		"new too":             "warned: ",
	}
	if diff := cmp.Diff(wantCases, cases); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{"", "{}", "[1]", `{"complete":false,"rules":[]}`, `{"suites":[]}`} {
		if _, err := ReadBaseline(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// The score is a case, and below the minimum the rules that failed are why.
func TestMinScore(t *testing.T) {
	for least, want := range map[int]string{
		37: "skipped: failed, but the score is not below the minimum: 500 <Oops>; passed: ",
		38: "failed: 500 <Oops>; failed: the score is 37, below the minimum of 38",
	} {
		o := someOutcome()
		o.MinScore = &least
		r := o.JUnit()
		failed, own := r.Suites[0].Cases[2], r.Suites[len(r.Suites)-1].Cases[0]
		if got := fmt.Sprintf("%s: %s; %s: %s", failed.Status, failed.Message, own.Status, own.Message); got != want || own.Name != "score" {
			t.Errorf("%d: got %s, want %s", least, got, want)
		}
	}
}

// JUnit has no warnings, so they are in the output of their suite.
func TestJUnitKeepsWarnings(t *testing.T) {
	var text bytes.Buffer
	if err := report.JUnit.Write(&text, someOutcome().JUnit()); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"<system-out>warning: ticket-events: 500 &lt;Oops&gt;", "$ send it", `<failure type="expectation" message="500 &lt;Oops&gt;">`,
		`<skipped message="not judged: 500 &lt;Oops&gt;"/>`, `name="formula"`,
	} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("%s is missing in\n%s", part, &text)
		}
	}
}
