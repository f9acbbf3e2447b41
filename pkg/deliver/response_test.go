package deliver

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

func TestDecode(t *testing.T) {
	packed := func(text string, pack func(io.Writer) io.WriteCloser) []byte {
		var out bytes.Buffer
		w := pack(&out)
		io.WriteString(w, text)
		w.Close()
		return out.Bytes()
	}
	zip := func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
	zlibbed := func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
	raw := func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 6); return f }
	bomb := packed(strings.Repeat("x", 50<<20), zip)
	tests := map[string]struct {
		encoding  string
		body      []byte
		plain     string
		more      bool
		undecoded string
	}{
		"plain":        {"", []byte("abc"), "abc", false, ""},
		"identity":     {"identity", []byte("abc"), "abc", false, ""},
		"gzip":         {"GZIP", packed("abc", zip), "abc", false, ""},
		"x-gzip":       {"x-gzip", packed("abc", zip), "abc", false, ""},
		"deflate":      {"deflate", packed("abc", zlibbed), "abc", false, ""},
		"raw deflate":  {"deflate", packed("abc", raw), "abc", false, ""},
		"empty":        {"gzip", nil, "", false, ""},
		"no gzip":      {"gzip", []byte("abc"), "abc", false, "not valid gzip"},
		"no deflate":   {"deflate", []byte("{}"), "{}", false, "not valid deflate"},
		"brotli":       {"br", []byte("abc"), "abc", false, `"br" is not supported`},
		"several":      {"gzip, gzip", []byte("abc"), "abc", false, `"gzip, gzip"`},
		"bomb":         {"gzip", bomb, strings.Repeat("x", KeptBody), true, ""},
		"cut off gzip": {"gzip", bomb[:len(bomb)/2], strings.Repeat("x", KeptBody), true, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plain, more, undecoded := Decode(http.Header{"Content-Encoding": {test.encoding}}, test.body)
			if string(plain) != test.plain || more != test.more || !strings.Contains(undecoded, test.undecoded) || (undecoded == "") != (test.undecoded == "") {
				t.Errorf("%d bytes, %t, %q", len(plain), more, undecoded)
			}
		})
	}
}

// A body of a few KiB that decodes to 50 MiB costs no more memory than one of KeptBody bytes.
func TestDecodeMemory(t *testing.T) {
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	w.Write(make([]byte, 50<<20))
	w.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	Decode(http.Header{"Content-Encoding": {"gzip"}}, bomb.Bytes())
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 10*KeptBody {
		t.Errorf("%d bytes allocated for a body of which %d are kept", got, KeptBody)
	}
}
