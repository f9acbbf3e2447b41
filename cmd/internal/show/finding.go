package show

import (
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// Problem is a safe text about an item, with the mark and color of its severity.
type Problem struct {
	Mark  string
	Text  string
	Paint func(string) string
}

// Finding returns a difference from Apizee's documentation, or from a baseline.
func Finding(p console.Palette, f apizee.Finding) Problem {
	text := console.Safe(f.String())
	switch f.Severity {
	case apizee.Error:
		return Problem{"✗", text, p.Finding}
	case shape.Breaking:
		return Problem{"≠", text, p.Drift}
	case shape.Warning:
		return Problem{"≈", text, p.Drift}
	case shape.Info:
		return Problem{"·", text, p.Drift}
	}
	return Warning(p, f.String())
}

// Warning returns something unusual that is not an error.
func Warning(p console.Palette, text string) Problem {
	return Problem{"!", console.Safe(text), p.Warning}
}

// problem returns why a request failed.
func problem(p console.Palette, text string) Problem {
	return Problem{"✗", console.Safe(text), p.Failure}
}

// String returns the problem on one line.
func (p Problem) String() string { return p.Paint(p.Mark + " " + p.Text) }

// appendTo adds the problem after an indent. It is wrapped at the width, 0 for unlimited, rather than
// truncated: the end is often the important part.
func (p Problem) appendTo(dst []byte, indent, width int) []byte {
	if width > 0 {
		width = max(width-indent-2, 1) // 2 are the mark and a space
	}
	mark := p.Mark
	for _, part := range console.Wrap(p.Text, width) {
		dst = console.AppendSpaces(dst, indent)
		dst = append(dst, p.Paint(mark+" "+part)...)
		dst = append(dst, '\n')
		mark = " "
	}
	return dst
}

// nonNil returns an empty list for nil, which JSON would write as null.
func nonNil(findings []apizee.Finding) []apizee.Finding {
	if findings == nil {
		return []apizee.Finding{}
	}
	return findings
}
