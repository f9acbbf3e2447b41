package apizee

import (
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest is the known word that was most likely meant by word, or "" if none is
// close: one a few edits away, ignoring case, or the only one with that prefix. Of two
// equally near words the longer wins, because a missing letter is the most common
// typing error: "opend" means "opened".
func Nearest(word string, known []string) string {
	const longest = 64 // a longer word is not a typing error, and is slow to compare
	if word == "" || len(word) > longest {
		return ""
	}
	typed := strings.ToLower(word)
	best, bestDistance := "", maxEdits(word)+1
	for _, k := range known {
		d := levenshtein.ComputeDistance(typed, strings.ToLower(k))
		if d > 1 && len(word) == 4 && (k == "" || typed[0] != strings.ToLower(k)[0]) {
			continue // half of such a short word may differ, but then not its first letter
		}
		if d < bestDistance || d == bestDistance && best != "" && len(k) > len(best) {
			best, bestDistance = k, d
		}
	}
	if best == "" {
		best = onlyCompletion(typed, known)
	}
	return best
}

// DidYouMean is the end of a message about an unknown word: the nearest known one, or
// "" if none is near.
func DidYouMean(word string, known []string) string { return Suggest(Nearest(word, known)) }

// Suggest is the end of a message that suggests a word, or "" without one.
func Suggest(meant string) string {
	if meant == "" {
		return ""
	}
	return "; did you mean " + strconv.Quote(meant) + "?"
}

// maxEdits is the most edits between a word and its suggestion.
func maxEdits(word string) int {
	switch n := len([]rune(word)); {
	case n < 4:
		return 1
	case n < 9:
		return 2
	}
	return 3
}

func onlyCompletion(typed string, known []string) string {
	found := ""
	for _, k := range known {
		if len(typed) < 3 || !strings.HasPrefix(strings.ToLower(k), typed) {
			continue
		}
		switch {
		case found == "":
			found = k
		case !strings.HasPrefix(k, found): // "conv" means the shorter of two that begin alike
			return ""
		}
	}
	return found
}
