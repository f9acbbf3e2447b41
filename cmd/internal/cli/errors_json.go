package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"regexp"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// With -o json, standard error has JSON too, one object per line: notes, the output of programs
// under test, and at the end one error, if the exit code is not 0.
type (
	ErrorJSON struct {
		Error    string `json:"error" about:"what is wrong, in one sentence; of a file, one line per mistake"`
		Hint     string `json:"hint,omitempty" about:"the next step"`
		Kind     string `json:"kind" about:"usage, negative, unreachable or interrupted, as the exit code; for a failed delivery why it failed, such as refused, dns, tls or timeout"`
		ExitCode int    `json:"exitCode" about:"exit code of the process"`
	}
	NoteJSON struct {
		Note string `json:"note" about:"something to know that does not change the result"`
	}
	ProgramLineJSON struct {
		Program string `json:"program" about:"app, or app 2 and so on, in the order of --exec"`
		Line    string `json:"line" about:"a line of its output"`
	}
)

// PathJSON is the output of a command that writes or finds a file.
type PathJSON struct {
	Path string `json:"path" about:"path of the file"`
}

func (a *App) reportJSON(w io.Writer, err error) {
	e := &exit{code: ExitCode(err), err: err}
	errors.As(err, &e)
	switch {
	case e.code == ExitInterrupted || errors.Is(err, context.Canceled):
		e = &exit{code: ExitInterrupted, err: errors.New("interrupted")}
	case e.err == nil:
		return // it has been reported
	}
	ofCode := map[int]string{ExitNegative: "negative", ExitUnreachable: "unreachable", ExitInterrupted: "interrupted"}
	a.stderrJSON(w, ErrorJSON{a.Mask(redact.Message(e.err.Error())), a.Mask(e.hint), cmp.Or(e.kind, ofCode[e.code], "usage"), e.code})
}

func (a *App) stderrJSON(w io.Writer, value any) { _, _ = w.Write(show.AppendJSONLine(nil, value)) }

// AsksForJSON reports whether a command line has -o json, even where its flags cannot be parsed.
func AsksForJSON(args []string) bool {
	joined, flag := regexp.MustCompile(`^(--output=|-[hqv]*o=?)json$`), regexp.MustCompile(`^(--output|-[hqv]*o)$`)
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	for i, word := range args {
		if joined.MatchString(word) || word == "json" && i > 0 && flag.MatchString(args[i-1]) {
			return true
		}
	}
	return false
}
