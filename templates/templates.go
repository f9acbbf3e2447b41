// Package templates holds the files that come with the program. It knows nothing of
// what they mean.
package templates

import "embed"

// FS has one event template a file in the folder events, and one scenario a
// file in the folder scenarios.
//
//go:embed events scenarios
var FS embed.FS
