package runner

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/report"

	"gotest.tools/v3/golden"
)

func TestSuite(t *testing.T) {
	e := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte("{\"state\":\"open\"}\nsecond line\n"))
	})
	r := runner(t)
	clock := &fakeClock{at: now()}
	r.Now, r.Sleep = clock.now, clock.sleep
	r.Client = stillClient(t)
	o := to(t, e.URL)
	o.Assume = Duplicate
	out := r.Run(context.Background(), mustParse(t, `
name: Ticket lifecycle
steps:
  - pause: 250ms
  - {send: ticket create, props: {state: new}, expect: {json: {state: closed, id: {exists: true}}}}
  - {send: ticket update, repeat: 2, capture: {job: id}}
  - {name: needs the job, send: ticket update, id: "{{ .job }}"}
  - {together: [{send: ticket update}, {send: ticket delete}], expect: {status: 5xx}}
`), o)
	var b strings.Builder
	if err := report.TAP.Write(&b, report.Report{Suites: []report.Suite{out.Suite("Ticket lifecycle [duplicate]")}}); err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, b.String(), "suite.tap")
	if out.Duration != 250*time.Millisecond {
		t.Error(out.Duration)
	}
}
