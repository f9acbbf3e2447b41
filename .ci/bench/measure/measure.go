// Package measure is shared by the benchmarks: it builds the program, runs commands and
// computes medians.
package measure

import (
	"cmp"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Event is the documented example of a ticket.
const Event = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`

// Program builds the program, as a release does, and returns its path. The directory, in .ci/bin,
// is for other files of a benchmark. Done removes both; if a benchmark ends before, the next run does.
func Program(benchmark string) (program, dir string, done func()) {
	log.SetFlags(0)
	dir, err := filepath.Abs(filepath.Join("bin", benchmark))
	Must(err)
	Must(os.RemoveAll(dir))
	program = filepath.Join(dir, "apizee-hooks")
	Build(program, "..")
	return program, dir, func() { os.RemoveAll(dir) }
}

// Build builds the program of a directory, as a release does. It is a copy, as an installed program
// is: from the pages of a file that the linker wrote, each start takes a millisecond longer.
func Build(program, source string) {
	linked := program + ".linked"
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", linked, ".")
	build.Dir, build.Stderr, build.Env = source, os.Stderr, append(os.Environ(), "CGO_ENABLED=0")
	Must(build.Run())
	Must(exec.Command("cp", linked, program).Run())
	Must(os.Remove(linked))
}

// Tool is the path of a tool that this module pins.
func Tool(name string) string {
	path, err := exec.Command("go", "tool", "-n", name).Output()
	Must(err)
	return strings.TrimSpace(string(path))
}

// Need installs Debian's packages of commands that are missing.
func Need(commands ...string) {
	install := exec.Command("./need", commands...)
	install.Stdout, install.Stderr = os.Stderr, os.Stderr
	Must(install.Run())
}

// Endpoint returns 204 to every request.
func Endpoint() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
}

// Usage is the time and memory that a command used.
type Usage struct {
	Wall, CPU time.Duration
	Memory    int64 // peak, in bytes
}

// Run runs a command to its end; its standard output goes to out, which may be
// nil.
func Run(out io.Writer, command ...string) Usage {
	c := exec.Command(command[0], command[1:]...)
	var problems strings.Builder
	c.Stdout, c.Stderr = out, &problems
	start := time.Now()
	if err := c.Run(); err != nil {
		log.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, &problems)
	}
	took := Used(c.ProcessState)
	took.Wall = time.Since(start)
	return took
}

// Used is what an ended process used, without its time.
func Used(ended *os.ProcessState) Usage {
	u := Usage{CPU: ended.UserTime() + ended.SystemTime()}
	if used, ok := ended.SysUsage().(*syscall.Rusage); ok {
		u.Memory = used.Maxrss * 1024
	}
	return u
}

// Timed is how long a command takes.
func Timed(command []string) time.Duration { return Run(nil, command...).Wall }

// Median of the values, which are left as they are.
func Median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// Milliseconds of a duration.
func Milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// Must ends the benchmark on an error.
func Must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
