// Package generate makes an endless stream of documented events that look like a
// platform at work: tickets that are opened, located, done and closed, or declined on
// the way; media that are recorded under them; conversations that end. Any other object
// of the catalog goes through its documented words.
//
// A stream is a function of its [Options] alone. The same options give the same bytes
// on every machine and with every release of Go: it computes with integers, on a
// generator whose algorithm is fixed. It takes a bounded amount of memory, however
// long it runs.
//
// The package must not know where events go, nor read a clock.
package generate
