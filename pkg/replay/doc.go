// Package replay sends the requests of a recording again: in order, with their original gaps, to
// another target.
//
// It keeps one entry in memory, so that a recording can be larger than the memory. It must not know
// terminals or files; the reader is passed in.
package replay
