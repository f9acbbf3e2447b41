package undertest

import "io"

// eachLine hands on the lines of a text, the last one too when no newline ends it.
func eachLine(from io.Reader, onLine func(string)) {
	const most = 64 << 10
	line, buffer := []byte(nil), make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		for _, c := range buffer[:n] {
			if c == '\n' || len(line) == most {
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

func trimReturn(line []byte) string {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return string(line)
}
