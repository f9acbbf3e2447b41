// Package undertest starts the programs under test, waits until they respond, and stops them
// together with everything that they started.
//
// It knows nothing of scenarios and prints nothing: lines of output are handed
// on as they come.
package undertest
