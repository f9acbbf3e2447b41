package config

import (
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Misnamed finds variables of the environment that set nothing and look as if they were
// meant to, with the name that was probably meant. Others are left alone: a
// configuration may refer to any variable.
func Misnamed(environ []string) map[string]string {
	names := []string{strings.TrimPrefix(envConfig, envPrefix), strings.TrimPrefix(envProfile, envPrefix)}
	for _, k := range Keys() {
		names = append(names, strings.TrimPrefix(k.Env(), envPrefix))
	}
	found := map[string]string{}
	for _, variable := range environ {
		full, value, _ := strings.Cut(variable, "=")
		name, isOurs := strings.CutPrefix(full, envPrefix)
		if !isOurs || value == "" { // which is as if it were not set
			continue
		}
		if meant := meantName(name, names); meant != "" && meant != name {
			found[full] = envPrefix + meant
		}
	}
	return found
}

// meantName also knows a name that lacks its section.
func meantName(name string, names []string) string {
	if near := apizee.Nearest(name, names); near != "" {
		return near
	}
	for _, n := range names {
		if strings.HasSuffix(n, "_"+name) {
			return n
		}
	}
	return ""
}
