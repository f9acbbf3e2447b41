// Package undertest starts the programs under test, waits until they respond, and stops them
// together with all processes that they started.
//
// It depends on nothing about scenarios and prints nothing: output is passed on line by line.
package undertest
