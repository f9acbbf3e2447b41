package scenario

import (
	"regexp"
	"sync"
)

// lazily compiles a pattern when it is first used: most runs of the program use
// none of them, and compiling takes longer than a delivery.
func lazily(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
