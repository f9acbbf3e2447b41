// Package generate produces an endless stream of realistic documented events: tickets
// are opened, located, done and closed, or declined; media belong to them; conversations
// end; sessions go from an invitation to a survey. Any other object of the catalog goes through its documented values.
//
// A stream depends only on its [Options]. The same options give the same bytes on every
// machine and with every release of Go: it computes with integers, and its random
// number generator is fixed. Its memory is bounded, however long it runs.
//
// No two events of a stream are the same: within one second, an object does not return to a state
// that an update had, unless it moves.
//
// The package does not depend on where events are sent, and does not read a clock.
package generate
