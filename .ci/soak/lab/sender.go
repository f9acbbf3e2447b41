package lab

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// Body returns the event with a number.
func Body(n int64) string {
	return fmt.Sprintf(`{"event":"update","time":1575976413,"object":"ticket","objectId":%d,"props":{"state":"invited"}}`, n)
}

// Head returns the head of a request with a body of a length.
func Head(length int) string {
	return fmt.Sprintf("POST /apizeehooks/ HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Cloud Apizee\r\nAccept: */*\r\nContent-Type: application/JSON\r\nContent-Length: %d\r\n\r\n", length)
}

// Request returns the complete request for an event.
func Request(n int64) string { return request(Body(n)) }

func request(body string) string { return Head(len(body)) + body }

// Sender posts events over one connection, which it reopens if it was closed.
type Sender struct {
	Addr    string
	Once    bool // do not retry on a closed connection
	Retries int  // number of retries
	Padding int  // bytes of white space after the event
	conn    net.Conn
	input   *bufio.Reader
}

// Post sends an event and returns the status of the response. As HTTP clients do, it retries if
// the connection turns out to be closed before any response.
func (s *Sender) Post(n int64, within time.Duration) (status int, err error) {
	for range 3 {
		if status, err = s.try(n, within); s.Once || !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
			return status, err
		}
		s.Retries++
	}
	return status, err
}

func (s *Sender) try(n int64, within time.Duration) (status int, err error) {
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if s.conn == nil {
		if s.conn, err = net.DialTimeout("tcp", s.Addr, within); err != nil {
			return 0, err
		}
		s.input = bufio.NewReader(s.conn)
	}
	s.conn.SetDeadline(time.Now().Add(within))
	if _, err := io.WriteString(s.conn, request(Body(n)+strings.Repeat(" ", s.Padding))); err != nil {
		return 0, err
	}
	return s.readResponse()
}

// readResponse reads a response. One other than 204 may have a body, so the connection is closed.
func (s *Sender) readResponse() (status int, err error) {
	first, err := s.input.ReadString('\n')
	if err != nil {
		return 0, err
	}
	if _, err := fmt.Sscanf(first, "HTTP/1.1 %d", &status); err != nil {
		return 0, err
	}
	if status != 204 {
		s.Close()
		return status, nil
	}
	for {
		line, err := s.input.ReadString('\n')
		if err != nil {
			return 0, err
		}
		if line == "\r\n" {
			return status, nil
		}
		if strings.HasPrefix(line, "Connection: close") {
			defer s.Close()
		}
	}
}

// Close closes the connection.
func (s *Sender) Close() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

// Recorded calls found with the number of each event in a recording, and returns how many lines
// are truncated.
func Recorded(path string, found func(n int64)) (truncated int, _ error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	reader := recording.NewReader(f)
	for {
		e, err := reader.Read()
		var broken *recording.TruncatedError
		switch {
		case err == io.EOF:
			return truncated, nil
		case errors.As(err, &broken):
			truncated++
			continue
		case err != nil:
			return truncated, err
		}
		var n int64
		if _, err := fmt.Sscanf(string(e.Body), `{"event":"update","time":1575976413,"object":"ticket","objectId":%d,`, &n); err != nil {
			return truncated, fmt.Errorf("line %d has another event: %s", reader.Line(), e.Body)
		}
		found(n)
	}
}
