package deliver

import (
	"bytes"
	"cmp"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"al.essio.dev/pkg/shellescape"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// CurlOptions are the parts of a curl command line besides target and body.
type CurlOptions struct {
	Network Network
	Timeout time.Duration // 0 means no limit

	// ShowSecrets shows secret headers and the URL's password. Without it they are masked, and the
	// command sends the mask.
	ShowSecrets bool

	Method string // "" means POST
}

const (
	// ArgumentLimit is the longest body in an argument. Windows allows 32 KiB for a command line, Linux
	// 128 KiB for an argument.
	ArgumentLimit = 24 << 10

	// expectLimit is the size from which curl sends "Expect: 100-continue" before the body.
	expectLimit = 1 << 20
)

// CurlCommand returns a bash command that sends the same request with curl. A body that cannot be an
// argument is piped.
func CurlCommand(target Target, body []byte, options CurlOptions) string {
	pipe, data := curlBody(body)
	if options.Method != "" && len(body) == 0 {
		data = nil
	}
	args := []string{"curl", "--request", cmp.Or(options.Method, apizee.Method)}
	if options.Method == http.MethodHead && data == nil {
		args = []string{"curl", "--head"} // else curl waits for the body of the response
	}
	args = append(args, curlHeaders(target, len(body), options.ShowSecrets)...)
	args = append(args, curlSwitches(target.URL, options)...)
	args = append(args, data...)
	args = append(args, target.ShowURL(options.ShowSecrets))
	return pipe + shellescape.QuoteCommand(args)
}

// curlHeaders returns the options for the headers that curl does not send by default, and for those
// that it must omit.
func curlHeaders(target Target, bodyLength int, showSecrets bool) []string {
	documented := []Header{
		{Name: contentType, Value: apizee.ContentType},
		{Name: userAgent, Value: apizee.UserAgent},
	}
	headers := Override(documented, normalize(target.Headers))
	if bodyLength >= expectLimit && !names(headers, "Expect") {
		headers = append(headers, Header{Name: "Expect", Remove: true})
	}
	args := make([]string, 0, 2*len(headers))
	for _, h := range headers {
		if !showSecrets {
			h = h.Mask()
		}
		args = append(args, "-H", h.String())
	}
	return args
}

func curlSwitches(u *url.URL, options CurlOptions) []string {
	var args []string
	if strings.ContainsAny(u.String(), "[]{}") {
		args = append(args, "--globoff")
	}
	if path := strings.ToLower(u.EscapedPath()); strings.Contains(path, "/.") || strings.Contains(path, "/%2e") {
		args = append(args, "--path-as-is")
	}
	if u.Scheme == "https" {
		args = append(args, "--http1.1")
	}
	args = append(args, options.Network.Arguments("--cert", "--key")...)
	args = append(args, options.Network.curlProxy(u, options.ShowSecrets)...)
	if options.Timeout > 0 {
		args = append(args, "--max-time", curlSeconds(options.Timeout))
	}
	return args
}

// Arguments returns the options of curl for all but proxies. Its options for a client certificate may
// have other names in another command.
func (n Network) Arguments(cert, key string) []string {
	var args []string
	add := func(option, value string) {
		if value != "" {
			args = append(args, option, value)
		}
	}
	if n.Insecure {
		args = append(args, "--insecure")
	}
	add("--cacert", n.CAFile)
	add(cert, n.CertFile)
	add(key, n.KeyFile)
	for _, r := range n.Resolve {
		add("--resolve", r.String())
	}
	add("--unix-socket", n.UnixSocket)
	return args
}

// curlSeconds rounds up to milliseconds, because 0 would mean no limit.
func curlSeconds(d time.Duration) string {
	milliseconds := math.Ceil(float64(d) / float64(time.Millisecond))
	return strconv.FormatFloat(milliseconds/1000, 'f', -1, 64)
}

// curlBody returns the option for the body, and the pipe into curl if it needs one. --data-raw is the
// only option that does not interpret a leading @.
func curlBody(body []byte) (pipe string, args []string) {
	hasNUL := bytes.IndexByte(body, 0) >= 0
	if len(body) <= ArgumentLimit && !hasNUL {
		return "", []string{"--data-raw", string(body)}
	}
	format, text := "%s", string(body)
	if hasNUL {
		// No argument can hold a NUL, but bash's printf writes one for this escape.
		format, text = "%b", strings.NewReplacer(`\`, `\\`, "\x00", `\0000`).Replace(text)
	}
	return shellescape.QuoteCommand([]string{"printf", format, text}) + " | ", []string{"--data-binary", "@-"}
}
