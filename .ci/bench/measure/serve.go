package measure

import (
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Server is a process that accepts connections.
type Server struct {
	Addr    string
	command *exec.Cmd
}

// Serve starts a server and waits for it. Its last argument is added: a free address, or the port of one
// after a flag that ends with "port". Its output goes to the null device.
func Serve(command ...string) *Server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	Must(err)
	s := &Server{Addr: l.Addr().String()}
	Must(l.Close())
	last := s.Addr
	if strings.HasSuffix(command[len(command)-1], "port") {
		_, last, _ = net.SplitHostPort(s.Addr)
	}
	s.command = exec.Command(command[0], append(command[1:len(command):len(command)], last)...)
	s.command.Stderr = os.Stderr
	s.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // Must ends the benchmark only
	Must(s.command.Start())
	for range 3000 {
		if c, err := net.Dial("tcp", s.Addr); err == nil {
			c.Close()
			return s
		}
		time.Sleep(10 * time.Millisecond)
	}
	log.Fatalf("%s: no response", command)
	return nil
}

// Stop interrupts the server, or kills it after 10 s, and returns what it used.
func (s *Server) Stop() Usage {
	s.command.Process.Signal(os.Interrupt)
	kill := time.AfterFunc(10*time.Second, func() { s.command.Process.Kill() })
	defer kill.Stop()
	s.command.Wait()
	return Used(s.command.ProcessState)
}

// Bare builds the bare handler, to be served.
func Bare(dir string) string {
	file := filepath.Join(dir, "bare")
	Build(file, "bench/peers/bare")
	return file
}

// script makes wrk send the documented request.
const script = `wrk.method = "POST"
wrk.body = '` + Event + `'
wrk.headers["Content-Type"] = "application/JSON"
wrk.headers["User-Agent"] = "Cloud Apizee"
wrk.headers["Accept"] = "*/*"
`

// Full is what a server does at full load.
type Full struct {
	Rate float64       // responses per second
	P99  time.Duration // 99% of the responses took at most this
	Lost string        // what wrk says about responses that did not come; usually empty
}

// Post posts the documented event over a number of connections, each as fast as responses come.
func (s *Server) Post(dir string, connections int, length time.Duration) Full {
	lua := filepath.Join(dir, "post.lua")
	Must(os.WriteFile(lua, []byte(script), 0o600))
	out, err := exec.Command("wrk", "-t1", "-c", fmt.Sprint(connections), "-d", length.String(), "--timeout", "30s", "--latency", "-s", lua,
		"http://"+s.Addr+"/apizeehooks/").CombinedOutput()
	if err != nil {
		log.Fatalf("wrk: %v\n%s", err, out)
	}
	if trouble := regexp.MustCompile(`Non-2xx.*`).Find(out); trouble != nil {
		log.Fatalf("%s: %s", s.command.Args, trouble)
	}
	took, err := time.ParseDuration(Found(`(?m)^ +99% +(\S+)`, out))
	Must(err)
	return Full{Rate: Number(`Requests/sec:\s+([\d.]+)`, out), P99: took, Lost: string(regexp.MustCompile(`Socket errors.*`).Find(out))}
}

// Found returns the part of a tool's output that a pattern's parentheses match.
func Found(pattern string, out []byte) string {
	found := regexp.MustCompile(pattern).FindSubmatch(out)
	if found == nil {
		log.Fatalf("there is no %s in:\n%s", pattern, out)
	}
	return string(found[1])
}

// Number returns a figure of a tool's output.
func Number(pattern string, out []byte) float64 {
	value, err := strconv.ParseFloat(Found(pattern, out), 64)
	Must(err)
	return value
}

// AllowFiles lets this process, and those that it starts, open as many files as the system allows.
func AllowFiles() {
	var limit syscall.Rlimit
	Must(syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	limit.Cur = limit.Max
	Must(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))
}
