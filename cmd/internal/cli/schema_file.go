package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// WriteSchema writes a schema beside a file that names it for editors, unless it exists, and says so.
func (a *App) WriteSchema(beside, name string, text []byte) error {
	path := filepath.Join(filepath.Dir(beside), name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		_, err = f.Write(text)
		if err = errors.Join(err, f.Close()); err != nil {
			os.Remove(path) // a part of it would never be replaced
		}
	}
	if err != nil {
		return Usage(fmt.Errorf("write the schema for editors: %w", err), beside+" works without it.")
	}
	if !a.NoText() {
		fmt.Fprintf(a.Stdout, "Wrote %s, the schema for editors.\n", console.Safe(path))
	}
	return nil
}
