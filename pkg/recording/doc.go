// Package recording keeps what a receiver got in a file and reads it back: one JSON
// object a line, fit for jq and grep, with every body unchanged to the byte. What is not
// UTF-8 is %XX in a path, and base64 in bodyBase64 and headersBase64; the latter stand
// beside their readable form in headers.
//
// Several writers, also of several processes, may append to one file. A line that was
// cut off by a crash spoils neither the lines before it nor those after it.
//
// The package must not know how a request came in, nor what its body means: it neither
// receives nor sends nor checks. Secret headers are masked before they reach the disk.
package recording
