// Package payload makes the bytes of one event: from flags, from a template or from
// the user's own JSON, and then with overrides laid over them.
//
// What it writes is compact, in documented order, with every digit and character as
// it was typed; the user's own JSON is left as it is. Everything documented comes
// from the catalog of package apizee.
//
// The package must not know where an event goes, nor anything of terminals or
// configuration. Clock, random source, counter and file systems are handed in.
package payload
