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
	ExitNegative    = 1   // the result is negative: rejected, invalid, not met or failed
	ExitUsage       = 2   // invalid usage or input; or an output could not be written
	ExitUnreachable = 3   // no response, or the address cannot be listened on
	ExitInterrupted = 130 // as a shell counts SIGINT
)

// exit is an error with an exit code and a hint.
type exit struct {
	code int
	err  error  // nil when the output has said why already
	hint string // the next step, in one sentence; may be empty
	kind string // why a delivery failed; "" for other errors
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// Usage ends a command because of invalid usage or input. The hint is the next step.
func Usage(err error, hint string) error { return &exit{code: ExitUsage, err: err, hint: hint} }

// Usagef is Usage without a hint.
func Usagef(format string, args ...any) error { return Usage(fmt.Errorf(format, args...), "") }

// Unreachable ends a command that could not deliver or listen. The hint is the next step.
func Unreachable(err error, hint string) error {
	return &exit{code: ExitUnreachable, err: err, hint: hint}
}

// NotDelivered ends a command whose delivery failed.
func NotDelivered(f *deliver.Failure) error {
	hint := show.Hint(f)
	if hint != "" {
		hint += "."
	}
	return &exit{ExitUnreachable, fmt.Errorf("not delivered: %s", f.Message), hint, string(f.Kind)}
}

// Exit ends a command with a code, when its output has said why.
func Exit(code int) error { return &exit{code: code} }

// NegativeBecause is Negative for a reason that is not in the output, and what to do about it.
func NegativeBecause(err error, hint string) error {
	return &exit{code: ExitNegative, err: err, hint: hint}
}

// Negative ends a command whose output shows a negative result.
func Negative() error { return &exit{code: ExitNegative} }

// Negative is the function of that name, with a reason that is printed under --quiet, when
// there is no other output, and with -o json.
func (a *App) Negative(format string, args ...any) error {
	if !a.NoText() {
		return Negative()
	}
	return &exit{code: ExitNegative, err: fmt.Errorf(format, args...)}
}

// Interrupted ends a command that the user has interrupted.
func Interrupted() error { return &exit{code: ExitInterrupted} }

// ExitCode returns the exit code for an error. An error without a code means invalid input,
// since all others are given one where they occur.
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

// OutputLost adds to the result of a command that its output could not be written. An error
// or an exit code of the command itself takes precedence.
func OutputLost(err, lost error) error {
	lost = fmt.Errorf("the output is incomplete: %w", lost)
	var e *exit
	switch {
	case err == nil:
		return lost
	case errors.As(err, &e) && e.err == nil:
		return &exit{code: e.code, err: lost}
	}
	return err
}

// Report writes an error and its hint.
func (a *App) Report(w io.Writer, err error) {
	if a.JSON {
		a.reportJSON(w, err)
		return
	}
	p := a.Err()
	if errors.Is(err, context.Canceled) {
		return // the user knows
	}
	var e *exit
	hint := ""
	if errors.As(err, &e) {
		if e.err == nil {
			return
		}
		hint = e.hint
	}
	fmt.Fprintf(w, "%s %s\n", p.Failure("error:"), a.wrapStderr(redact.Message(err.Error()), len("error: ")))
	if hint != "" {
		fmt.Fprintf(w, "%s %s\n", p.Dim("hint:"), a.wrapStderr(hint, len("hint: ")))
	}
}

// wrapStderr returns a text for standard error with its lines indented, except the first. On a
// terminal it is wrapped.
func (a *App) wrapStderr(text string, indent int) string {
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

// Note prints a remark on standard error, unless --quiet is given.
func (a *App) Note(text string) {
	switch {
	case a.Quiet:
	case a.JSON:
		a.stderrJSON(a.Stderr, NoteJSON{a.Mask(text)})
	default:
		fmt.Fprintf(a.Stderr, "%s %s\n", a.Err().Warning("note:"), a.wrapStderr(text, len("note: ")))
	}
}
