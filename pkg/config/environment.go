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

// UserDir is the tool's folder among the user's configuration, on the system
// that goos names: in $XDG_CONFIG_HOME when set, on Windows in %AppData%, else
// in $HOME/.config. It is "" when the environment tells none of them.
func UserDir(lookupEnv func(string) (string, bool), goos string) string {
	separator := "/"
	if goos == "windows" {
		separator = `\`
	}
	under := func(variable string, folders ...string) string {
		base, _ := lookupEnv(variable)
		if base == "" {
			return ""
		}
		base = strings.TrimRight(base, `/`+separator)
		return strings.Join(append([]string{base}, folders...), separator)
	}
	const own = "apizee-hooks"
	if dir := under("XDG_CONFIG_HOME", own); dir != "" {
		return dir
	}
	if goos == "windows" {
		return under("AppData", own)
	}
	return under("HOME", ".config", own)
}
