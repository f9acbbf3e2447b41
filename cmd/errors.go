package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// The exit codes that every command shares.
const (
	exitOK          = 0
	exitNo          = 1   // the answer was no
	exitUsage       = 2   // bad usage or bad input; nothing was sent
	exitUnreachable = 3   // could not deliver or listen
	exitInterrupted = 130 // as a shell counts SIGINT
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

// usage is a mistake in what the user gave; hint says what to do.
func usage(err error, hint string) error { return &exit{exitUsage, err, hint} }

// usagef is usage without a hint.
func usagef(format string, args ...any) error { return usage(fmt.Errorf(format, args...), "") }

// answeredNo ends a command whose output has said no.
func answeredNo() error { return &exit{code: exitNo} }

// answeredNoQuietly is answeredNo where nothing has been printed yet: with --quiet
// the error is all there is to say why.
func (a *app) answeredNoQuietly(format string, args ...any) error {
	if !a.quiet {
		return answeredNo()
	}
	return &exit{code: exitNo, err: fmt.Errorf(format, args...)}
}

// interrupted ends a command that the user has stopped.
func interrupted() error { return &exit{code: exitInterrupted} }

// exitCode maps an error to the code of the process. What has no kind is bad
// input, since everything else is judged where it happens.
func exitCode(err error) int {
	var e *exit
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &e):
		return e.code
	}
	return exitUsage
}

// withoutOutput is how a command ended, and that its output was lost. What it has to say is
// more than that, and so is an exit code of its own.
func withoutOutput(err, lost error) error {
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

// report writes an error for people: what is wrong, then what to do.
func (a *app) report(w io.Writer, err error) {
	p := a.err()
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
	fmt.Fprintf(w, "%s %s\n", p.Failure("error:"), a.beside(err.Error(), len("error: ")))
	if hint != "" {
		fmt.Fprintf(w, "%s %s\n", p.Dim("hint:"), a.beside(hint, len("hint: ")))
	}
}

// beside lays a text for standard error out behind an indent. On a terminal it breaks
// between words.
func (a *app) beside(text string, indent int) string {
	columns := 0
	if console.IsTerminal(a.Stderr) {
		columns = console.Width(a.Stderr, a.LookupEnv)
	}
	var lines []string
	for _, line := range console.SafeLines(text) {
		lines = append(lines, fit(line, columns, indent)...)
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", indent))
}

// note tells something beside the result, unless the user wants quiet.
func (a *app) note(text string) {
	if !a.quiet {
		fmt.Fprintf(a.Stderr, "%s %s\n", a.err().Notice("note:"), a.beside(text, len("note: ")))
	}
}
