package cmd

import (
	"io"
	"strings"
	"testing"
)

func noEnv(string) (string, bool) { return "", false }

// BenchmarkValidate reads and judges events, one a line.
func BenchmarkValidate(b *testing.B) {
	const event = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`
	text := strings.Repeat(event+"\n", 10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		a := &app{System: System{Stdin: strings.NewReader(text), Stdout: io.Discard, LookupEnv: noEnv}}
		if err := a.validate(b.Context(), "-", &validateOptions{output: "text"}); err != nil {
			b.Fatal(err)
		}
	}
}
