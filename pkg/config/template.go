package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

const modeline = yamlfile.Modeline + SchemaFile + "\n"

const templateHead = modeline + `## Configuration of apizee-hooks. ` + FileName + ` is read from the current directory,
## else from the user's configuration directory.
##
## Nothing is set yet. To set a key, remove "# " in front of it and of its section.
## Each line shows the default, or an example if there is no default.
##
## Flags override environment variables (` + envPrefix + `TO, ` + envPrefix + `LISTEN_ADDR),
## which override the selected profile, which overrides the rest of the file. The URL
## and the headers of a scenario override only that rest.
##
## ${NAME} in a value is replaced by the environment variable, which must be set.
## ${NAME:-default} has a default; ${NAME:?message} has an error message. $${ is a
## literal ${. Separate several headers in one variable by newlines.
## Paths are relative to the current directory, not to this file.
`

const templateProfiles = `
## A profile has the same keys and is selected with --profile or ` + envProfile + `.
# profiles:
#   staging:
#     to: https://staging.example.com/apizeehooks/
#     headers:
#       Authorization: Bearer ${STAGING_TOKEN}
`

// template returns the text of a new configuration file: every key with its description, all
// commented out. Lines that begin with "# " are settings, except the first, which is for editors; those that begin with "##" are comments.
func template() []byte {
	var out bytes.Buffer
	out.WriteString(templateHead)
	last := ""
	for _, k := range Keys() {
		section, name := k.split()
		if section != last {
			fmt.Fprintf(&out, "\n# %s:", section)
			last = section
		}
		writeKey(&out, k, section, name)
	}
	out.WriteString(templateProfiles)
	return out.Bytes()
}

func writeKey(out *bytes.Buffer, k Key, section, name string) {
	start, note := "# ", "\n##"
	if section != "" {
		start, note = "#   ", "\n#   ##"
	}
	fmt.Fprintf(out, "%s %s\n", note, k.Description)
	value := cmp.Or(k.Default, k.Example)
	if k.kind == headers {
		fmt.Fprintf(out, "%s%s:\n%s  %s\n", start, name, start, value)
		return
	}
	fmt.Fprintf(out, "%s%s: %s\n", start, name, value)
}

// ExistsError means that the file of Init exists.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string {
	return e.Path + " already exists"
}

// Init writes a template to a new file that only the user can read, and creates its
// directory. If the file exists, it is not changed and the error is an *ExistsError.
func Init(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("create the directory of %s: %w", path, textfile.Reason(err))
	}
	if filepath.Base(path) == FileName { // two of its spellings would be refused
		switch found, err := spelled(path); {
		case err != nil:
			return err
		case found != "":
			return &ExistsError{Path: found}
		}
	}
	switch err := textfile.Create(path, template(), 0o600); {
	case errors.Is(err, fs.ErrExist):
		return &ExistsError{Path: path}
	case err != nil:
		return fmt.Errorf("write %s: %w", path, textfile.Reason(err))
	}
	return nil
}
