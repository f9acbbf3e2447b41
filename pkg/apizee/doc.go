// Package apizee is the contract: what Apizee documents about the webhooks it
// sends, as data, and the rules that hold a received event against it.
//
// The catalog (Events, Fields, Objects) is the one place that knows a
// documented word; flags, completions, help, checks, schemas and tables are
// all made from it. Validate and ValidateRequest tell what is wrong with an
// event, a Filter picks events, JSONSchema and OpenAPI tell other programs
// about them.
//
// The package is pure: it opens nothing, prints nothing, reads no clock, and
// knows neither terminals, command lines nor net/http.
package apizee
