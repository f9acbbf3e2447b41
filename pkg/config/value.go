package config

import "strings"

const mask = "****"

// Value is one setting, in the form it would be written in the file, and where
// it came from.
type Value struct {
	Key   string // "listen.addr", "headers.X-Api-Key"
	Value string // with references to the environment replaced
	// Source is "default", "FILE:LINE", "profile NAME (FILE:LINE)", the name of
	// an environment variable, or "flag --NAME".
	Source string
	// Secret says that Value must not be shown; Masked can be.
	Secret bool
}

// Masked is the value fit to be shown: with **** for what is secret in it.
func (v Value) Masked() string {
	if !v.Secret || v.Value == "" {
		return v.Value
	}
	if k, plain := findKey(Keys(), v.Key); plain && !k.Secret {
		masked, _ := maskUserInfo(v.Value)
		return masked
	}
	return mask
}

func newValue(e entry, s string) Value {
	v := Value{Key: e.name(), Value: s, Source: e.source, Secret: e.key.Secret}
	if e.header != "" {
		v.Secret = secretName(e.header)
		return v
	}
	_, inURL := maskUserInfo(s)
	v.Secret = v.Secret || inURL
	return v
}

// maskUserInfo hides the user and password of a URL. The URL is not parsed,
// because a password in a malformed one is a secret too.
func maskUserInfo(s string) (masked string, found bool) {
	scheme, rest, isURL := strings.Cut(s, "://")
	if !isURL {
		return s, false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndexByte(rest[:end], '@')
	if at < 0 {
		return s, false
	}
	return scheme + "://" + mask + rest[at:], true
}
