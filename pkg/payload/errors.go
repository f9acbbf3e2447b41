package payload

import (
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// FieldError says that a field of a Spec has no use.
type FieldError struct {
	Path   string // the field's in the event: "objectId", "props.state"
	Reason string // what is wrong, and what was meant by it
	// Undocumented says that nothing but the contract is against it.
	Undocumented bool
}

func (e *FieldError) Error() string { return e.Path + ": " + e.Reason }

const (
	idPath  = "objectId"
	inProps = "props."
)

// refuse makes an error of the first finding, but for one about the time, which is not
// the Spec's.
func refuse(findings []apizee.Finding) error {
	for _, f := range findings {
		if f.Path != "time" {
			return &FieldError{Path: f.Path, Reason: f.Advice(), Undocumented: true}
		}
	}
	return nil
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
