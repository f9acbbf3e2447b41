// Package audit tests how an endpoint handles good and bad requests: it sends every
// documented event, then requests that cause trouble in production, and reports for each
// rule what was expected and what the endpoint did. A [Probe] shows the effect of events,
// and a [Program] is killed and stopped.
//
// All rules stand in one table, [Rules]. A rule sends requests and says which reactions
// are right; the judging is the same for all.
//
// The package must not know terminals or commands. It writes its reports to an io.Writer;
// clock, sleep and transport are passed in.
package audit
