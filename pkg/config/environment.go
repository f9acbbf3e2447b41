package config

import (
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Misnamed finds unknown environment variables whose names are close to a known one, with
// that name. Other unknown variables are ignored: a configuration may refer to any
// variable.
func Misnamed(environ []string) map[string]string {
	found := map[string]string{}
	for _, variable := range environ {
		full, value, _ := strings.Cut(variable, "=")
		name, isOurs := strings.CutPrefix(full, envPrefix)
		if !isOurs || value == "" { // as if it were not set
			continue
		}
		if meant := meantName(name, variableNames()); meant != "" && meant != name {
			found[full] = envPrefix + meant
		}
	}
	return found
}

// variableNames returns the names of all variables of this program, without their prefix.
func variableNames() []string {
	names := []string{strings.TrimPrefix(envConfig, envPrefix), strings.TrimPrefix(envProfile, envPrefix)}
	for _, k := range Keys() {
		names = append(names, strings.TrimPrefix(k.Env(), envPrefix))
	}
	return names
}

// meantName also finds a name without its section.
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

// UserDir is the user's configuration directory for this program on the system goos: in
// $XDG_CONFIG_HOME if set, on Windows in %AppData%, else in $HOME/.config. It is "" if
// none of them is set.
func UserDir(lookupEnv func(string) (string, bool), goos string) string {
	separator := "/"
	if goos == "windows" {
		separator = `\`
	}
	under := func(variable string, directories ...string) string {
		base, _ := lookupEnv(variable)
		if base == "" {
			return ""
		}
		base = strings.TrimRight(base, `/`+separator)
		return strings.Join(append([]string{base}, directories...), separator)
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
