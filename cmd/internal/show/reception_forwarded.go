package show

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// This file shows the endpoint's response to a forwarded request: it often explains the status.

// maxForwardedLines is how many lines of a response other than 2xx are shown below its event.
const maxForwardedLines = 3

// entry returns a request as recordings have it, with secrets masked, also where the endpoint repeats
// what it got.
func (p Receptions) entry(r *receive.Reception) recording.Entry {
	e := r.Entry()
	if p.Secrets {
		return e
	}
	return e.Masked(p.SecretHeader)
}

// forwardedBody returns the body of the endpoint's response, decompressed, with secrets masked. undecoded
// says why a body could not be decompressed.
func (p Receptions) forwardedBody(r *receive.Reception) (body []byte, truncated bool, undecoded string) {
	_, _, undecoded = deliver.Decode(r.Forwarded.Headers, r.Forwarded.Body)
	f := p.entry(r).Forwarded
	return f.Body, f.Truncated, undecoded
}

// throughProxy names the proxy on the way to the endpoint, if any.
func (p Receptions) throughProxy() string {
	if p.Proxy == "" {
		return ""
	}
	return ", through the proxy " + p.Proxy
}

// forwardedLines adds the first lines of a response other than 2xx.
func (p receptionLine) forwardedLines(dst []byte, r *receive.Reception, indent, width int) []byte {
	f := r.Forwarded
	if f == nil || f.Status/100 == 2 {
		return dst
	}
	if width > 0 {
		width = max(width-indent, 1)
	}
	if p.Proxy != "" && f.Status != 0 { // a Failure names the proxy itself
		dst = p.dim(dst, indent, console.Cut(Brief("through the proxy "+p.Proxy), width))
	}
	body, _, undecoded := p.forwardedBody(r)
	if undecoded != "" {
		return p.dim(dst, indent, console.Cut(Brief(notShown(undecoded)), width))
	}
	shown := 0
	for line := range strings.Lines(string(body)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if shown++; shown > maxForwardedLines {
			return p.dim(dst, indent, console.Cut("… -o pretty shows all of it", width))
		}
		dst = p.dim(dst, indent, console.Cut(Brief(line), width))
	}
	return dst
}

// forwardedWhole adds the response, as far as it was kept.
func (p receptionPretty) forwardedWhole(dst []byte, r *receive.Reception) []byte {
	if r.Forwarded == nil || r.Forwarded.Status == 0 {
		return dst
	}
	dst = p.dim(dst, 0, fmt.Sprintf("→ %d", r.Forwarded.Status)+p.throughProxy())
	body, truncated, undecoded := p.forwardedBody(r)
	if undecoded != "" {
		return p.dim(dst, 0, notShown(undecoded))
	}
	body = console.JSON(body, p.Palette)
	if dst = append(dst, body...); len(body) > 0 && !bytes.HasSuffix(body, []byte("\n")) {
		dst = append(dst, '\n')
	}
	if truncated {
		dst = p.dim(dst, 0, "… the rest of the response is not shown")
	}
	return dst
}
