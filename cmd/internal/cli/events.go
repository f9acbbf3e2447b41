package cli

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// Events reads events from a file, one after the other: one event, one event per line, an array of
// events, or a recording.
type Events struct {
	stream   *payload.Stream
	file     string // as on the command line
	name     string // for messages
	begun    bool
	recorded bool // the file is a recording
}

// InputEvent is one of them.
type InputEvent struct {
	payload.Located
	Entry     *recording.Entry // of a recording, else nil
	Truncated bool             // the line of a recording is truncated
	Invalid   error            // why the line of a recording, which is JSON, is not a valid entry
}

// Body returns the event.
func (e InputEvent) Body() string {
	if e.Entry != nil {
		return string(e.Entry.Body)
	}
	return e.Text
}

// NewEvents returns a reader of the events in a file, which was opened as in. The name is for
// messages.
func NewEvents(in io.Reader, file, name string) *Events {
	return &Events{stream: payload.NewStream(in, recording.MaxLine), file: file, name: name}
}

// Next returns the next event, and io.EOF at the end. Text that is not JSON is an event, too.
func (e *Events) Next() (InputEvent, error) {
	found, err := e.stream.Next()
	switch {
	case err == io.EOF:
		return InputEvent{}, err
	case err != nil:
		return InputEvent{}, Usage(fmt.Errorf("read %s: %w", e.name, textfile.Reason(err)), "")
	case !e.begun && found.Text[0] != '{' && beginsYAML(found.Text):
		return InputEvent{}, IsYAML(e.file, e.name)
	case !e.begun && beginsTemplate(found.Text, e.stream.Ahead()):
		return InputEvent{}, isTemplate(e.file, e.name)
	}
	event := InputEvent{Located: found}
	event.Entry, event.Truncated, event.Invalid = e.entry(found.Text)
	e.begun = e.begun || !event.Truncated
	return event, nil
}

// entry returns the entry of a recording, nil for another event.
func (e *Events) entry(text string) (entry *recording.Entry, truncated bool, invalid error) {
	// A search that starts with a quote would be five times slower: there are many quotes.
	if !e.recorded && !strings.Contains(text, `receivedAt"`) {
		return nil, false, nil
	}
	parsed, err := recording.Parse([]byte(text))
	if err == nil {
		e.recorded = true
		return &parsed, false, nil
	}
	begins := strings.HasPrefix(text, `{"receivedAt"`)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, e.recorded || begins, nil
	case begins && strings.Contains(text, `"method":`) && strings.Contains(text, `"path":`) && jsontext.Value(text).IsValid():
		return nil, false, err
	}
	return nil, false, nil
}

// IsYAML returns the error for a file, perhaps a scenario, that cannot have events.
func IsYAML(file, name string) error {
	return Usage(fmt.Errorf("%s is YAML, but events are JSON", name), "use `"+Program+" run "+file+" --check` for a scenario.")
}

// isTemplate returns the error for a template, which has no event before its actions are executed.
func isTemplate(file, name string) error {
	if file == "-" {
		file = "FILE"
	}
	return Usage(fmt.Errorf("%s is a template, but events are JSON", name),
		"use `"+Program+" send --template "+file+" --dry-run | "+Program+" validate` to check the event that it makes.")
}

// beginsTemplate reports whether the first value of a file is not JSON, and it or the text after it
// has an action. JSON with doubled braces has none.
func beginsTemplate(first, after string) bool {
	return !jsontext.Value(first).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) &&
		regexp.MustCompile(`\{\{-?\s*(/\*|[.$(A-Za-z])`).MatchString(first+after)
}

// beginsYAML reports whether a text begins with a key, a comment or a document marker, with which no
// JSON begins.
func beginsYAML(text string) bool {
	return regexp.MustCompile(`^(#|---$|[A-Za-z$][\w.-]*:( |$))`).MatchString(text)
}
