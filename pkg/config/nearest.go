package config

import (
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// suggestKey says which key was probably meant by name within a section.
func suggestKey(keys []Key, section, name string, inProfile bool) string {
	siblings := siblingNames(keys, section, inProfile)
	if near := apizee.Nearest(name, siblings); near != "" {
		return apizee.Suggest(join(section, near))
	}
	for _, k := range keys { // the right name in the wrong section
		if _, own := k.split(); own == name || k.Flag == name {
			return apizee.Suggest(k.Name)
		}
	}
	return "; there are " + strings.Join(siblings, ", ")
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
