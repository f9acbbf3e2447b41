// Package deliver sends one body to one target over HTTP, in the shape that Apizee
// gives its webhook requests, and says how that went.
//
// A request carries Host, User-Agent, Accept, Content-Type and Content-Length, the
// headers that the user adds, and nothing else. It is a POST over HTTP/1.1, also over
// TLS. A redirect is not followed: it is the reply. A delivery that fails is a
// [Result] that says so, never an error, so that the deliveries after it go on.
//
// The package must not know what is in the body, nor anything of terminals,
// configuration or commands. Transport, clock and sleep are handed in.
package deliver
