package generate

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
)

func testOptions(out *bytes.Buffer) *options {
	catalog := apizee.Documented()
	return &options{
		App: &cli.App{System: cli.System{
			Catalog: catalog, Stdout: out, Now: time.Now, Random: func() uint64 { return 1 },
		}},
		Stream: cli.Stream{Rate: generate.DefaultRate(), Mix: generate.DefaultMix(catalog)},
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	stream := func(seed uint64) string {
		var out bytes.Buffer
		o := testOptions(&out)
		o.count, o.Seed = 100, cli.Seed{N: seed, Given: true}
		if err := run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	first := stream(1)
	if strings.Count(first, "\n") != 100 {
		t.Errorf("not 100 lines:\n%s", first)
	}
	if first != stream(1) {
		t.Error("the same seed generates another stream")
	}
	if first == stream(2) {
		t.Error("another seed generates the same stream")
	}
}

func TestInterruptStopsStream(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	if code := cli.ExitCode(run(ctx, testOptions(&out))); code != cli.ExitInterrupted {
		t.Errorf("exit code %d", code)
	}
}
