package show

import (
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// Problem is a safe text about an item, with the mark and the paint of how bad that is.
type Problem struct {
	Mark  string
	Text  string
	Paint func(string) string
}

// Finding is what Apizee's documentation says against a request, or does not know.
func Finding(p console.Palette, f apizee.Finding) Problem {
	if f.Severity == apizee.Error {
		return Problem{"✗", console.Safe(f.String()), p.Finding}
	}
	return Warning(p, f.String())
}

// Warning is something unusual that is not an error.
func Warning(p console.Palette, text string) Problem {
	return Problem{"!", console.Safe(text), p.Warning}
}

// problem is what went wrong with a request.
func problem(p console.Palette, text string) Problem {
	return Problem{"✗", console.Safe(text), p.Failure}
}

// String is the remark on one line.
func (r Problem) String() string { return r.Paint(r.Mark + " " + r.Text) }

// appendTo adds the remark behind an indent. It is wrapped at the width, 0 for unlimited,
// rather than cut: what is meant often comes last.
func (r Problem) appendTo(dst []byte, indent, width int) []byte {
	if width > 0 {
		width = max(width-indent-2, 1) // 2 are the mark and a space
	}
	mark := r.Mark
	for _, part := range console.Wrap(r.Text, width) {
		dst = console.AppendSpaces(dst, indent)
		dst = append(dst, r.Paint(mark+" "+part)...)
		dst = append(dst, '\n')
		mark = " "
	}
	return dst
}

// nonNil makes no findings an empty list, as JSON wants it.
func nonNil(findings []apizee.Finding) []apizee.Finding {
	if findings == nil {
		return []apizee.Finding{}
	}
	return findings
}
