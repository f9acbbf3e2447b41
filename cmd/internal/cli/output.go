package cli

import (
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/jsonschema"
)

// outputVersion is the version of what is printed with -o json. Within a version, members are added
// and not changed. A duration is a number of milliseconds, and its name ends with Ms.
const outputVersion = "1"

// Output is what a command prints with -o json.
type Output struct {
	Name  string // of the command, its words joined by a hyphen
	About string
	Types []any // a value of each type that it prints
}

// Schema returns the JSON Schema of each JSON value that is printed.
func (o Output) Schema() []byte {
	id := "urn:" + Program + ":output:" + o.Name + ":" + outputVersion
	title := Program + " " + strings.ReplaceAll(o.Name, "-", " ") + " -o json"
	return jsonschema.Document(jsonschema.Of(o.Types...), id, title, o.About)
}

// StderrOutput is what every command prints on standard error with -o json.
func StderrOutput() Output {
	return Output{
		Name: "stderr", About: "Notes and output of programs under test, then an error if the exit code is not 0: one object per line of standard error.",
		Types: []any{ErrorJSON{}, NoteJSON{}, ProgramLineJSON{}},
	}
}
