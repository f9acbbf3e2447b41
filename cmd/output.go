package cmd

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// printJSON prints one value: laid out and in colour on a terminal, on one line
// elsewhere.
func (a *app) printJSON(value any) error {
	text, err := marshal(value)
	if err != nil {
		return err
	}
	return a.printJSONText(text)
}

// printJSONText prints JSON: laid out and in colour for people, on one line
// for programs.
func (a *app) printJSONText(text []byte) error {
	if p := a.out(); p.Enabled() || console.IsTerminal(a.Stdout) {
		_, err := a.Stdout.Write(console.JSON(text, p))
		return err
	}
	_, err := a.Stdout.Write(append(text, '\n'))
	return err
}

// printLine prints one value on one line, also on a terminal.
func (a *app) printLine(value any) error {
	text, err := marshal(value)
	if err != nil {
		return err
	}
	_, err = a.Stdout.Write(append(console.SafeJSON(text), '\n'))
	return err
}

// marshal writes JSON as it is read: <, > and & stay what they are.
func marshal(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// isAnimated tells a terminal that can draw on a line anew.
func (a *app) isAnimated(w io.Writer) bool {
	term, _ := a.LookupEnv("TERM")
	return term != "dumb" && console.IsTerminal(w)
}

// fit breaks a text that stands behind an indent between its words, where the terminal
// ends. What fits stays as it is.
func (a *app) fit(text string, indent int) []string { return fit(text, a.width(), indent) }

func fit(text string, columns, indent int) []string {
	width := columns - indent
	if columns <= 0 || console.Columns(text) <= width {
		return []string{text}
	}
	lead := text[:len(text)-len(strings.TrimLeft(text, " "))]
	lines := console.Wrap(text, max(width-len(lead), 1))
	for i := range lines {
		lines[i] = lead + lines[i]
	}
	return lines
}

// bufferedOutput is for commands that print a great many lines.
type bufferedOutput struct{ *bufio.Writer }

func newReports(w io.Writer) *bufferedOutput { return &bufferedOutput{bufio.NewWriterSize(w, 64<<10)} }

// before is a reader that shows all that was printed before it waits for more, so that
// the output of a live pipe is live too.
func (b *bufferedOutput) before(r io.Reader) io.Reader { return flushingReader{b, r} }

type flushingReader struct {
	output *bufferedOutput
	r      io.Reader
}

func (f flushingReader) Read(p []byte) (int, error) {
	// A flush that fails fails again when the next line is printed.
	_ = f.output.Flush()
	return f.r.Read(p)
}

func (b *bufferedOutput) json(value any) error {
	text, err := marshal(value)
	if err != nil {
		return err
	}
	b.Write(console.SafeJSON(text))
	return b.WriteByte('\n')
}
