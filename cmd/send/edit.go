package send

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// edited opens the event in the user's editor. What comes back is sent, when it is an event.
func (o *options) edited(ctx context.Context, body []byte) (event, error) {
	stdin, closeStdin := o.editorInput()
	defer closeStdin()
	editor := console.Editor{Stdin: stdin, Stdout: o.Stdout, Stderr: o.Stderr, LookupEnv: o.LookupEnv}
	text := body
	if json.Valid(body) { // else it is here to be mended
		text = console.JSON(body, console.Palette{})
	}
	edited, err := editor.Edit(ctx, "event.json", text)
	if err != nil {
		return event{}, cli.Usage(err, "")
	}
	compact, err := payload.Compact(edited)
	switch {
	case err != nil && o.allow:
		return o.event(edited), nil
	case err != nil:
		return event{}, keepEdited(edited, fmt.Errorf("the edited event: %w", err))
	}
	e := o.event(compact)
	if err := payload.Check(e.report); err != nil && !o.allow {
		return e, keepEdited(edited, err)
	}
	return e, nil
}

// editorInput is the terminal when standard input has brought the event.
func (o *options) editorInput() (in io.Reader, done func()) {
	name := "/dev/tty"
	if o.GOOS == "windows" {
		name = "CONIN$"
	}
	if o.data == "-" {
		if terminal, err := os.Open(name); err == nil {
			return terminal, func() { terminal.Close() }
		}
	}
	return o.Stdin, func() {}
}

// keepEdited saves what was written in the editor, so that a slip does not cost the work.
func keepEdited(text []byte, mistake error) error {
	name, err := keep(text)
	if err != nil {
		return cli.Usage(mistake, "nothing was sent.")
	}
	return cli.Usage(mistake, fmt.Sprintf("nothing was sent. Go on with `%s send --data @%s --edit`, or send it as it is with --allow-undocumented.", cli.Program, name))
}

// noteKept saves an edited event that nobody took, and says where it is.
func (o *options) noteKept(e event) {
	flags := ""
	if o.allow {
		flags = " --allow-undocumented"
	}
	if name, err := keep(e.body); err == nil {
		o.Note(fmt.Sprintf("the edited event is kept: `%s send --data @%s%s` sends it.", cli.Program, name, flags))
	}
}

// keep writes a text to a file of its own.
func keep(text []byte) (name string, err error) {
	file, err := os.CreateTemp("", cli.Program+"-*.json")
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	return file.Name(), errors.Join(err, file.Close())
}
