// Package receive stands in for the receiver of Apizee's webhooks: an HTTP server that
// takes any request, holds it against the contract, records it before it is answered,
// answers as it was told to, passes it on, or fails on purpose.
//
// Whatever comes in is bounded: bodies, headers, connections, and the time they may
// take. What is not even HTTP is reported too, so that a mistake can be seen.
//
// The package must not know how a reception is shown, nor of commands and
// configuration. Clock, sleep, transport and the listener are handed in.
package receive
