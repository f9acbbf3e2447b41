package recording

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// line is an entry as it is on disk. What must be there is a pointer.
type line struct {
	ReceivedAt *time.Time          `json:"receivedAt"`
	Method     *string             `json:"method"`
	Path       *string             `json:"path"`
	Headers    map[string][]string `json:"headers"`
	HeadersRaw map[string][][]byte `json:"headersBase64"`
	Body       *string             `json:"body"`
	BodyBase64 *string             `json:"bodyBase64"`
	Status     int                 `json:"status"`
	Findings   []apizee.Finding    `json:"findings"`
}

var errNotEntry = errors.New("it is no entry of a recording, which has receivedAt, method, path, and body or bodyBase64")

// Parse reads one line of a recording. An io.ErrUnexpectedEOF in the error means that the line
// breaks off.
func Parse(text []byte) (Entry, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return Entry{}, err
		}
		var wrong *json.SemanticError
		if errors.As(err, &wrong) {
			return Entry{}, fmt.Errorf("it is no entry of a recording: %s has another form there", strings.TrimPrefix(string(wrong.JSONPointer), "/"))
		}
		return Entry{}, fmt.Errorf("it is not a JSON object of a recording: %s", strings.TrimPrefix(err.Error(), "jsontext: "))
	}
	if l.ReceivedAt == nil || l.Method == nil || l.Path == nil {
		return Entry{}, errNotEntry
	}
	body, err := l.body()
	if err != nil {
		return Entry{}, err
	}
	return Entry{
		ReceivedAt: *l.ReceivedAt, Method: *l.Method, Path: *l.Path, Headers: l.headers(),
		Body: body, Status: l.Status, Findings: l.Findings,
	}, nil
}

// headers are the readable ones, but for those that have their bytes beside them.
func (l line) headers() map[string][]string {
	for name, values := range l.HeadersRaw {
		exact := make([]string, len(values))
		for i, value := range values {
			exact[i] = string(value)
		}
		if l.Headers == nil {
			l.Headers = map[string][]string{}
		}
		l.Headers[name] = exact
	}
	return l.Headers
}

func (l line) body() ([]byte, error) {
	switch {
	case l.Body != nil && l.BodyBase64 != nil:
		return nil, errors.New("it has both body and bodyBase64")
	case l.Body != nil:
		return []byte(*l.Body), nil
	case l.BodyBase64 == nil:
		return nil, errNotEntry
	}
	body, err := base64.StdEncoding.DecodeString(*l.BodyBase64)
	if err != nil {
		return nil, fmt.Errorf("bodyBase64: %w", err)
	}
	return body, nil
}
