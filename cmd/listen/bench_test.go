package listen

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/inspect"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// BenchmarkReception shows one request, and adds it to the inspector: what --inspect costs per event.
func BenchmarkReception(b *testing.B) {
	catalog := apizee.Documented()
	r := receive.Reception{
		N: 1, At: time.Now(), Remote: "127.0.0.1:40000", Method: "POST", Path: "/apizeehooks/", Proto: "HTTP/1.1",
		Headers: http.Header{"Host": {"127.0.0.1:8279"}, "User-Agent": {"Cloud Apizee"}, "Content-Type": {"application/JSON"}, "Accept": {"*/*"}, "Content-Length": {"97"}},
		Body:    []byte(`{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`),
		Outcome: receive.Accepted, Status: 204, Took: time.Millisecond,
	}
	r.Report = catalog.ValidateRequest(apizee.Request{Method: r.Method, Headers: r.Headers, Body: r.Body})
	for name, store := range map[string]*inspect.Store{"plain": nil, "inspected": inspect.New(inspect.Options{Catalog: catalog})} {
		b.Run(name, func(b *testing.B) {
			app := &cli.App{System: cli.System{Catalog: catalog, Stdout: io.Discard, LookupEnv: func(string) (string, bool) { return "", false }}}
			s := newSession(&plan{options: &options{App: app}, form: show.Line}, nil)
			s.store = store
			s.printer = show.Receptions{Style: app.Style()}.In(show.Line)
			s.spool = console.NewSpool(io.Discard, maxSpooled, s.printer.Omitted)
			b.ReportAllocs()
			for b.Loop() {
				s.reception(&r)
			}
		})
	}
}
