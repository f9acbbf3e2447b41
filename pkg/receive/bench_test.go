package receive

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// BenchmarkServeHTTP handles one event, without the network.
func BenchmarkServeHTTP(b *testing.B) {
	writer, err := recording.Create(filepath.Join(b.TempDir(), "events.ndjson"), recording.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { writer.Close() })
	for name, options := range map[string]Options{"plain": {}, "recorded": {Record: writer.Append}} {
		b.Run(name, func(b *testing.B) {
			server, err := New(options)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				r := httptest.NewRequest(http.MethodPost, "/apizeehooks/", strings.NewReader(ticketEvent))
				server.ServeHTTP(w, r)
				if w.Code != http.StatusNoContent {
					b.Fatal(w.Code)
				}
			}
			server.reports.wait()
		})
	}
}
