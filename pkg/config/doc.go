// Package config settles what the user has chosen: flags before environment
// variables, those before the profile, that before the configuration file, and
// last the defaults, merged into one typed [Config] with the origin of each
// value.
//
// It knows the names, kinds and defaults of the keys and nothing of what they
// are used for: no commands, no terminal, and of delivery only what a secret is. The real environment, the
// flags and the folders to look in are handed to it.
package config
