package deliver

import (
	"bytes"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"al.essio.dev/pkg/shellescape"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// CurlOptions are what a curl command line shows beside target and body.
type CurlOptions struct {
	Network Network
	Timeout time.Duration // 0 means no limit

	// ShowSecrets puts secret headers and the URL's password in clear. Without it they
	// are masked, and the command does not make quite the same request.
	ShowSecrets bool
}

const (
	// argumentLimit keeps a body out of the arguments when it could be too long for
	// them. Windows allows 32 KiB for a whole command line, Linux 128 KiB for a word.
	argumentLimit = 24 << 10

	// expectLimit is the size from which curl asks first whether it may send the body.
	expectLimit = 1 << 20
)

// CurlCommand is a line for bash that makes curl send the same request. A body that
// cannot be an argument goes through a pipe.
func CurlCommand(target Target, body []byte, options CurlOptions) string {
	pipe, data := curlBody(body)
	args := []string{"curl", "--request", apizee.Method}
	args = append(args, curlHeaders(target, len(body), options.ShowSecrets)...)
	args = append(args, curlSwitches(target.URL, options)...)
	args = append(args, data...)
	args = append(args, ShowURL(target.URL, options.ShowSecrets))
	return pipe + shellescape.QuoteCommand(args)
}

// curlHeaders name every header that curl would not send by itself, and those of its
// own that it must leave out.
func curlHeaders(target Target, bodyLength int, showSecrets bool) []string {
	documented := []Header{
		{Name: contentType, Value: apizee.ContentType},
		{Name: userAgent, Value: apizee.UserAgent},
	}
	headers := Override(documented, settle(target.Headers))
	if bodyLength >= expectLimit && !names(headers, "Expect") {
		headers = append(headers, Header{Name: "Expect", Remove: true})
	}
	args := make([]string, 0, 2*len(headers))
	for _, h := range headers {
		if !showSecrets {
			h = h.Hide()
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
	args = append(args, curlNetwork(u, options.Network)...)
	if options.Timeout > 0 {
		args = append(args, "--max-time", curlSeconds(options.Timeout))
	}
	return args
}

// curlNetwork are the options that make curl reach the endpoint in the same way.
func curlNetwork(u *url.URL, n Network) []string {
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
	add("--cert", n.CertFile)
	add("--key", n.KeyFile)
	for _, r := range n.Resolve {
		add("--resolve", r.String())
	}
	add("--unix-socket", n.UnixSocket)
	if n.goesPastProxy(u) {
		add("--noproxy", "*")
	}
	return args
}

// curlSeconds rounds up to curl's milliseconds, since 0 would mean no limit.
func curlSeconds(d time.Duration) string {
	milliseconds := math.Ceil(float64(d) / float64(time.Millisecond))
	return strconv.FormatFloat(milliseconds/1000, 'f', -1, 64)
}

// curlBody is the option that holds the body, and what has to be piped into curl if
// it comes from there. Of curl's ways only --data-raw takes a leading @ for itself.
func curlBody(body []byte) (pipe string, args []string) {
	hasNUL := bytes.IndexByte(body, 0) >= 0
	if len(body) <= argumentLimit && !hasNUL {
		return "", []string{"--data-raw", string(body)}
	}
	format, text := "%s", string(body)
	if hasNUL {
		// No argument can hold a NUL, but bash's printf writes one for this escape.
		format, text = "%b", strings.NewReplacer(`\`, `\\`, "\x00", `\0000`).Replace(text)
	}
	return shellescape.QuoteCommand([]string{"printf", format, text}) + " | ", []string{"--data-binary", "@-"}
}
