// Package cmd is the command line: the tree of commands, their exit codes, and
// [Main]. Each command takes its flags, makes one call into pkg and prints the
// result; what they share is in internal/cli.
//
// It must not know how anything is done: no HTTP, no JSON and no rule of the
// contract stands here. Streams, clock, environment and HTTP transport come in
// with a [System], so that a test can replace each of them.
package cmd
