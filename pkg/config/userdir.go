package config

import "strings"

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
