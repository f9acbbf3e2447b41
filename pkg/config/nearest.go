package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearest is the word among known that was most likely meant, or "". A third
// of the letters may be wrong, and a beginning is enough when only one word
// begins so.
func nearest(word string, known []string) string {
	const longest = 64 // no slip of the finger is longer
	if word == "" || len(word) > longest {
		return ""
	}
	word = strings.ToLower(word)
	best, fewest := "", max(1, len(word)/3)+1
	var begun []string
	for _, k := range known {
		lower := strings.ToLower(k)
		if d := levenshtein.ComputeDistance(word, lower); d < fewest {
			best, fewest = k, d
		}
		if len(word) >= 3 && strings.HasPrefix(lower, word) {
			begun = append(begun, k)
		}
	}
	if best == "" && len(begun) == 1 {
		return begun[0]
	}
	return best
}

// suggestKey says which key was probably meant by name within a section.
func suggestKey(keys []Key, section, name string, inProfile bool) string {
	siblings := siblingNames(keys, section, inProfile)
	if near := nearest(name, siblings); near != "" {
		return fmt.Sprintf("did you mean %q?", join(section, near))
	}
	for _, k := range keys { // the right name in the wrong section
		if _, own := k.split(); own == name || k.Flag == name {
			return fmt.Sprintf("did you mean %q?", k.Name)
		}
	}
	return "there are " + strings.Join(siblings, ", ")
}

func siblingNames(keys []Key, section string, inProfile bool) []string {
	var names []string
	for _, k := range keys {
		in, own := k.split()
		switch {
		case in == section:
			names = append(names, own)
		case section == "" && !slices.Contains(names, in):
			names = append(names, in)
		}
	}
	if section == "" && !inProfile {
		names = append(names, profilesKey)
	}
	return names
}

func join(section, name string) string {
	if section == "" {
		return name
	}
	return section + "." + name
}
