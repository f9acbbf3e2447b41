package cli

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// PrintJSON prints one value: laid out and in colour on a terminal, on one line
// elsewhere.
func (a *App) PrintJSON(value any) error {
	text, err := Marshal(value)
	if err != nil {
		return err
	}
	return a.PrintJSONText(text)
}

// PrintJSONText prints JSON: laid out and in colour for people, on one line
// for programs.
func (a *App) PrintJSONText(text []byte) error {
	if p := a.Out(); p.Enabled() || console.IsTerminal(a.Stdout) {
		_, err := a.Stdout.Write(console.JSON(text, p))
		return err
	}
	_, err := a.Stdout.Write(append(text, '\n'))
	return err
}

// PrintLine prints one value on one line, also on a terminal.
func (a *App) PrintLine(value any) error {
	text, err := Marshal(value)
	if err != nil {
		return err
	}
	_, err = a.Stdout.Write(append(console.SafeJSON(text), '\n'))
	return err
}

// Marshal writes JSON as it is read: <, > and & stay what they are.
func Marshal(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
