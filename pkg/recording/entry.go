package recording

import (
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Entry is one request and how it was answered.
type Entry struct {
	ReceivedAt time.Time
	Method     string

	// Path is as in the request line, query included. The value of a parameter may be masked
	// too, and bytes that are not UTF-8 are written as %XX.
	Path string

	// Headers are by canonical name. The value of one that is masked is redact.Masked.
	Headers map[string][]string

	Body     []byte
	Status   int // 0 when none was sent
	Findings []apizee.Finding
}
