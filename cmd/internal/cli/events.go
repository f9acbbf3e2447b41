package cli

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// InputEvent is an event of a file. Text that is not JSON is one, too.
type InputEvent struct {
	payload.Located
	Entry     *recording.Entry // of a recording, else nil
	Truncated bool             // the line of a recording is truncated

	parsed, torn bool
}

// Body returns the event.
func (e InputEvent) Body() string {
	if e.Entry != nil {
		return string(e.Entry.Body)
	}
	return e.Text
}

// mayBeEntry reports whether the text may be an entry of a recording. A search that starts with a quote
// would be five times slower: there are many quotes.
func (e InputEvent) mayBeEntry() bool { return strings.Contains(e.Text, `receivedAt"`) }

// parse parses the text as an entry of a recording.
func (e *InputEvent) parse() {
	e.parsed = true
	entry, err := recording.Parse([]byte(e.Text))
	if err == nil {
		e.Entry = &entry
	}
	e.torn = errors.Is(err, io.ErrUnexpectedEOF)
}

// IsYAML returns the error for a file, perhaps a scenario, that cannot have events.
func IsYAML(file, name string) error {
	return Usage(fmt.Errorf("%s is YAML, but events are JSON", name), "use `"+Program+" run "+file+" --check` for a scenario.")
}

// beginsYAML reports whether a text begins with a key, a comment or a document marker, with which no
// JSON begins.
func beginsYAML(text string) bool {
	return regexp.MustCompile(`^(#|---$|[A-Za-z$][\w.-]*:( |$))`).MatchString(text)
}
