package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// WriteSchema writes a schema beside a file that names it for editors, unless it exists, and says so.
func (a *App) WriteSchema(beside, name string, text []byte) error {
	path := filepath.Join(filepath.Dir(beside), name)
	switch err := textfile.Create(path, text, 0o644); {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return Usage(fmt.Errorf("write the schema for editors: %w", err), beside+" works without it.")
	}
	if !a.NoText() {
		fmt.Fprintf(a.Stdout, "Wrote %s, the schema for editors.\n", console.Safe(path))
	}
	return nil
}
