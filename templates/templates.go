// Package templates holds the files that come with the program. It knows nothing of
// what they mean.
package templates

import "embed"

// FS has one event template a file in the folder events.
//
//go:embed events
var FS embed.FS
