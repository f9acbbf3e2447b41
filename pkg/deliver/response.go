package deliver

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	// KeptBody is the maximum number of bytes of a response's body in a Result, unless the request
	// has another.
	KeptBody = 64 << 10

	// DrainedBody is the maximum number of bytes of a response's body that are read, so that its
	// connection can be reused. After a longer one the connection is closed.
	DrainedBody = 1 << 20
)

// take reads the response into the result and closes it. The error says why the body is truncated.
func (r *Result) take(resp *http.Response, keep int) error {
	defer resp.Body.Close()
	r.Status = resp.StatusCode
	r.StatusText = strings.TrimPrefix(strings.TrimPrefix(resp.Status, strconv.Itoa(resp.StatusCode)), " ")
	r.Proto = resp.Proto
	RestoreHeaders(resp)
	r.Headers = resp.Header
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// The data that follows is another protocol, which may never end.
		return nil
	}
	err := r.takeBody(resp.Body, keep)
	var more bool
	r.Body, more, r.Undecoded = decode(r.Headers, r.Body, keep)
	r.Truncated = r.Truncated || more
	return err
}

// RestoreHeaders restores the headers that net/http takes out of a response, whose body is not read yet. An
// endless body also closes the connection: then nobody can tell whether a header said so.
func RestoreHeaders(resp *http.Response) {
	isEndless := len(resp.TransferEncoding) == 0 && resp.ContentLength < 0
	if resp.Close && resp.ProtoAtLeast(1, 1) && resp.Header["Connection"] == nil && !isEndless {
		resp.Header["Connection"] = []string{"close"}
	}
	RestoreFraming(resp.Header, resp.TransferEncoding, resp.Trailer)
}

// RestoreFraming restores the headers that net/http takes out of a request as well as a response.
func RestoreFraming(headers http.Header, transferEncoding []string, trailer http.Header) {
	if len(transferEncoding) > 0 {
		headers["Transfer-Encoding"] = transferEncoding
	}
	if len(trailer) > 0 {
		headers["Trailer"] = slices.Sorted(maps.Keys(trailer))
	}
}

// maskStatus masks the target's secrets in the server's reason phrase, which is shown in many places.
func (r *Result) maskStatus(t Target) {
	if r.StatusText == http.StatusText(r.Status) {
		return
	}
	r.StatusText = t.Secrets().Mask(r.StatusText)
}

func (r *Result) takeBody(body io.Reader, keep int) error {
	if body == http.NoBody {
		return nil
	}
	kept, err := io.ReadAll(io.LimitReader(body, int64(keep)))
	r.Body, r.BodyBytes = kept, int64(len(kept))
	if err != nil || len(kept) < keep {
		return err
	}
	// One byte over the limit tells a longer body from one that ends there.
	limit := int64(max(keep, DrainedBody))
	drained, err := io.Copy(io.Discard, io.LimitReader(body, limit-int64(keep)+1))
	r.BodyBytes = min(r.BodyBytes+drained, limit)
	r.Truncated = drained > 0
	return err
}

// Decode decodes the Content-Encoding of the start of a response's body. A body that cannot be decoded
// is returned unchanged, and undecoded says why. It returns at most KeptBody bytes, and whether there
// are more, however small the encoded body is.
func Decode(headers http.Header, body []byte) (plain []byte, more bool, undecoded string) {
	return decode(headers, body, KeptBody)
}

func decode(headers http.Header, body []byte, keep int) (plain []byte, more bool, undecoded string) {
	if len(body) == 0 {
		return body, false, ""
	}
	encoding := strings.ToLower(strings.Join(headers.Values("Content-Encoding"), ", "))
	var in io.Reader
	var err error
	isFramed := true
	switch encoding {
	case "", "identity":
		return body, false, ""
	case "gzip", "x-gzip":
		in, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		// It means the zlib format (RFC 9110, section 8.4.1.2), yet some servers omit its frame.
		if in, err = zlib.NewReader(bytes.NewReader(body)); err != nil {
			in, err, isFramed = flate.NewReader(bytes.NewReader(body)), nil, false
		}
	default:
		return body, false, fmt.Sprintf("Content-Encoding %.40q is not supported", encoding)
	}
	if err == nil {
		plain, err = io.ReadAll(io.LimitReader(in, int64(keep)+1))
	}
	switch {
	case err != nil && (len(plain) == 0 || !isFramed):
		return body, false, fmt.Sprintf("it is not valid %s, its Content-Encoding", encoding)
	case len(plain) > keep:
		return plain[:keep], true, ""
	}
	return plain, err != nil, ""
}
