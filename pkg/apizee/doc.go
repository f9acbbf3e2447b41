// Package apizee is the documented contract: what Apizee documents about the
// webhooks it sends, as data, and the rules that check received events.
//
// [Documented] returns the [Catalog], the single source of documented words.
// Flags, completions, help, checks, schemas, generated events and tables are made
// from it: a new object is one more entry, also one that Apizee documents only in
// part. A Catalog validates events (Validate, ValidateRequest), parses filters
// (ParseFilter), and exports the contract (JSONSchema, OpenAPI).
//
// The package is pure: it does no input or output, reads no clock, and does not
// depend on terminals, command lines or net/http.
package apizee
