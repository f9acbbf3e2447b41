// Package load sends distinct events at a given rate, and measures latency and errors.
//
// The model is open: an event is sent when it is due, even while earlier ones wait for a
// response, so a stall shows in every latency it causes.
//
// The package must not know terminals or commands: it returns numbers, and writes
// reports to an io.Writer.
package load
