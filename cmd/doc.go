// Package cmd is the command line: one file a command, which takes the flags,
// makes one call into pkg and prints the result.
//
// It must not know how anything is done: no HTTP, no JSON and no rule of the
// contract stands here. Streams, clock, environment and HTTP transport come in
// with a [System], so that a test can replace each of them.
package cmd
