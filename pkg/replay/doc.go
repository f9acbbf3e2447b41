// Package replay sends the requests of a recording again: in their order, with
// the gaps they had, to another target.
//
// It reads one entry at a time, so a recording may be larger than the memory.
// It must not know terminals or files; the reader is handed in.
package replay
