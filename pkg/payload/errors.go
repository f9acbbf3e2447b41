package payload

import (
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// forceHint is what to do when the undocumented is wanted.
const forceHint = "--allow-undocumented sends it anyway"

// FlagError says that one flag of a Spec has no use.
type FlagError struct {
	// Flag is the flag's name without dashes, such as "state"; the path of a prop that
	// has no flag; or "" when it is about the object or the event.
	Flag   string
	Reason string // what is wrong, and what was meant by it
	Hint   string // how to send it anyway, or ""
}

func (e *FlagError) Error() string {
	text := withHint(e.Reason, e.Hint)
	if e.Flag == "" {
		return text
	}
	return "--" + e.Flag + ": " + text
}

func withHint(reason, hint string) string {
	switch {
	case hint == "":
		return reason
	case strings.HasSuffix(reason, "?"):
		return reason + " " + hint
	}
	return reason + "; " + hint
}

func forcible(flag, reason string) error {
	return &FlagError{Flag: flag, Reason: reason, Hint: forceHint}
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
			return withHint(f.String(), forceHint)
		}
	}
	return forceHint
}

// Check holds an event against the contract. What breaks it is an *UndocumentedError;
// notices alone are not.
func Check(body []byte) error {
	if r := apizee.Validate(body); !r.OK() {
		return &UndocumentedError{Findings: r.Findings}
	}
	return nil
}
