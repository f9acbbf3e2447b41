package parse

import "go.yaml.in/yaml/v3"

// What a file can ask for has bounds: a few lines with aliases may stand for millions of
// values, and a value may stand in itself.
const (
	// MaxFile is the most bytes that a scenario file may have.
	MaxFile = 16 << 20
	// MaxSteps is the most steps that a scenario may have.
	MaxSteps = 1_000_000

	maxCopied   = 100_000 // values that aliases make
	maxDepth    = 100
	maxRepeat   = 1_000_000
	maxTimes    = 1000
	maxTogether = 1000
)

// bounds count what a file has asked for.
type bounds struct {
	inAlias, depth int // aliases and values around the one that is read
	copied         int // values that were read through an alias
	exceeded       bool
}

// enter counts a value that is about to be read, and reports whether it is within the
// bounds. When they are exceeded nothing more is read.
func (r *reader) enter(n *yaml.Node) bool {
	r.depth++
	if r.inAlias > 0 {
		r.copied++
	}
	switch {
	case r.exceeded:
	case r.copied > maxCopied:
		r.problem(at(n), "aliases make more than %d values of this file", maxCopied)
		r.exceeded = true
	case r.depth > maxDepth:
		r.problem(at(n), "this is nested deeper than %d levels", maxDepth)
		r.exceeded = true
	}
	return !r.exceeded
}

func (r *reader) leave() { r.depth-- }
