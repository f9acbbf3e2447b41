package cmd

import (
	"context"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/templates"
)

// System is all that the program needs from outside, and Build where it comes from.
type (
	System = cli.System
	Build  = cli.Build
)

// garbage lets the heap grow further than usual before it is collected: it is a
// few MiB, and to collect it so often would cost a tenth of the speed.
const garbage = 400

// Main runs the command line of this process and returns its exit code. The
// first interrupt lets what is in hand end, the second ends the process.
func Main(build Build) int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	// The HTTP library logs what it finds strange, such as a reply that nobody asked for,
	// with all that is in it.
	log.SetOutput(io.Discard)
	ctx, stop := signal.NotifyContext(context.Background(), stopSignals()...)
	defer stop()
	context.AfterFunc(ctx, stop)
	return Run(ctx, System{
		Catalog: apizee.Documented(),
		Stdin:   os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		LookupEnv: os.LookupEnv,
		Environ:   os.Environ,
		GOOS:      runtime.GOOS,
		Now:       time.Now,
		Sleep:     deliver.Sleep,
		Random:    rand.Uint64,
		Transport: deliver.NewTransport,
		Guard:     guard,
		Outlive:   outliveReader,
		Templates: templates.FS,
		Build:     build,
	}, os.Args[1:])
}

// Run runs one command line and returns the exit code of the process.
func Run(ctx context.Context, system System, args []string) int {
	stdout := console.NewOutput(system.Stdout, nil)
	a := &cli.App{System: system}
	a.Stdout, a.Stderr = stdout, console.NewOutput(system.Stderr, a.Mask)
	root := newRootCmd(a, subcommandIn(args))
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if lost := stdout.Err(); lost != nil && !errors.Is(err, lost) {
		err = cli.OutputLost(err, lost)
	}
	if err != nil {
		a.Report(a.Stderr, err)
	}
	return cli.ExitCode(err)
}
