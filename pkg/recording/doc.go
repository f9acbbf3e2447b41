// Package recording writes received requests to a file and reads them back: one JSON object per
// line, suitable for jq and grep, with every body unchanged to the byte. Bytes that are not UTF-8 are
// %XX in a path, and base64 in bodyBase64 and in headersBase64, beside their readable form in headers.
//
// The members after findings are optional: earlier versions wrote none of them. Entries are written
// before their response is sent, so durationMs excludes the delay and the sending of it. Bodies of responses
// are decompressed, and responseBody is omitted where it is the one in forwarded.
//
// Several writers, also of several processes, can append to one file. A line that a crash has
// truncated damages neither the lines before it nor those after it.
//
// The package must not know how a request was received, nor what its body means. Secret headers are
// masked before they are written, and so are those that a response repeats.
package recording
