package audit

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"al.essio.dev/pkg/shellescape"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// repeat returns a bash command that sends a request of the audit again: a `send` command, or one
// for curl where `send` cannot express it. Secrets are masked as everywhere.
func (o *options) repeat(r audit.Request) string {
	if r.During != nil {
		during := *r.During
		r.During = nil
		return o.repeat(during) + " & sleep 1; " + o.repeat(r)
	}
	if len(r.Earlier) > 0 {
		earlier := ""
		for i, e := range r.Earlier {
			earlier += o.repeat(e)
			switch {
			case !e.AtOnce:
				earlier += "; "
			case i < len(r.Earlier)-1:
				earlier += " & "
			default:
				earlier += " & wait; "
			}
		}
		r.Earlier = nil
		return earlier + o.repeat(r)
	}
	const byteOrderMark = "\ufeff" // which `send` removes
	if r.Method != "" || len(r.Body) == 0 || r.Before != nil || bytes.HasPrefix(r.Body, []byte(byteOrderMark)) {
		return console.SafeShell(o.curl(r))
	}
	data, pipe := string(r.Body), ""
	if len(r.Body) > deliver.ArgumentLimit {
		data, pipe = "-", printed(r.Body)+" | "
	}
	args := []string{cli.Program, "send", "--data", data}
	if raw, err := payload.Raw(r.Body); err != nil || !bytes.Equal(raw, r.Body) || !o.Catalog.Validate(r.Body).OK() {
		args = append(args, "--allow-undocumented")
	}
	args = append(args, "-t", r.Target.ShowURL(o.ShowSecrets))
	for _, h := range o.masked(r.Target).Headers {
		args = append(args, "-H", h.String())
	}
	if r.Fault != "" {
		args = append(args, "--fault", r.Fault)
	}
	if r.Count > 0 {
		args = append(args, "--count", strconv.Itoa(r.Count))
	}
	if r.AtOnce && r.Count > 0 {
		args = append(args, "--parallel", strconv.Itoa(r.Count))
	}
	return pipe + console.SafeShell(shellescape.QuoteCommand(append(args, o.connection...)))
}

func (o *options) curl(r audit.Request) string {
	options := deliver.CurlOptions{Network: o.network, Timeout: o.timeout, ShowSecrets: o.ShowSecrets, Method: r.Method}
	command := deliver.CurlCommand(o.masked(r.Target), r.Body, options)
	if r.Before == nil {
		return command
	}
	return o.curl(*r.Before) + " --next" + strings.TrimPrefix(command, "curl")
}

// masked returns the target with its secret headers masked, unless --show-secrets is given.
func (o *options) masked(t deliver.Target) deliver.Target {
	if o.ShowSecrets {
		return t
	}
	t.Headers = slices.Clone(t.Headers)
	for i, h := range t.Headers {
		if strings.EqualFold(h.Name, o.secretHeader) && h.Value != "" {
			t.Headers[i].Value = redact.Masked
		} else {
			t.Headers[i] = h.Mask()
		}
	}
	return t
}

// printed returns bash commands that print a long body, with what repeats itself in its middle once.
func printed(body []byte) string {
	start, end, unit := repeated(body)
	text := func(part []byte) string { return "printf %s " + shellescape.Quote(string(part)) }
	format := strings.NewReplacer("%", "%%", `\`, `\\`).Replace(string(body[start : start+unit]))
	return fmt.Sprintf("{ %s; printf %s {1..%d}; %s; }",
		text(body[:start]), shellescape.Quote(format+"%.0s"), (end-start)/unit, text(body[end:]))
}

// repeated returns the part of a body around its middle that consists of one unit, of at most 16
// bytes, again and again. Without one it is the byte in the middle.
func repeated(body []byte) (start, end, unit int) {
	middle := len(body) / 2
	for unit = 1; unit <= 16; unit++ {
		start, end = middle, middle+unit
		for end < len(body) && body[end] == body[end-unit] {
			end++
		}
		for start > 0 && body[start-1] == body[start-1+unit] {
			start--
		}
		end -= (end - start) % unit
		if end-start > len(body)/2 {
			return start, end, unit
		}
	}
	return middle, middle + 1, 1
}
