package cmd

import (
	"net/http"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// headerPrinter shows headers with their secrets masked.
type headerPrinter struct {
	palette  console.Palette
	secrets  bool   // show them
	required string // a header that is one by its use
}

// path is the path and the query, which may hold secrets too.
func (p headerPrinter) path(r *receive.Reception) string {
	if p.secrets {
		return r.Path
	}
	return redact.URL(r.Path)
}

// head is the request line and the headers.
func (p headerPrinter) head(dst []byte, r *receive.Reception, indent int) []byte {
	show := func(dst []byte, text string) []byte {
		return append(append(appendSpaces(dst, indent), p.palette.Dim(console.Safe(text))...), '\n')
	}
	dst = show(dst, r.Method+" "+p.path(r)+" "+r.Proto)
	headers := p.mask(r.Headers)
	for _, name := range sortedNames(headers) {
		for _, value := range headers[name] {
			dst = show(dst, name+": "+value)
		}
	}
	return dst
}

func sortedNames(headers http.Header) []string {
	names := make([]string, 0, len(headers))
	for name := range headers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// mask hides what is secret in the headers.
func (p headerPrinter) mask(headers http.Header) http.Header {
	if p.secrets {
		return headers
	}
	masked := headers.Clone()
	for name, values := range masked {
		for i, value := range values {
			values[i] = redact.Header(name, value, p.required)
		}
	}
	return masked
}
