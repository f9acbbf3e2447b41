package validate

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// testOptions are a plain run of validate.
func testOptions(stdin io.Reader, stdout io.Writer) *options {
	system := cli.System{
		Catalog: apizee.Documented(), Stdin: stdin, Stdout: stdout, Stderr: io.Discard,
		LookupEnv: func(string) (string, bool) { return "", false },
	}
	return &options{App: &cli.App{System: system}, file: "-", output: "text"}
}

// BenchmarkValidate reads and judges events, one a line.
func BenchmarkValidate(b *testing.B) {
	const event = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`
	text := strings.Repeat(event+"\n", 10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := run(b.Context(), testOptions(strings.NewReader(text), io.Discard)); err != nil {
			b.Fatal(err)
		}
	}
}

// TestValidateLivePipe reads the findings of an event before the next event is written.
func TestValidateLivePipe(t *testing.T) {
	stdin, events := io.Pipe()
	findings, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(t.Context(), testOptions(stdin, stdout)) }()
	go io.WriteString(events, strings.Repeat("nonsense\n", 2))
	lines := bufio.NewScanner(findings)
	for _, line := range []string{"stdin:1: ", "stdin:2: "} {
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), line) {
			t.Errorf("%q does not begin with %q", lines.Text(), line)
		}
	}
	go io.Copy(io.Discard, findings)
	events.Close()
	if code := cli.ExitCode(<-ended); code != cli.ExitNegative {
		t.Errorf("exit code %d", code)
	}
}
