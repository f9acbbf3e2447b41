package shape

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// FileError is an error in a baseline, with its place.
type FileError struct {
	Line   int    // from 1
	Path   string // in the JSON, such as /anyOf/0/x-events; "" for the whole
	Reason string
}

func (e *FileError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Problem()) }

// Problem is the error without its line.
func (e *FileError) Problem() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// checkVersion returns an error for another kind of JSON and for another version.
func checkVersion(text []byte) error {
	var file struct {
		Version jsontext.Value `json:"x-baseline"`
	}
	first, err := jsontext.NewDecoder(bytes.NewReader(text)).ReadValue() // of JSON Lines, too
	if err == nil {
		err = json.Unmarshal(first, &file)
	}
	switch {
	case err != nil:
		return jsonError(text, err)
	case file.Version == nil:
		return errors.New("not a baseline: " + xBaseline + " is missing")
	case string(file.Version) != fmt.Sprint(version):
		return fmt.Errorf("a baseline of version %s; this program reads version %d", file.Version, version)
	}
	return nil
}

// jsonError returns the place of an error of the decoder.
func jsonError(text []byte, err error) error {
	var syntax *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return &FileError{1, "", "the file is empty"}
	case errors.As(err, &syntax):
		reason := "not JSON: " + syntax.Err.Error()
		if errors.Is(err, io.ErrUnexpectedEOF) {
			reason = "not JSON: truncated"
		}
		return &FileError{lineOf(text, int(syntax.ByteOffset)), string(syntax.JSONPointer), reason}
	case errors.As(err, &semantic):
		return &FileError{lineOf(text, int(semantic.ByteOffset)), string(semantic.JSONPointer), semanticReason(semantic)}
	}
	return &FileError{1, "", err.Error()}
}

func semanticReason(err *json.SemanticError) string {
	switch {
	case errors.Is(err, json.ErrUnknownName):
		return "not a member of a baseline"
	case errors.As(err, new(*time.ParseError)):
		return "must be a time such as 2006-01-02T15:04:05Z"
	case err.Err != nil:
		return strings.TrimPrefix(err.Err.Error(), "json: ")
	}
	return "has the wrong type"
}

func lineOf(text []byte, offset int) int {
	return 1 + bytes.Count(text[:min(offset, len(text))], []byte("\n"))
}

// offsetOf returns where the value at a pointer begins, else that of the nearest one around it.
func offsetOf(text []byte, pointer jsontext.Pointer) int {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	offset, nearest := 0, -1
	for {
		if _, err := d.ReadToken(); err != nil {
			return offset
		}
		switch at := d.StackPointer(); {
		case at == pointer:
			return int(d.InputOffset())
		case at.Contains(pointer) && len(at) > nearest: // at its end, and at those of others, it comes again
			offset, nearest = int(d.InputOffset()), len(at)
		}
	}
}
