package runner

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// BenchmarkSend measures one send step with expectations, the delivery included.
func BenchmarkSend(b *testing.B) {
	e := serve(b, nil)
	r := runner(b)
	o := to(b, e.URL)
	s := mustParse(b, "steps:\n"+strings.Repeat("  - send: ticket update\n    id: 100\n    props: {state: invited}\n    expect: {status: 2xx}\n", 100))
	b.ReportAllocs()
	for b.Loop() {
		if out := r.Run(context.Background(), s, o); !out.OK() {
			b.Fatal(out.Counts())
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(s.Steps)), "µs/step")
}

// BenchmarkPlainLoop measures the same request with net/http alone.
func BenchmarkPlainLoop(b *testing.B) {
	e := serve(b, nil)
	body := []byte(`{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`)
	b.ReportAllocs()
	for b.Loop() {
		for range 100 {
			response, err := http.Post(e.URL, "application/JSON", bytes.NewReader(body))
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*100), "µs/step")
}

// BenchmarkSteps measures steps without the network.
func BenchmarkSteps(b *testing.B) {
	r := runner(b)
	r.Client = deliver.NewClient(responding{}, time.Now)
	s := mustParse(b, "steps:\n"+strings.Repeat("  - send: ticket update\n    id: 100\n    props: {state: invited}\n    expect: {status: 2xx}\n", 100))
	o := to(b, "http://127.0.0.1:1/")
	b.ReportAllocs()
	for b.Loop() {
		if out := r.Run(context.Background(), s, o); !out.OK() {
			b.Fatal(out.Counts())
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(s.Steps)), "µs/step")
}

// responding is a transport that returns 204 at once.
type responding struct{}

func (responding) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusNoContent, Status: "204 No Content", Body: http.NoBody}, nil
}
