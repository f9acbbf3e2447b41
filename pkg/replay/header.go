package replay

import (
	"net/textproto"
	"slices"
	"sort"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// defaults are the headers that a delivery has by itself, so that one which was
// not recorded must be taken away.
var defaults = [...]string{"User-Agent", "Accept", "Content-Type"}

// recorded are the headers of an entry that go with it again: not those of the
// connection it came over, and not those with something masked in their value.
func recorded(headers map[string][]string) []deliver.Header {
	names := make([]string, 0, len(headers))
	for name := range headers {
		names = append(names, name)
	}
	sort.Strings(names)
	var again []deliver.Header
	for _, name := range names {
		for _, value := range headers[name] {
			if isOfConnection(headers, name) || strings.Contains(value, redact.Masked) {
				continue
			}
			if h, err := deliver.NewHeader(name, value); err == nil {
				again = append(again, h)
			}
		}
	}
	for _, name := range defaults {
		if _, ok := headers[name]; !ok {
			again = append(again, deliver.Header{Name: name, Remove: true})
		}
	}
	return again
}

// isOfConnection tells the headers that end with a connection (RFC 9110, section
// 7.6.1) and the host that the recording listener had.
func isOfConnection(headers map[string][]string, name string) bool {
	switch name {
	case "Host", "Connection", "Keep-Alive", "Proxy-Connection", "Te", "Transfer-Encoding", "Upgrade", "Trailer",
		"Content-Length", "Expect", "Accept-Encoding":
		return true
	}
	return slices.ContainsFunc(headers["Connection"], func(named string) bool {
		return textproto.CanonicalMIMEHeaderKey(named) == name
	})
}

// unmasked leaves out the parameters with something masked in them.
func unmasked(query string) string {
	parameters := strings.Split(query, "&")
	return strings.Join(slices.DeleteFunc(parameters, func(p string) bool { return strings.Contains(p, redact.Masked) }), "&")
}
