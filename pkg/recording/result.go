// This file is what became of a request: the optional members at the end of an entry.

package recording

import (
	"bytes"
	"strconv"
	"time"
)

// Response is a response to a request.
type Response struct {
	Headers   map[string][]string // without those that net/http adds
	Body      []byte              // its first 64 KiB, in an entry decompressed
	Truncated bool                // Body is not all of it
}

// Forwarded is the response of the endpoint that the request was forwarded to.
type Forwarded struct {
	URL    string // where it was sent; secrets may be masked
	Status int    // 0 is no response
	Took   time.Duration
	Response
	Failure *Failure // why the response is missing or truncated; nil when it is complete
}

// Failure is a deliver.Failure.
type Failure struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

// appendResult appends what is known of the result. The body of the response is omitted where it is that
// of the endpoint.
func appendResult(dst []byte, e Entry) []byte {
	if e.Took > 0 {
		dst = appendMilliseconds(dst, "durationMs", e.Took)
	}
	dst = appendIfSet(dst, "remote", e.Remote)
	dst = appendIfSet(dst, "outcome", e.Outcome)
	dst = appendIfSet(dst, "problem", e.Problem)
	if len(e.Response.Headers) > 0 {
		dst = appendHeaders(dst, "responseHeaders", e.Response.Headers)
	}
	if !e.isPassedBack() && (len(e.Response.Body) > 0 || e.Response.Truncated || e.Forwarded != nil) {
		dst = appendBody(dst, "responseBody", e.Response.Body)
		dst = appendIfTrue(dst, "responseTruncated", e.Response.Truncated)
	}
	if e.Forwarded != nil {
		dst = appendForwarded(appendName(dst, "forwarded"), e.Forwarded)
	}
	return dst
}

// isPassedBack reports whether the response has the body of the endpoint's.
func (e Entry) isPassedBack() bool {
	f := e.Forwarded
	return f != nil && f.Truncated == e.Response.Truncated && bytes.Equal(f.Body, e.Response.Body)
}

func appendForwarded(dst []byte, f *Forwarded) []byte {
	dst = appendText(append(dst, `{"url":`...), f.URL)
	dst = strconv.AppendInt(appendName(dst, "status"), int64(f.Status), 10)
	dst = appendMilliseconds(dst, "durationMs", f.Took)
	if len(f.Headers) > 0 {
		dst = appendHeaders(dst, "headers", f.Headers)
	}
	if len(f.Body) > 0 {
		dst = appendBody(dst, "body", f.Body)
	}
	dst = appendIfTrue(dst, "truncated", f.Truncated)
	if f.Failure != nil {
		dst = appendText(append(appendName(dst, "failure"), `{"kind":`...), f.Failure.Kind)
		dst = append(appendText(appendName(dst, "message"), f.Failure.Message), '}')
	}
	return append(dst, '}')
}

// appendMilliseconds appends a time with the digits of its microseconds.
func appendMilliseconds(dst []byte, name string, d time.Duration) []byte {
	return strconv.AppendFloat(appendName(dst, name), float64(d.Microseconds())/1000, 'f', -1, 64)
}

func appendIfSet(dst []byte, name, text string) []byte {
	if text == "" {
		return dst
	}
	return appendText(appendName(dst, name), text)
}

func appendIfTrue(dst []byte, name string, value bool) []byte {
	if !value {
		return dst
	}
	return append(appendName(dst, name), "true"...)
}
