package deliver

import "strings"

// Masked stands in for a secret wherever something is shown to people.
const Masked = "****"

// IsSecret says whether a header of this name holds a secret: credentials, cookies,
// and every name with token, secret, key or password in it.
func IsSecret(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "authorization", "proxy-authorization", "cookie", "set-cookie":
		return true
	}
	for _, part := range []string{"token", "secret", "key", "password"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
