// Package receive is an HTTP server that stands in for the endpoint of Apizee's webhooks: it
// accepts any request, checks it against the documented contract, records it before it responds,
// and returns a configured response, forwards the request, or injects a fault.
//
// Everything a sender can use up is limited: bodies, headers, connections and time. Data that is
// not HTTP is reported too, so that mistakes show up.
//
// The package must not know how a reception is shown, nor commands and configuration. Clock,
// sleep, transport and listener are passed in.
package receive
