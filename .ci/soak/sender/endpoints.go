package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

// endpoint is a faulty endpoint.
type endpoint struct {
	name    string
	respond func(net.Conn)
}

const second = time.Second

func endpoints() []endpoint {
	block := strings.Repeat("x", 64<<10)
	return []endpoint{
		{"never responds", func(c net.Conn) { io.Copy(io.Discard, c) }},
		{"responds with a byte per second", func(c net.Conn) {
			drip(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\naccepted.")
		}},
		{"a body of a byte per second", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
			drip(c, block)
		}},
		{"responds with 10 GB", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
			pour(c, block)
		}},
		{"endless chunks", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			pour(c, "10000\r\n"+block+"\r\n")
		}},
		{"an endless header", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nX: ")
			pour(c, block)
		}},
		{"endless 103s", func(c net.Conn) { pour(c, "HTTP/1.1 103 Early Hints\r\nX: x\r\n\r\n") }},
		{"truncated response", func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") }},
		{"truncated response head", func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Le") }},
		{"resets", func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }},
		{"responds with garbage", func(c net.Conn) { io.WriteString(c, "\x15\x03\x01\x00\x02\x02\x28\x1b[2J\xff\r\n\r\n") }},
		{"an impossible length", func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n") }},
		{"redirects in a loop", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: /hooks\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		}},
		{"returns 500", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 500 \x1b[31mno\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		}},
	}
}

// serve starts an endpoint and returns its URL.
func (e endpoint) serve(l *lab.Lab) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	l.Must(err)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go e.handle(c)
		}
	}()
	return "http://" + listener.Addr().String() + "/hooks"
}

func (e endpoint) handle(c net.Conn) {
	defer c.Close()
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	io.Copy(io.Discard, r.Body)
	e.respond(c)
}

func drip(c net.Conn, text string) {
	for _, b := range []byte(text) {
		if _, err := c.Write([]byte{b}); err != nil {
			return
		}
		time.Sleep(second)
	}
}

func pour(c net.Conn, text string) {
	for {
		if _, err := io.WriteString(c, text); err != nil {
			return
		}
	}
}
