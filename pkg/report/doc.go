// Package report writes what became of a run in the formats that build servers
// and people's tools read: JUnit XML, TAP 13, JSON, GitHub's annotations,
// and an HTML page.
//
// It knows suites and cases, not what they are about; who makes a Report has
// masked the secrets in it. Every format takes any text: what the format cannot
// hold is written so that it can be read.
package report
