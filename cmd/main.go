package cmd

import (
	"context"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/templates"
)

// System is all that the program needs from outside, and Build its version.
type (
	System = cli.System
	Build  = cli.Build
)

// gcPercent lets the heap grow more than usual before garbage is collected: the heap is a few
// MiB, and collecting it more often costs a tenth of the speed.
const gcPercent = 400

// Main runs the command line of this process and returns its exit code. The first interrupt
// lets pending work finish, the second ends the process.
func Main(build Build) int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	// The HTTP library logs unexpected data, such as an unsolicited response, with its secrets.
	log.SetOutput(io.Discard)
	ctx, caught := catchStop()
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
		Caught:    caught,
		Outlive:   outliveReader,
		Templates: templates.FS,
		Build:     build,
	}, os.Args[1:])
}

// Run runs one command line and returns the exit code of the process.
func Run(ctx context.Context, system System, args []string) int {
	stdout := console.NewOutput(system.Stdout, nil)
	a := &cli.App{System: system, Args: args}
	a.Stdout, a.Stderr = stdout, console.NewOutput(system.Stderr, a.SafeText)
	root := newRootCmd(a, subcommandIn(args))
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if lost := stdout.Err(); lost != nil && !errors.Is(err, lost) {
		err = cli.OutputLost(err, lost)
	}
	if err != nil {
		a.JSON = a.JSON || cli.AsksForJSON(args)
		a.Report(a.Stderr, err)
	}
	return cli.ExitCode(err)
}
