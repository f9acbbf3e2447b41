package report

import (
	"fmt"
	"io"
)

// Format is the form in which a report is written.
type Format string

const (
	JUnit Format = "junit"
	TAP   Format = "tap"
	JSON  Format = "json"
)

// Formats are the names of all formats.
func Formats() []string { return []string{string(JUnit), string(TAP), string(JSON)} }

// Write writes a report in this format.
func (f Format) Write(w io.Writer, r Report) error {
	switch f {
	case JUnit:
		return junit(w, r)
	case TAP:
		return tap(w, r)
	case JSON:
		return writeJSON(w, r)
	}
	return fmt.Errorf("there is no report format %q", string(f))
}
