// Package console writes to the user's terminal: it decides whether to use color,
// finds the width, escapes received text, lays out JSON and tables, and opens an
// editor.
//
// It does not depend on events, HTTP or commands. Streams and environment are passed
// in. Text must be escaped before it is colored, never after: [Safe] would escape the
// color codes. [JSON] and [Table] do both in the right order.
package console
