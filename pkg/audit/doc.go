// Package audit is the report card of an endpoint: it sends every documented event,
// then the awkward deliveries that come in production sooner or later, and says of
// each what a good endpoint answers and what this one did.
//
// All rules stand in one table, [Rules]. A rule delivers something and says which
// answers are right; the judging is the same for all.
//
// The package must not know terminals or commands. It writes JSON and HTML to an
// io.Writer; clock, sleep and transport are handed in.
package audit
