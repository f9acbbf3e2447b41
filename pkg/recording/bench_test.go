package recording

import (
	"path/filepath"
	"testing"
)

func BenchmarkAppend(b *testing.B) {
	w := create(b, filepath.Join(b.TempDir(), "events.ndjson"), Options{})
	e := entry(`{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Append(e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppendTogether has many goroutines, whose lines share a write.
func BenchmarkAppendTogether(b *testing.B) {
	w := create(b, filepath.Join(b.TempDir(), "events.ndjson"), Options{})
	e := entry(`{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := w.Append(e); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	line, _ := entry(`{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`).AppendLine(nil)
	r := NewReader(&repeated{text: line, left: 1 << 40})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(); err != nil {
			b.Fatal(err)
		}
	}
}
