// Package inspect keeps exchanges, that is requests and what became of them, and serves them to a
// page in a browser.
//
// A [Store] holds what a listener receives or what recordings contain: a short record of each
// exchange in memory, and its line, in the format of recordings, in memory or in the file. A [Filter]
// selects exchanges. [NewHandler] serves a store over HTTP: the page, and the JSON API that the page
// uses.
//
// Whoever can reach the server and has no token, such as another web page in the same browser, must
// learn nothing and change nothing; guard.go and send.go say how.
package inspect
