package undertest

import (
	"bytes"
	"io"
)

// eachLine calls onLine for each line, including a last one without a newline.
func eachLine(from io.Reader, onLine func(string)) {
	const maxLine = 64 << 10
	line, buffer := []byte(nil), make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		for _, c := range buffer[:n] {
			if c == '\n' || len(line) == maxLine {
				onLine(trimReturn(line))
				line = line[:0]
			}
			if c != '\n' {
				line = append(line, c)
			}
		}
		if err != nil {
			break
		}
	}
	if len(line) > 0 {
		onLine(trimReturn(line))
	}
}

func trimReturn(line []byte) string { return string(bytes.TrimSuffix(line, []byte("\r"))) }
