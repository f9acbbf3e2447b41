package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// The exit codes that every command shares.
const (
	ExitOK          = 0
	ExitNo          = 1   // the answer was no
	ExitUsage       = 2   // bad usage or bad input; nothing was sent
	ExitUnreachable = 3   // could not deliver or listen
	ExitInterrupted = 130 // as a shell counts SIGINT
)

// exit is an error that knows its exit code and what to do about it.
type exit struct {
	code int
	err  error  // nil when the output has said it already
	hint string // one sentence, may be empty
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// Usage is a mistake in what the user gave; hint says what to do.
func Usage(err error, hint string) error { return &exit{ExitUsage, err, hint} }

// Usagef is Usage without a hint.
func Usagef(format string, args ...any) error { return Usage(fmt.Errorf(format, args...), "") }

// Unreachable ends a command that could not deliver or listen; hint says what to do.
func Unreachable(err error, hint string) error { return &exit{ExitUnreachable, err, hint} }

// NotDelivered ends a command whose delivery got no whole reply.
func NotDelivered(f *deliver.Failure) error {
	hint := show.Advise(f)
	if hint != "" {
		hint += "."
	}
	return Unreachable(fmt.Errorf("not delivered: %s", f.Message), hint)
}

// Exit ends a command with a code, when it has said why itself.
func Exit(code int) error { return &exit{code: code} }

// AnswerNoBecause is AnswerNo for a reason that the output has not given.
func AnswerNoBecause(err error) error { return &exit{code: ExitNo, err: err} }

// AnswerNo ends a command whose output has said no.
func AnswerNo() error { return &exit{code: ExitNo} }

// AnswerNo is the function of that name where nothing has been printed yet: with --quiet
// the error is all there is to say why.
func (a *App) AnswerNo(format string, args ...any) error {
	if !a.Quiet {
		return AnswerNo()
	}
	return &exit{code: ExitNo, err: fmt.Errorf(format, args...)}
}

// Interrupted ends a command that the user has stopped.
func Interrupted() error { return &exit{code: ExitInterrupted} }

// ExitCode maps an error to the code of the process. What has no kind is bad
// input, since everything else is judged where it happens.
func ExitCode(err error) int {
	var e *exit
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, context.Canceled):
		return ExitInterrupted
	case errors.As(err, &e):
		return e.code
	}
	return ExitUsage
}

// OutputLost is how a command ended, and that its output was lost. What it has to say is
// more than that, and so is an exit code of its own.
func OutputLost(err, lost error) error {
	lost = fmt.Errorf("the output is not whole: %w", lost)
	var e *exit
	switch {
	case err == nil:
		return lost
	case errors.As(err, &e) && e.err == nil:
		return &exit{code: e.code, err: lost}
	}
	return err
}

// Report writes an error for people: what is wrong, then what to do.
func (a *App) Report(w io.Writer, err error) {
	p := a.Err()
	if errors.Is(err, context.Canceled) {
		return // whoever interrupts a command knows it
	}
	var e *exit
	hint := ""
	if errors.As(err, &e) {
		if e.err == nil {
			return
		}
		hint = e.hint
	}
	fmt.Fprintf(w, "%s %s\n", p.Failure("error:"), a.beside(redact.Message(err.Error()), len("error: ")))
	if hint != "" {
		fmt.Fprintf(w, "%s %s\n", p.Dim("hint:"), a.beside(hint, len("hint: ")))
	}
}

// beside lays a text for standard error out behind an indent. On a terminal it breaks
// between words.
func (a *App) beside(text string, indent int) string {
	columns := 0
	if console.IsTerminal(a.Stderr) {
		columns = console.Width(a.Stderr, a.LookupEnv)
	}
	var lines []string
	for _, line := range console.SafeLines(a.Mask(text)) {
		lines = append(lines, console.Fit(line, columns, indent)...)
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", indent))
}

// Note tells something beside the result, unless the user wants quiet.
func (a *App) Note(text string) {
	if !a.Quiet {
		fmt.Fprintf(a.Stderr, "%s %s\n", a.Err().Warning("note:"), a.beside(text, len("note: ")))
	}
}
