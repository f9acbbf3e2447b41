// Package undertest starts the program under test, waits until it answers, and
// stops it together with everything that it started.
//
// It knows nothing of scenarios and prints nothing: lines of output are handed
// on as they come.
package undertest
