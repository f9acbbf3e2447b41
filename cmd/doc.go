// Package cmd is the command line: the tree of commands, and [Main]. Each command has a
// folder of its own: it takes its flags, makes one call into pkg and prints the result.
// What they share is in internal/cli, and how things look in internal/show.
//
// It must not know how anything is done: no HTTP, no JSON and no rule of the contract
// stands here. Streams, clock, environment and HTTP transport come in with a [System], so
// that a test can replace each of them.
package cmd
