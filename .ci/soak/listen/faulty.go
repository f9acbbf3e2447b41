package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

// faulty runs the senders of faulty requests, of each kind repeatedly.
type faulty struct {
	addr  string
	ended chan struct{}
	all   sync.WaitGroup
	kinds []*kind
}

// unnumbered is the objectId of their events. Complete ones may be recorded.
const unnumbered = -1

type kind struct {
	name  string
	many  int
	send  func(f *faulty, c net.Conn)
	times atomic.Int64
}

// begin starts them.
func begin(addr string, idlers int) *faulty {
	f := &faulty{addr: addr, ended: make(chan struct{}), kinds: []*kind{
		{name: "idle", many: idlers, send: (*faulty).idle},
		{name: "slow head", many: 20, send: (*faulty).slowHead},
		{name: "slow body", many: 200, send: (*faulty).slowBody},
		{name: "truncated body", many: 2, send: (*faulty).truncated},
		{name: "reset", many: 2, send: (*faulty).reset},
		{name: "too large", many: 2, send: (*faulty).tooLarge},
		{name: "endless chunks", many: 2, send: (*faulty).endless},
		{name: "not HTTP", many: 2, send: (*faulty).garbage},
		{name: "huge head", many: 2, send: (*faulty).hugeHead},
		{name: "never reads", many: 20, send: (*faulty).neverReads},
	}}
	for _, k := range f.kinds {
		for range k.many {
			f.all.Go(func() { f.repeat(k) })
		}
	}
	return f
}

func (f *faulty) stop() {
	close(f.ended)
	f.all.Wait()
}

func (f *faulty) report() {
	var words []string
	for _, k := range f.kinds {
		words = append(words, fmt.Sprintf("%s %d", k.name, k.times.Load()))
	}
	fmt.Fprintln(os.Stderr, "faulty requests:", strings.Join(words, ", "))
}

func (f *faulty) repeat(k *kind) {
	for f.pause(20 * time.Millisecond) {
		c, err := net.DialTimeout("tcp", f.addr, time.Second)
		if err != nil {
			continue
		}
		k.times.Add(1)
		k.send(f, c)
		c.Close()
	}
}

// pause waits, and reports whether to continue.
func (f *faulty) pause(d time.Duration) bool {
	select {
	case <-f.ended:
		return false
	case <-time.After(d):
		return true
	}
}

// idle sends nothing until the listener closes the connection.
func (f *faulty) idle(c net.Conn) {
	closed := make(chan struct{})
	go func() {
		io.Copy(io.Discard, c)
		close(closed)
	}()
	select {
	case <-closed:
	case <-f.ended:
	}
}

func (f *faulty) drip(c net.Conn, text string) {
	for _, b := range []byte(text) {
		if _, err := c.Write([]byte{b}); err != nil || !f.pause(300*time.Millisecond) {
			return
		}
	}
}

func (f *faulty) slowHead(c net.Conn) { f.drip(c, lab.Request(unnumbered)) }

func (f *faulty) slowBody(c net.Conn) {
	io.WriteString(c, lab.Head(1<<20))
	f.drip(c, lab.Body(unnumbered))
}

func (f *faulty) truncated(c net.Conn) {
	request := lab.Request(unnumbered)
	io.WriteString(c, request[:len(request)-20])
}

// reset resets the connection after a complete event, before the response.
func (f *faulty) reset(c net.Conn) {
	io.WriteString(c, lab.Request(unnumbered))
	c.(*net.TCPConn).SetLinger(0)
}

func (f *faulty) tooLarge(c net.Conn) {
	io.WriteString(c, lab.Head(8<<20))
	f.pour(c, strings.Repeat("x", 64<<10), 128)
}

func (f *faulty) endless(c net.Conn) {
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
	f.pour(c, "8000\r\n"+strings.Repeat("x", 32<<10)+"\r\n", 1000)
}

func (f *faulty) garbage(c net.Conn) {
	io.WriteString(c, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
	f.readResponse(c)
}

func (f *faulty) hugeHead(c net.Conn) {
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nX: ")
	f.pour(c, strings.Repeat("x", 16<<10), 64)
}

// neverReads sends complete events and never reads a response.
func (f *faulty) neverReads(c net.Conn) {
	c.(*net.TCPConn).SetReadBuffer(4 << 10)
	c.SetWriteDeadline(time.Now().Add(5 * time.Second))
	for range 100 {
		if _, err := io.WriteString(c, lab.Request(unnumbered)); err != nil {
			return
		}
	}
	f.pause(5 * time.Second)
}

// pour writes until the listener stops reading.
func (f *faulty) pour(c net.Conn, text string, times int) {
	for range times {
		c.SetWriteDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.WriteString(c, text); err != nil {
			break
		}
	}
	f.readResponse(c)
}

func (f *faulty) readResponse(c net.Conn) {
	c.SetReadDeadline(time.Now().Add(time.Second))
	io.CopyN(io.Discard, c, 1)
}
