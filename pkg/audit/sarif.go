package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

// The SARIF report, version 2.1.0, has a result for each rule that failed or warned, as tools such as
// GitHub's code scanning show every result as a finding. Rules that were not judged are notifications.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		Properties  map[string]any    `json:"properties,omitempty"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string       `json:"id"`
		Name             string       `json:"name"`
		ShortDescription sarifMessage `json:"shortDescription"`
		FullDescription  sarifMessage `json:"fullDescription"`
		Help             sarifMessage `json:"help"`
		Properties       sarifTags    `json:"properties"`
	}
	sarifTags struct {
		Tags []string `json:"tags"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		ExecutionSuccessful        bool                `json:"executionSuccessful"`
		StartTimeUTC               string              `json:"startTimeUtc"`
		EndTimeUTC                 string              `json:"endTimeUtc"`
		ToolExecutionNotifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		AssociatedRule *sarifReference `json:"associatedRule,omitempty"`
		Level          string          `json:"level"`
		Message        sarifMessage    `json:"message"`
	}
	sarifReference struct {
		ID    string `json:"id"`
		Index int    `json:"index"`
	}
	sarifResult struct {
		RuleID              string            `json:"ruleId"`
		RuleIndex           int               `json:"ruleIndex"`
		Level               string            `json:"level"`
		Message             sarifMessage      `json:"message"`
		Locations           []sarifLocation   `json:"locations"`
		PartialFingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		PhysicalLocation sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// WriteSARIF writes the outcome in SARIF, as the result of a program.
func (o Outcome) WriteSARIF(w io.Writer, program, version string) error {
	const layout = "2006-01-02T15:04:05.000Z"
	run := sarifRun{
		Tool: sarifTool{sarifDriver{Name: program, Version: version, Rules: []sarifRule{}}},
		Invocations: []sarifInvocation{{
			ExecutionSuccessful: o.Complete,
			StartTimeUTC:        o.Start.UTC().Format(layout), EndTimeUTC: o.Start.Add(o.Took).UTC().Format(layout),
		}},
		Results:    []sarifResult{},
		Properties: map[string]any{"url": o.URL, "formula": Formula},
	}
	if o.Complete {
		run.Properties["score"] = o.Score()
	}
	invocation := &run.Invocations[0]
	notify := func(level, text string, rule *sarifReference) {
		invocation.ToolExecutionNotifications = append(invocation.ToolExecutionNotifications, sarifNotification{rule, level, sarifMessage{text}})
	}
	if o.Problem != "" {
		notify("error", "the audit did not start: "+o.Problem, nil)
	}
	if o.Crash != "" {
		notify("error", o.Crash, nil)
	}
	for i, r := range o.Results {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: r.Name, Name: r.Name, ShortDescription: sarifMessage{r.Title}, FullDescription: sarifMessage{r.Why},
			Help: sarifMessage{"Expected: " + r.Expected + ".\n\n" + r.Why}, Properties: sarifTags{[]string{r.Group}},
		})
		switch r.Status {
		case Failed, Warned:
			run.Results = append(run.Results, o.sarifResult(i, r))
		case NotJudged:
			notify("warning", "not judged: "+r.Actual, &sarifReference{r.Name, i})
		}
	}
	return report.EncodeJSON(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

func (o Outcome) sarifResult(index int, r Result) sarifResult {
	level := "error"
	if r.Status == Warned {
		level = "warning"
	}
	lines := []string{r.Title + ": " + r.Note(), "Expected: " + r.Expected}
	for _, e := range r.Requests {
		lines = append(lines, e.text())
	}
	return sarifResult{
		RuleID: r.Name, RuleIndex: index, Level: level, Message: sarifMessage{strings.Join(lines, "\n")},
		Locations:           []sarifLocation{{sarifPhysical{sarifArtifact{uri(o.URL)}}}},
		PartialFingerprints: map[string]string{"endpointRule/v1": fingerprint(o.URL, r.Name)},
	}
}

// uri escapes what a query may have in practice, but not in a URI.
func uri(url string) string {
	return strings.NewReplacer("<", "%3C", ">", "%3E", `"`, "%22", "{", "%7B", "}", "%7D", "|", "%7C", "^", "%5E", "`", "%60", `\`, "%5C").Replace(url)
}

// fingerprint identifies a finding in later audits of the endpoint, whatever it responds.
func fingerprint(url, rule string) string {
	sum := sha256.Sum256([]byte(url + "\x00" + rule))
	return hex.EncodeToString(sum[:16])
}
