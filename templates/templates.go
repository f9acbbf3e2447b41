// Package templates embeds the built-in templates and scenarios.
package templates

import "embed"

// FS has the event templates in the directory events and the scenarios in the directory
// scenarios, one per file.
//
//go:embed events scenarios
var FS embed.FS
