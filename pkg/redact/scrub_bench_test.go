package redact

import (
	"fmt"
	"strings"
	"testing"
)

// bodies are of a capture as it usually is.
func bodies() [][]byte {
	var bodies [][]byte
	for i := range 1000 {
		bodies = append(bodies,
			fmt.Appendf(nil, `{"event":"update","time":%d,"object":"ticket","objectId":%d,"props":{"state":"invited","geoloc":{"lat":47.%06d,"lng":-3.%06d}}}`, 1575976413+i, 1000+i, 866675+i, 365539+i),
			fmt.Appendf(nil, `{"event":"create","time":%d,"object":"media","objectId":%d,"props":{"state":"new","_parent":{"name":"ticket","id":%d}}}`, 1575976413+i, 5000+i, 1000+i),
			fmt.Appendf(nil, `{"event":"create","time":%d,"object":"conversationevent","objectId":"734e3a7b-eb17-4d3f-901d-%08x","props":{"eventType":"ticket.new","agent":{"email":"jane.roe%d@acme.com","phone":"+336%08d","firstname":"Jane","lastname":"Roe"}}}`, 1575976413+i, i*7919, i, i*7919),
			fmt.Appendf(nil, `{"event":"update","time":%d,"object":"conversation","objectId":"734e3a7b-eb17-4d3f-901d-%08x","props":{"eventType":"conversationEnded","name":"Dépannage Paris %d","finishedAt":"2021-09-20T13:25:06+00:00"}}`, 1575976413+i, i*7919, i))
	}
	return bodies
}

// BenchmarkScrub scrubs the bodies of a capture.
func BenchmarkScrub(b *testing.B) {
	s := testScrubber()
	benchmarkBodies(b, func(body []byte) error { _, err := s.JSON(body); return err })
}

// BenchmarkLeakSearch searches for their values in the output.
func BenchmarkLeakSearch(b *testing.B) {
	s := testScrubber()
	files := make(map[string][]byte)
	for i, body := range bodies()[:40] {
		scrubbed, err := s.JSON(body)
		if err != nil {
			b.Fatal(err)
		}
		files[fmt.Sprintf("%d.json", i)] = scrubbed
	}
	l := s.NewLeakSearch(Output{Files: files})
	benchmarkBodies(b, func(body []byte) error { return l.JSON(string(body)) })
	if err := l.Err(); err != nil {
		b.Fatal(err)
	}
}

func benchmarkBodies(b *testing.B, do func([]byte) error) {
	all, size := bodies(), 0
	for _, body := range all {
		size += len(body)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, body := range all {
			if err := do(body); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkScrubLong has values that are as slow to scrub as a sender can make them.
func BenchmarkScrubLong(b *testing.B) {
	const size = 1 << 20
	for name, unit := range map[string]string{
		"token": "a1", "uid": "a1-", "words": "ab ", "digits": "1", "punctuation": "<>", "URLs": "https://a.fr/ ", "nested": "tel:", "percent": "%25",
		"slashes": "/", "query": "a=&", "dots": "1.", "emails": "a@b.c ", "control": "\x01", "unicode": "é☎", "at": "@", "colons": "a:", "brackets": "(0",
	} {
		text := strings.Repeat(unit, size/len(unit))
		b.Run(name, func(b *testing.B) {
			s := testScrubber()
			b.SetBytes(size)
			for b.Loop() {
				s.Value("a", text)
				s.Value("a", "http://"+text)
			}
		})
	}
}
