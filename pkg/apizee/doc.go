// Package apizee is the contract: what Apizee documents about the webhooks it
// sends, as data, and the rules that hold a received event against it.
//
// [Documented] makes the [Catalog], the one place that knows a documented word.
// Flags, completions, help, checks, schemas, generated events and tables follow
// from it: a new object is one more entry. A Catalog tells what is wrong with an
// event (Validate, ValidateRequest), makes filters that pick events (ParseFilter),
// and tells other programs about them (JSONSchema, OpenAPI).
//
// The package is pure: it opens nothing, prints nothing, reads no clock, and
// knows neither terminals, command lines nor net/http.
package apizee
