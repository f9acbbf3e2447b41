package payload

import (
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// ForceHint is what to do when the undocumented is wanted.
const ForceHint = "--allow-undocumented sends it anyway."

// FlagError says that one flag of a Spec has no use.
type FlagError struct {
	// Flag is the flag's name without dashes, such as "state"; the path of a prop that
	// has no flag; or "" when it is about the object or the event.
	Flag   string
	Reason string // what is wrong, and what was meant by it
	Hint   string // a sentence that says how to send it anyway, or ""
}

func (e *FlagError) Error() string {
	if e.Flag == "" {
		return e.Reason
	}
	return "--" + e.Flag + ": " + e.Reason
}

func forcible(flag, reason string) error {
	return &FlagError{Flag: flag, Reason: reason, Hint: ForceHint}
}

// refuse turns the first finding into an error about the flag it comes from. The time
// is not a flag's.
func refuse(object apizee.Object, findings []apizee.Finding) error {
	for _, f := range findings {
		if f.Path != "time" {
			return forcible(flagOf(object, f.Path), f.Advice())
		}
	}
	return nil
}

func flagOf(object apizee.Object, path string) string {
	prop, isProp := strings.CutPrefix(path, "props.")
	switch {
	case isProp:
		if p, ok := object.Prop(prop); ok {
			return p.Flag
		}
		return prop
	case path == "objectId":
		return "id"
	}
	return ""
}

// UndocumentedError says that an event breaks the contract.
type UndocumentedError struct {
	Findings []apizee.Finding // all of them, notices too
}

func (e *UndocumentedError) Error() string {
	for _, f := range e.Findings {
		if f.Severity == apizee.Error {
			return f.String()
		}
	}
	return "the event breaks the contract"
}

// Check holds an event against the contract. What breaks it is an *UndocumentedError;
// notices alone are not.
func Check(c *apizee.Catalog, body []byte) error {
	if r := c.Validate(body); !r.OK() {
		return &UndocumentedError{Findings: r.Findings}
	}
	return nil
}
