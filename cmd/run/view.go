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
	"github.com/apizee-hooks/apizee-hooks/pkg/undertest"
)

// view shows a run as it goes: a line for each step, and on a terminal a
// spinner for the one that is under way.
type view struct {
	app     *cli.App
	run     *running
	palette console.Palette
	out     io.Writer
	spinner *spinner

	mu       sync.Mutex
	replies  []deliver.Result    // of the step under way
	warnings []string            // about what it sent, each once
	arrived  []receive.Reception // with --loopback
	came     chan struct{}       // told of each arrival
	failures int                 // rounds of the step under way that failed
	hinted   string              // the last hint, which is not repeated
}

func newView(a *cli.App, r *running) *view {
	v := &view{app: a, run: r, palette: a.Out(), out: a.Text(), came: make(chan struct{}, 1)}
	if a.Quiet {
		v.out = io.Discard
	}
	v.spinner = newSpinner(v.out, v.palette, a.IsAnimated(a.Stdout) && !a.Quiet)
	return v
}

func (v *view) close() { v.spinner.stop() }

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

// scenario is the heading of a scenario.
func (v *view) scenario(title string, s *scenario.Scenario) {
	line := v.palette.Strong(show.Brief(title)) + v.palette.Dim("  "+console.Plural(len(s.Steps), "step"))
	if s.Description != "" && v.app.Verbose {
		line += "\n" + v.palette.Dim(console.Safe(s.Description))
	}
	v.line("%s", line)
}

// waiting shows that something is waited for, until the result is called. Where nothing can
// be drawn, a line stays.
func (v *view) waiting(what string) (done func()) {
	if !v.app.IsAnimated(v.app.Stdout) {
		v.line("%s", v.palette.Dim(console.Safe(what)))
	}
	v.spinner.show(what)
	return v.spinner.pause
}

// programLine is a line of a program under test.
func (v *view) programLine(which undertest.Which, line string) {
	v.spinner.pause()
	if v.app.Quiet {
		return
	}
	name := "app"
	if which > 0 {
		name = fmt.Sprintf("app %d", which)
	}
	line = strings.ReplaceAll(line, "\t", "    ")
	fmt.Fprintf(v.app.Stderr, "%s\n", v.app.Err().Dim(name+" | "+console.Safe(line)))
}

// observe is told what happens by the runner.
func (v *view) observe(event runner.Event) {
	switch e := event.(type) {
	case runner.StepStarted:
		v.spinner.show(stepText(e.Step))
	case runner.Delivered:
		v.replies = append(v.replies, e.Result)
		v.warning(e.Warnings)
		if v.app.Verbose {
			v.delivery(e)
		}
	case runner.Probed:
		if v.app.Verbose {
			v.try(e)
		}
		if e.Next > 0 {
			v.spinner.show(fmt.Sprintf("%s, try %d", stepText(e.Step), e.Result.Attempt+1))
		}
		v.replies = []deliver.Result{e.Result}
	case runner.StepFinished:
		v.finished(e.Outcome)
	}
}

func stepText(s runner.Step) string {
	text := fmt.Sprintf("%d. %s", s.N, show.Brief(s.Title))
	if s.Rounds > 1 {
		text += fmt.Sprintf("  %d of %d", s.Round, s.Rounds)
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

// try is one question of a probe, and what came back when it is not the last.
func (v *view) try(e runner.Probed) {
	p, answer := v.palette, ""
	if e.Next > 0 {
		answer = "  ← " + answerWord(e.Result) + ", again in " + console.Duration(e.Next)
	}
	v.line("      %s %s", p.Strong("→"), p.Dim(e.Method+" "+console.Safe(e.Target)+answer))
}

// finished prints what became of a step. Of one that is repeated, rounds that
// fail are printed, and in the end how many there were.
func (v *view) finished(s runner.StepOutcome) {
	replies := v.replies
	v.replies = nil
	last := s.Step.Round == s.Step.Rounds || s.Status == runner.Skipped
	if s.Status == runner.Failed {
		v.failures++
	}
	if s.Status != runner.Failed && !last {
		v.takeArrived(replies)
		return
	}
	v.line("  %s %s", v.mark(s.Status), v.stepLine(s, replies))
	v.bothSides(replies)
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

// warning keeps what is to be said about an event, unless the listener of this process
// says it.
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

// stepLine is the step, what was answered, and how long it took.
func (v *view) stepLine(s runner.StepOutcome, replies []deliver.Result) string {
	p, title := v.palette, fmt.Sprintf("%2d. %s", s.Step.N, show.Brief(s.Step.Title))
	if s.Step.Rounds > 1 {
		title += fmt.Sprintf("  ×%d", s.Step.Rounds)
		if v.failures > 0 {
			title += fmt.Sprintf(" (round %d, %d failed)", s.Step.Round, v.failures)
		}
	}
	if s.Status == runner.Skipped {
		return p.Dim(title + "  skipped: " + console.Safe(s.Reason))
	}
	column := 48
	if width := v.app.Width(); width > 0 {
		answered := console.Columns("  ✗   204  100 ms ")
		column = max(min(column, width-answered), 0)
	}
	return console.Pad(title, column) + "  " + v.answers(replies) + p.Dim(console.Duration(s.Duration))
}

// answers are the different answers of a step: "204 ", "204, refused ".
func (v *view) answers(replies []deliver.Result) string {
	var words []string
	for _, r := range replies {
		word := answerWord(r)
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return strings.Join(words, ", ") + "  "
}

func answerWord(r deliver.Result) string {
	if r.Failure != nil {
		return string(r.Failure.Kind)
	}
	return fmt.Sprint(r.Status)
}

// details are why a step failed.
func (v *view) details(s runner.StepOutcome) {
	if s.Failure == nil {
		return
	}
	v.detail(s.Failure.Message, v.palette.Finding)
	v.detail(fmt.Sprintf("%s:%d", s.Step.File, s.Step.Line), v.palette.Dim)
	for _, line := range s.Failure.Lines() {
		if line == v.hinted && v.hinted == s.Failure.Hint {
			continue
		}
		v.detail(line, nil)
	}
	v.hinted = s.Failure.Hint
}

// detail is a line below a step; a paint of nil leaves it plain.
func (v *view) detail(text string, paint func(string) string) {
	for _, part := range v.app.Fit(console.Safe(text), len("      ")) {
		if paint != nil {
			part = paint(part)
		}
		v.line("      %s", part)
	}
}
