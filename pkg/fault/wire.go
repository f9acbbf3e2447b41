package fault

import (
	"bytes"
	"net/http"
	"strconv"
	"time"
)

// message is a request as bytes, as net/http would send it.
type message struct {
	head []byte // including the empty line
	body []byte
}

// wireScript is what is written to the connection instead of a message.
type wireScript struct {
	parts  [][]byte
	pause  time.Duration // between the parts
	ending ending
}

// ending is what the sender does after the last part.
type ending int

const (
	awaitResponse ending = iota
	closeWrite           // close the sending side, then wait for the response
	reset                // reset the connection
)

func newMessage(req *http.Request) (message, error) {
	var out bytes.Buffer
	if err := req.Write(&out); err != nil {
		return message{}, err
	}
	const emptyLine = "\r\n\r\n"
	end := bytes.Index(out.Bytes(), []byte(emptyLine)) + len(emptyLine)
	return message{out.Bytes()[:end], out.Bytes()[end:]}, nil
}

// truncated returns the message up to the middle of its body.
func (m message) truncated() []byte {
	return append(bytes.Clone(m.head), m.body[:len(m.body)/2]...)
}

func truncateBody(m message) wireScript {
	return wireScript{parts: [][]byte{m.truncated()}, ending: closeWrite}
}

func abortBody(m message) wireScript {
	return wireScript{parts: [][]byte{m.truncated()}, ending: reset}
}

// SlowParts is how many parts the body of slow-body is sent in.
const SlowParts = 10

const slowPause = 500 * time.Millisecond

func slowBody(m message) wireScript {
	script := wireScript{parts: [][]byte{m.head}, pause: slowPause}
	for i := range SlowParts {
		if part := m.body[len(m.body)*i/SlowParts : len(m.body)*(i+1)/SlowParts]; len(part) > 0 {
			script.parts = append(script.parts, part)
		}
	}
	return script
}

func wrongLength(m message) wireScript {
	line := func(n int) []byte { return []byte("\r\n" + "Content-Length: " + strconv.Itoa(n) + "\r\n") }
	head := bytes.Replace(m.head, line(len(m.body)), line(len(m.body)/2), 1)
	return wireScript{parts: [][]byte{append(head, m.body...)}}
}
