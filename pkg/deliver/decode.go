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

// Decode takes the Content-Encoding off the start of a reply's body, which is returned as it
// is where that cannot be done; undecoded then says why. Of the plain body it returns KeptBody
// bytes at most, and whether there is more, however small the encoded one is.
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
		// The word means zlib's format (RFC 9110, section 8.4.1.2), yet some servers leave its
		// frame out.
		if in, err = zlib.NewReader(bytes.NewReader(body)); err != nil {
			in, err, isFramed = flate.NewReader(bytes.NewReader(body)), nil, false
		}
	default:
		return body, false, fmt.Sprintf("a body with Content-Encoding %.40q, which is not decoded", encoding)
	}
	if err == nil {
		plain, err = io.ReadAll(io.LimitReader(in, KeptBody+1))
	}
	switch {
	case err != nil && (len(plain) == 0 || !isFramed):
		return body, false, fmt.Sprintf("a body that is not %s, as its Content-Encoding says", encoding)
	case len(plain) > KeptBody:
		return plain[:KeptBody], true, ""
	}
	return plain, err != nil, ""
}
