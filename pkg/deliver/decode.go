package deliver

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Decode decodes the Content-Encoding of the start of a response's body. A body that cannot be decoded
// is returned unchanged, and undecoded says why. It returns at most KeptBody bytes, and whether there
// are more, however small the encoded body is.
func Decode(headers http.Header, body []byte) (plain []byte, more bool, undecoded string) {
	encoding := strings.ToLower(strings.Join(headers.Values("Content-Encoding"), ", "))
	if len(body) == 0 {
		return body, false, ""
	}
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
		return body, false, fmt.Sprintf("body not shown: Content-Encoding %.40q is not supported", encoding)
	}
	if err == nil {
		plain, err = io.ReadAll(io.LimitReader(in, KeptBody+1))
	}
	switch {
	case err != nil && (len(plain) == 0 || !isFramed):
		return body, false, fmt.Sprintf("body not shown: it is not valid %s, its Content-Encoding", encoding)
	case len(plain) > KeptBody:
		return plain[:KeptBody], true, ""
	}
	return plain, err != nil, ""
}
