// Package load sends many different events at a given rate and measures how an
// endpoint bears it, on vegeta's library.
//
// The model is open: an event is sent when its time has come, whether or not the ones
// before it were answered, so an endpoint that stalls shows in every latency that it
// causes. What goes over the wire is what package deliver sends, not what vegeta
// would. A load goes to loopback addresses only, unless somebody names the host.
//
// The package must not know terminals or commands: it returns numbers, and writes
// reports to an io.Writer.
package load
