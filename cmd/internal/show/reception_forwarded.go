package show

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// This file shows what the target of a forward responded: it often says what was wrong.

// mostLines is how many lines of a response that is not 2xx stand below the line of its event.
const mostLines = 3

// forwardedBody is the body of the target's response. It may repeat what the request had.
func (p Receptions) forwardedBody(r *receive.Reception) []byte {
	body := r.Forwarded.Body
	if p.Secrets || len(body) == 0 {
		return body
	}
	secrets := new(redact.Secrets)
	if p.Forward != nil {
		secrets.AddURL(p.Forward)
	}
	for name, values := range r.Headers {
		for _, value := range values {
			if secrets.AddHeader(name, value); strings.EqualFold(name, p.SecretHeader) {
				secrets.Add(value)
			}
		}
	}
	return []byte(secrets.Mask(string(body)))
}

// forwardedLines are the first lines of a response that is not 2xx.
func (p receptionLine) forwardedLines(dst []byte, r *receive.Reception, indent, width int) []byte {
	f := r.Forwarded
	if f == nil || f.Status/100 == 2 {
		return dst
	}
	if width > 0 {
		width = max(width-indent, 1)
	}
	shown := 0
	for line := range strings.Lines(string(p.forwardedBody(r))) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if shown++; shown > mostLines {
			return p.dim(dst, indent, console.Cut("… -o pretty shows all of it", width))
		}
		dst = p.dim(dst, indent, console.Cut(Brief(line), width))
	}
	return dst
}

// forwardedWhole is the response, as far as it was kept.
func (p receptionPretty) forwardedWhole(dst []byte, r *receive.Reception) []byte {
	f := r.Forwarded
	if f == nil || f.Status == 0 {
		return dst
	}
	dst = p.dim(dst, 0, fmt.Sprintf("→ %d", f.Status))
	body := console.JSON(p.forwardedBody(r), p.Palette)
	if dst = append(dst, body...); len(body) > 0 && !bytes.HasSuffix(body, []byte("\n")) {
		dst = append(dst, '\n')
	}
	if f.Truncated {
		dst = p.dim(dst, 0, "… the rest of the response is not shown")
	}
	return dst
}
