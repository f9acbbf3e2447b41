// Package deliver sends one body to one target over HTTP, as Apizee sends its webhook requests, and
// returns the result.
//
// A request has Host, User-Agent, Accept, Content-Type and Content-Length, the headers that the user
// adds, and no others. It is a POST over HTTP/1.1, also over TLS. A redirect is not followed: it is the
// response. A failed delivery is a [Result], never an error, so that later deliveries go on.
//
// The package must not know the content of the body, nor terminals, configuration or commands.
// Transport, clock and sleep are passed in.
package deliver
