package cmd

import (
	"bytes"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// prettyPrinter shows all of a request: the line, its headers, its body and what was
// found in it.
type prettyPrinter struct{ linePrinter }

func (p prettyPrinter) reception(dst []byte, r *receive.Reception) []byte {
	c := p.columns()
	dst = p.summary(dst, c, r)
	dst = p.head(dst, r, 0)
	for text := range bytes.Lines(console.JSON(r.Body, p.palette)) {
		dst = append(dst, text...)
	}
	dst = p.remarks(dst, columns{limit: c.limit}, r)
	return append(dst, '\n')
}
