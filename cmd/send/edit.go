package send

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"al.essio.dev/pkg/shellescape"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// edited returns the event after the user has edited it.
func (o *options) edited(ctx context.Context, body []byte) (event, error) {
	stdin, closeStdin := o.editorInput()
	defer closeStdin()
	editor := console.Editor{Stdin: stdin, Stdout: o.Stdout, Stderr: o.Stderr, LookupEnv: o.LookupEnv}
	text := body
	if json.Valid(body) { // else the user is to fix it
		text = console.JSON(body, console.Palette{})
	}
	edited, err := editor.Edit(ctx, "event.json", text)
	if err != nil {
		return event{}, cli.Usage(err, "")
	}
	if len(bytes.TrimSpace(edited)) == 0 && !o.allow { // as one cancels a commit
		return event{}, cli.Usage(errors.New("the edited event is empty; nothing was sent"), "")
	}
	compact, err := payload.Compact(edited)
	switch {
	case err != nil && o.allow:
		return o.event(edited), nil
	case err != nil:
		return event{}, o.saveEdited(edited, fmt.Errorf("the edited event: %w", err))
	}
	e := o.event(compact)
	if err := e.invalid(); err != nil && !o.allow {
		return e, o.saveEdited(edited, err)
	}
	return e, nil
}

// editorInput returns the terminal if the event came from standard input.
func (o *options) editorInput() (in io.Reader, done func()) {
	name := "/dev/tty"
	if o.GOOS == "windows" {
		name = "CONIN$"
	}
	if o.readsStdin() {
		if terminal, err := os.Open(name); err == nil {
			return terminal, func() { terminal.Close() }
		}
	}
	return o.Stdin, func() {}
}

// saveEdited saves an invalid event, so that the user can continue to edit it.
func (o *options) saveEdited(text []byte, mistake error) error {
	name, err := save(text)
	if err != nil {
		return cli.Usage(mistake, "")
	}
	return cli.Usage(mistake, fmt.Sprintf("continue with `%s`, or add --allow-undocumented to send it unchanged.%s", o.sendSaved(name, "--edit"), o.typeMasked()))
}

// noteSaved saves an edited event that was not accepted, and prints the command that sends it.
func (o *options) noteSaved(e event) {
	var flags []string
	if o.allow {
		flags = append(flags, "--allow-undocumented")
	}
	if name, err := save(e.body); err == nil {
		o.Note(fmt.Sprintf("edited event saved; run `%s` to send it.%s", o.sendSaved(name, flags...), o.typeMasked()))
	}
}

// sendSaved returns the command that sends a saved event to the same place.
func (o *options) sendSaved(name string, flags ...string) string {
	args := slices.Concat([]string{cli.Program, "send", "--data", "@" + name}, flags, o.others)
	return console.SafeShell(shellescape.QuoteCommand(args))
}

// typeMasked says what to change in the command of sendSaved, if its secrets are masked.
func (o *options) typeMasked() string {
	if !o.masked {
		return ""
	}
	return " Values of " + redact.Masked + " are masked; type yours over them."
}

// save writes a text to a temporary file.
func save(text []byte) (name string, err error) {
	file, err := os.CreateTemp("", cli.Program+"-*.json")
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	return file.Name(), errors.Join(err, file.Close())
}
