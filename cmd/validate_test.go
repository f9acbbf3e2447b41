package cmd

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

func noEnv(string) (string, bool) { return "", false }

// BenchmarkValidate reads and judges events, one a line.
func BenchmarkValidate(b *testing.B) {
	const event = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`
	text := strings.Repeat(event+"\n", 10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		a := &app{&cli.App{System: cli.System{Stdin: strings.NewReader(text), Stdout: io.Discard, LookupEnv: noEnv}}}
		if err := a.validate(b.Context(), "-", &validateOptions{output: "text"}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestValidateLivePipe reads what is said of an event before the next one is written.
func TestValidateLivePipe(t *testing.T) {
	stdin, events := io.Pipe()
	findings, stdout := io.Pipe()
	system := testSystem(stdout)
	system.Stdin = stdin
	ended := make(chan int, 1)
	go func() { ended <- Run(t.Context(), system, []string{"validate"}) }()
	go io.WriteString(events, strings.Repeat("nonsense\n", 2))
	lines := bufio.NewScanner(findings)
	for _, line := range []string{"stdin:1: ", "stdin:2: "} {
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), line) {
			t.Errorf("%q does not begin with %q", lines.Text(), line)
		}
	}
	go io.Copy(io.Discard, findings)
	events.Close()
	if code := <-ended; code != 1 {
		t.Errorf("exit code %d", code)
	}
}
