package apizee

import (
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest is the word among known that someone who typed word most likely
// meant, or "" when none is close: a few edits away with letter case aside, or
// the only one that begins so. Of two equally near, the longer wins, because
// dropping a letter is the commonest slip: "opend" means "opened".
func Nearest(word string, known []string) string {
	const longest = 64 // a longer word is no typing slip, and costs time
	if word == "" || len(word) > longest {
		return ""
	}
	typed := strings.ToLower(word)
	best, bestDistance := "", slips(word)+1
	for _, k := range known {
		d := levenshtein.ComputeDistance(typed, strings.ToLower(k))
		if d > 1 && len(word) == 4 && (k == "" || typed[0] != strings.ToLower(k)[0]) {
			continue // half of so short a word may be wrong, but not its beginning too
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

// DidYouMean ends a message about a word that is none of the known ones with the
// nearest of them, and with nothing when none is near.
func DidYouMean(word string, known []string) string { return Suggest(Nearest(word, known)) }

// Suggest ends a message with what was probably meant, and with nothing when that is "".
func Suggest(meant string) string {
	if meant == "" {
		return ""
	}
	return "; did you mean " + strconv.Quote(meant) + "?"
}

// slips is how many edits may lie between a word and what was meant by it.
func slips(word string) int {
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
		if found != "" {
			return ""
		}
		found = k
	}
	return found
}
