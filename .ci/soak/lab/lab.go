// Package lab is shared by the soak tests: the program as a process, its resources, and a table of
// requirements and measurements.
package lab

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Lab is a directory with the program, and the table.
type Lab struct {
	Dir     string
	Program string
	disks   []string
	rows    []row
}

type row struct {
	requirement, measured string
	met                   bool
}

// Open builds the program into a new directory.
func Open(name string) *Lab {
	log.SetFlags(0)
	dir, err := os.MkdirTemp("", "soak-"+name+"-")
	if err != nil {
		log.Fatal(err)
	}
	l := &Lab{Dir: dir, Program: filepath.Join(dir, "apizee-hooks")}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", l.Program, ".")
	build.Dir, build.Stderr = "..", os.Stderr
	l.Must(build.Run())
	return l
}

// Must ends the soak test on an error.
func (l *Lab) Must(err error) {
	if err != nil {
		l.remove()
		log.Fatal(err)
	}
}

// remove ends what is left of the program, and removes its files.
func (l *Lab) remove() {
	for _, pid := range l.Left() {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	for _, disk := range l.disks {
		syscall.Unmount(disk, syscall.MNT_DETACH)
	}
	os.RemoveAll(l.Dir)
}

// Disk mounts a disk of a size, such as 16m, in the directory, and returns its path.
func (l *Lab) Disk(name, size string) string {
	disk := l.File(name)
	l.Must(os.MkdirAll(disk, 0o700))
	l.Must(syscall.Mount("tmpfs", disk, "tmpfs", 0, "size="+size))
	l.disks = append(l.disks, disk)
	return disk
}

// File returns a path in the directory.
func (l *Lab) File(name string) string { return filepath.Join(l.Dir, name) }

// Check adds a requirement and its measurement to the table.
func (l *Lab) Check(requirement string, met bool, format string, args ...any) {
	l.rows = append(l.rows, row{requirement, fmt.Sprintf(format, args...), met})
}

// Close prints the table and ends the process, with 1 if a requirement is not met.
func (l *Lab) Close() {
	l.remove()
	code := 0
	for _, r := range l.rows {
		mark := "✓"
		if !r.met {
			mark, code = "✗", 1
		}
		fmt.Printf("%s %-58s %s\n", mark, r.requirement, r.measured)
	}
	os.Exit(code)
}

// Process is the program while it runs.
type Process struct {
	*exec.Cmd
	Out, Err Text
	Page     string // URL of the inspector, of a listener with one
	ended    chan struct{}
}

// Text collects what a process prints.
type Text struct {
	mu   sync.Mutex
	text strings.Builder
}

// maxText is how much of an output is kept.
const maxText = 1 << 20

func (t *Text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.text.Len() < maxText {
		t.text.Write(p)
	}
	return len(p), nil
}

func (t *Text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// Command prepares the program, in the lab's directory and without the user's configuration.
func (l *Lab) Command(args ...string) *Process {
	p := &Process{Cmd: exec.Command(l.Program, args...), ended: make(chan struct{})}
	p.Dir, p.Env = l.Dir, append(os.Environ(), "HOME="+l.Dir, "XDG_CONFIG_HOME=")
	p.Stdout, p.Stderr = &p.Out, &p.Err
	return p
}

// CommandWithin is Command with a limit of open files.
func (l *Lab) CommandWithin(files int, args ...string) *Process {
	p := l.Command()
	shell := fmt.Sprintf(`ulimit -n %d; exec "$0" "$@"`, files)
	p.Path, p.Args = "/bin/sh", append([]string{"sh", "-c", shell, l.Program}, args...)
	return p
}

// Begin starts the process.
func (p *Process) Begin() error {
	if err := p.Cmd.Start(); err != nil {
		return err
	}
	go func() {
		defer close(p.ended)
		p.Cmd.Wait()
	}()
	return nil
}

// End signals the process to stop, and reports whether it did in time. Otherwise it is killed.
func (p *Process) End(s os.Signal, within time.Duration) bool {
	p.Process.Signal(s)
	return p.Await(within)
}

// Await waits for the end of the process, and kills it after a timeout.
func (p *Process) Await(within time.Duration) bool {
	select {
	case <-p.ended:
		return true
	case <-time.After(within):
		p.Process.Kill()
		<-p.ended
		return false
	}
}

// Memory returns the peak memory of an ended process, in MiB.
func (p *Process) Memory() float64 {
	return float64(p.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
}

// ListenArgs returns the arguments of a listener on a free port that prints JSON.
func ListenArgs(more ...string) []string {
	return append([]string{"listen", "--addr", "127.0.0.1:0", "-o", "json"}, more...)
}

// Listen starts a listener, and returns it with its host:port. What it prints after that
// goes to out.
func (l *Lab) Listen(out io.Writer, args ...string) (p *Process, addr string) {
	p = l.Command(ListenArgs(args...)...)
	return p, l.BeginListener(p, out)
}

// BeginListener starts a process of ListenArgs.
func (l *Lab) BeginListener(p *Process, out io.Writer) (addr string) {
	p.Stdout = nil
	pipe, err := p.StdoutPipe()
	l.Must(err)
	l.Must(p.Cmd.Start())
	lines := bufio.NewReader(pipe)
	first, err := lines.ReadBytes('\n')
	l.Must(err)
	var ready struct{ Addr, Inspect string }
	l.Must(json.Unmarshal(first, &ready))
	p.Page = ready.Inspect
	go func() {
		defer close(p.ended)
		io.Copy(out, lines)
		p.Cmd.Wait()
	}()
	return ready.Addr
}

// Status is the resource usage of a process.
type Status struct {
	RSS, Peak     float64 // MiB
	Threads, Open int     // threads, and open files
}

// Status reads /proc.
func (p *Process) Status() (s Status) {
	dir := fmt.Sprintf("/proc/%d", p.Process.Pid)
	text, _ := os.ReadFile(dir + "/status")
	for line := range strings.Lines(string(text)) {
		var kb float64
		switch name, value, _ := strings.Cut(line, ":"); name {
		case "VmRSS":
			fmt.Sscan(value, &kb)
			s.RSS = kb / 1024
		case "VmHWM":
			fmt.Sscan(value, &kb)
			s.Peak = kb / 1024
		case "Threads":
			fmt.Sscan(value, &s.Threads)
		}
	}
	open, _ := os.ReadDir(dir + "/fd")
	s.Open = len(open)
	return s
}

// Left returns the processes that the program left behind. Their HOME is the lab's directory.
func (l *Lab) Left() (pids []int) {
	environments, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range environments {
		var pid int
		fmt.Sscanf(path, "/proc/%d", &pid)
		text, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(text)+"\x00", "HOME="+l.Dir+"\x00") {
			pids = append(pids, pid)
		}
	}
	return pids
}
