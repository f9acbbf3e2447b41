// Package cmd is the command line: the tree of commands, and [Main]. Each command has a
// directory of its own: it reads its flags, makes one call into pkg and prints the result.
// What commands share is in internal/cli, and how results are displayed in internal/show.
//
// The package implements nothing itself: no HTTP, no JSON and no rule of the contract. Streams,
// clock, environment and HTTP transport come in with a [System], so that a test can replace
// each of them.
package cmd
