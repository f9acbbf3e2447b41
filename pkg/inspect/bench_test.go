package inspect

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// writeRecording writes a recording of generated events, of about 400 bytes each.
func writeRecording(tb testing.TB, path string, events int) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	out := bufio.NewWriterSize(f, 1<<20)
	stream := generate.New(generate.Options{Seed: 1, Start: start()})
	var text, body []byte
	for i := range events {
		body = stream.AppendNext(body[:0])
		e := recording.Entry{
			ReceivedAt: start().Add(time.Duration(i) * 500 * time.Millisecond), Method: "POST", Path: "/apizeehooks/",
			Headers: map[string][]string{
				"Host": {"127.0.0.1:8279"}, "User-Agent": {"Cloud Apizee"}, "Accept": {"*/*"}, "Content-Type": {"application/JSON"},
				"Content-Length": {strconv.Itoa(len(body))},
			},
			Body: body, Status: 204, Took: 300 * time.Microsecond, Remote: "127.0.0.1:40000",
		}
		if text, err = e.AppendLine(text[:0]); err != nil {
			tb.Fatal(err)
		}
		if _, err := out.Write(text); err != nil {
			tb.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

// memoryOf returns a value of /proc/self/status in MiB.
func memoryOf(tb testing.TB, name string) float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Skip("only Linux tells the memory of a process")
	}
	for line := range bytes.Lines(text) {
		if value, ok := strings.CutPrefix(string(line), name+":"); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			return float64(n) / 1024
		}
	}
	return 0
}

// cpu returns the processor time that the process has used. On a machine that is shared, it says more
// than the time that has passed.
func cpu(tb testing.TB) time.Duration {
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		tb.Skip("only Linux tells the times of a process")
	}
	const tick = 10 * time.Millisecond
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}

// BenchmarkRecording opens a recording of a million events, as the command does, and applies filters.
func BenchmarkRecording(b *testing.B) {
	path := filepath.Join(b.TempDir(), "million.ndjson")
	writeRecording(b, path, 1_000_000)
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(200 << 20))
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	s := New(Options{Catalog: apizee.Documented()})
	b.Run("open", func(b *testing.B) {
		before := cpu(b)
		for b.Loop() {
			s.Close()
			s = New(Options{Catalog: apizee.Documented()})
			if _, err := s.Open(b.Context(), path); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(memoryOf(b, "VmHWM"), "MiB")
		b.ReportMetric(float64((cpu(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
	})
	for _, filter := range []string{
		"status:5xx", "is:duplicate", "object=ticket", "props.state=done", "props.state!=done", "objectId=100", "nothing-has-this", "invited", "ticket", "cloud",
		"path:/apizee", "header.user-agent:cloud", "method:POST", "-ticket", "took:<1ms object=media inprogress",
	} {
		b.Run(strings.ReplaceAll(filter, " ", "_"), func(b *testing.B) {
			matched := 0
			before := cpu(b)
			for b.Loop() {
				s.results = results{}
				f, err := s.ParseFilter(filter, start())
				if err != nil {
					b.Fatal(err)
				}
				selected, err := s.Select(b.Context(), f)
				if err != nil {
					b.Fatal(err)
				}
				matched = selected.Len()
			}
			b.ReportMetric(float64(matched), "matched")
			b.ReportMetric(float64((cpu(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			s.rows(Selection{from: 500_000, to: 500_101}, 0, 100)
		}
	})
	fmt.Fprintf(os.Stderr, "peak %.0f MiB, now %.0f MiB\n", memoryOf(b, "VmHWM"), memoryOf(b, "VmRSS"))
	s.Close()
}
