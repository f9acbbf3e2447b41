// Package scenario reads scenario files and plays them: events in an order,
// what the endpoint must answer to each, and what it must have done afterwards.
//
// [Parse] is strict and finds every mistake of a file before anything is sent.
// [Runner.Run] plays what it made against a target, tells an observer what
// happens as it happens, and returns an [Outcome].
//
// The package knows neither terminals nor flags, and does not receive events.
// Clock, sleep, random seed, environment and HTTP client are handed in.
package scenario
