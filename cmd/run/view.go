package run

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/runner"
)

// view prints the progress of a run: a line for each step and, on a terminal, a spinner for the
// current one.
type view struct {
	app     *cli.App
	run     *running
	palette console.Palette
	out     io.Writer
	spinner *spinner

	results  []deliver.Result // of the current step
	warnings []string         // about the events it sent, each once
	failures int              // failed repetitions of the current step
	hinted   string           // the last hint, which is not repeated
	skipped  map[int]bool     // steps of the scenario that were shown as skipped

	arrival chan struct{} // signaled by each arrival
	mu      sync.Mutex    // guards arrived
	arrived []*receive.Reception
}

func newView(a *cli.App, r *running) *view {
	v := &view{app: a, run: r, palette: a.Out(), out: a.Text(), arrival: make(chan struct{}, 1)}
	if a.NoText() {
		v.out = io.Discard
	}
	v.spinner = newSpinner(v.out, v.palette, a.IsAnimated(a.Stdout) && !a.NoText())
	return v
}

// line prints one line above the spinner.
func (v *view) line(format string, args ...any) {
	v.spinner.pause()
	fmt.Fprintf(v.out, format+"\n", args...)
}

func (v *view) begin() {
	if v.run.options.loopback {
		v.line("%s", v.palette.Dim("Listening on "+deliver.ShowURL(v.run.delivery.To, v.app.ShowSecrets)+" in this process."))
	}
}

// scenario prints the heading of a scenario.
func (v *view) scenario(title string, s *scenario.Scenario) {
	v.skipped = map[int]bool{}
	line := v.palette.Strong(show.Brief(title)) + v.palette.Dim("  "+console.Plural(len(s.Steps), "step"))
	if s.Description != "" && v.app.Verbose {
		line += "\n" + v.palette.Dim(console.Safe(s.Description))
	}
	v.line("%s", line)
}

// waiting shows what the run waits for until done is called: on a terminal as a spinner,
// elsewhere as a line.
func (v *view) waiting(what string) (done func()) {
	if !v.app.IsAnimated(v.app.Stdout) {
		v.line("%s", v.palette.Dim(console.Safe(what)))
	}
	v.spinner.show(what)
	return v.spinner.pause
}

// observe prints the progress that the runner reports.
func (v *view) observe(event runner.Event) {
	switch e := event.(type) {
	case runner.StepStarted:
		v.spinner.show(stepText(e.Step))
	case runner.Delivered:
		v.results = append(v.results, e.Result)
		v.warning(e.Warnings)
		if v.app.Verbose {
			v.delivery(e)
		}
	case runner.Probed:
		if v.app.Verbose {
			v.attempt(e)
		}
		if e.Next > 0 {
			v.spinner.show(fmt.Sprintf("%s, attempt %d", stepText(e.Step), e.Result.Attempt+1))
		}
		v.results = []deliver.Result{e.Result}
	case runner.StepFinished:
		v.finished(e.Outcome)
	}
}

func stepText(s runner.Step) string {
	text := fmt.Sprintf("%d. %s", s.N, show.Brief(s.Title))
	if s.Repetitions > 1 {
		text += fmt.Sprintf("  %d of %d", s.Repetition, s.Repetitions)
	}
	return text
}

func (v *view) delivery(e runner.Delivered) {
	p := v.palette
	v.line("      %s %s", p.Strong("→"), p.Dim(apizee.Method+" "+console.Safe(e.Target)))
	if e.Result.Proxy != "" {
		v.line("        %s", p.Dim(console.Safe("through the proxy "+e.Result.Proxy)))
	}
	v.line("        %s", p.Dim(console.Safe(e.Body)))
}

// attempt prints an attempt of a probe and, unless it is the last, its result.
func (v *view) attempt(e runner.Probed) {
	p, result := v.palette, ""
	if e.Next > 0 {
		result = "  ← " + resultText(e.Result) + ", retrying in " + console.Duration(e.Next)
	}
	v.line("      %s %s", p.Strong("→"), p.Dim(e.Method+" "+console.Safe(e.Target)+result))
}

// finished prints the outcome of a step. Of a repeated step it prints each failed repetition, the
// first skipped one, and the last one.
func (v *view) finished(s runner.StepOutcome) {
	results := v.results
	v.results = nil
	last := s.Step.Repetition == s.Step.Repetitions || s.Status == runner.Skipped
	if s.Status == runner.Failed {
		v.failures++
	}
	if s.Status != runner.Failed && !last {
		v.takeArrived(results)
		return
	}
	if s.Status != runner.Skipped || !v.skipped[s.Step.N] {
		v.line("  %s %s", v.mark(s.Status), v.stepLine(s, results))
	}
	if s.Status == runner.Skipped {
		v.skipped[s.Step.N] = true
	}
	v.showReceived(results)
	v.details(s)
	if !last {
		return
	}
	v.failures = 0
	for _, text := range v.warnings {
		warning := show.Warning(v.palette, text)
		v.detail(warning.Mark+" "+warning.Text, warning.Paint)
	}
	v.warnings = nil
}

// warning keeps the warnings about an event for the end of its step. With --loopback, the
// listener reports them instead.
func (v *view) warning(findings []apizee.Finding) {
	for _, f := range findings {
		if text := f.String(); !v.run.options.loopback && !slices.Contains(v.warnings, text) {
			v.warnings = append(v.warnings, text)
		}
	}
}

func (v *view) mark(s runner.Status) string {
	switch s {
	case runner.Passed:
		return v.palette.OK("✓")
	case runner.Failed:
		return v.palette.Finding("✗")
	}
	return v.palette.Warning("-")
}

// stepLine returns the line of a step: its title, results and duration.
func (v *view) stepLine(s runner.StepOutcome, results []deliver.Result) string {
	p, title := v.palette, fmt.Sprintf("%2d. %s", s.Step.N, show.Brief(s.Step.Title))
	if s.Step.Repetitions > 1 {
		title += fmt.Sprintf("  ×%d", s.Step.Repetitions)
		if v.failures > 0 {
			title += fmt.Sprintf(" (repetition %d, %d failed)", s.Step.Repetition, v.failures)
		}
	}
	if s.Status == runner.Skipped {
		return p.Dim(title + "  skipped: " + console.Safe(s.Reason))
	}
	end, took := "  "+resultsText(results), console.Duration(s.Duration)
	column := 48
	if width := v.app.Width(); width > 0 {
		room := max(width-console.Columns("  ✗ "+end+took), 12)
		title = console.Cut(title, room)
		column = min(column, room)
	}
	return console.Pad(title, column) + end + p.Dim(took)
}

// resultsText lists the distinct results of a step, as in "204, refused  ".
func resultsText(results []deliver.Result) string {
	var texts []string
	for _, r := range results {
		text := resultText(r)
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return strings.Join(texts, ", ") + "  "
}

func resultText(r deliver.Result) string {
	if r.Failure != nil {
		return string(r.Failure.Kind)
	}
	return fmt.Sprint(r.Status)
}

// details prints why a step failed.
func (v *view) details(s runner.StepOutcome) {
	if s.Failure == nil {
		return
	}
	v.detail(s.Failure.Message, v.palette.Finding)
	line, _ := s.Place()
	v.detail(fmt.Sprintf("%s:%d", s.Step.File, line), v.palette.Dim)
	for _, line := range s.Failure.Lines() {
		if line == v.hinted && v.hinted == s.Failure.Hint {
			continue
		}
		v.detail(line, nil)
	}
	v.hinted = s.Failure.Hint
}

// detail prints a line below a step; a nil paint leaves it plain.
func (v *view) detail(text string, paint func(string) string) {
	for _, part := range v.app.Fit(console.Safe(text), len("      ")) {
		if paint != nil {
			part = paint(part)
		}
		v.line("      %s", part)
	}
}
