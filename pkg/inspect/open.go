package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// errNotRecording reports a file whose first line is not an entry.
var errNotRecording = errors.New("not a recording")

// Skipped is a line of a recording that was skipped, as a crash can leave it.
type Skipped struct {
	File string
	Line int // from 1
}

// Open reads recordings into an empty store, once. Several are merged by time. Bodies stay in the
// files, which the store keeps open until Close. It returns the lines that it has skipped.
func (s *Store) Open(ctx context.Context, names ...string) ([]Skipped, error) {
	var skipped []Skipped
	parts := make([]index, len(names))
	for i, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, &file{name: name, ReaderAt: f, Closer: f})
		lines, err := s.read(ctx, f, uint16(i+1), &parts[i]) //nolint:gosec // a few files
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, line := range lines {
			skipped = append(skipped, Skipped{name, line})
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	merge(parts, func(r record) {
		s.marks.mark(&s.index, s.first, &r)
		s.index.add(r)
	})
	s.publish()
	return skipped, nil
}

// Close closes the recordings.
func (s *Store) Close() error {
	var errs []error
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// merge passes the records of several recordings by time; each recording keeps its order. Records are
// dropped once they were passed.
func merge(parts []index, pass func(record)) {
	next := make([]int, len(parts))
	for {
		best := -1
		for i := range parts {
			if next[i] < parts[i].n && (best < 0 || parts[i].get(next[i]+1).at < parts[best].get(next[best]+1).at) {
				best = i
			}
		}
		if best < 0 {
			return
		}
		next[best]++
		pass(*parts[best].get(next[best]))
		parts[best].dropBefore(next[best] + 1)
	}
}

// piece is a part of a file with whole lines.
type piece struct {
	offset  int64
	text    []byte
	records []record
	lines   int
	skipped []int // numbers of lines in the piece, from 0
	done    chan struct{}
}

const pieceSize = 1 << 20

// read reads the records of a file. Its pieces are read concurrently, since reading a line takes far
// longer than finding its end.
func (s *Store) read(ctx context.Context, f io.Reader, source uint16, into *index) (skipped []int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	work, order := make(chan *piece), make(chan *piece, 2*workers)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			var buffer []byte
			for p := range work {
				buffer = s.readPiece(p, source, buffer)
				close(p.done)
			}
		})
	}
	var cutErr error
	running.Go(func() {
		defer close(order)
		defer close(work)
		cutErr = cut(f, func(p *piece) bool {
			for _, to := range []chan *piece{work, order} {
				select {
				case to <- p:
				case <-ctx.Done():
					return false
				}
			}
			return true
		})
	})
	line := 1
	for p := range order {
		<-p.done
		for _, i := range p.skipped {
			skipped = append(skipped, line+i)
		}
		line += p.lines
		for _, r := range p.records {
			into.add(r)
		}
	}
	running.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case cutErr != nil:
		return nil, cutErr
	case into.n == 0 && len(skipped) > 0:
		return nil, errNotRecording
	}
	return skipped, nil
}

// cut passes a file on in pieces, until pass returns false.
func cut(f io.Reader, pass func(*piece) bool) error {
	var rest []byte
	for offset := int64(0); ; {
		size := max(pieceSize, 2*len(rest))
		text := make([]byte, size)
		n := copy(text, rest)
		m, err := io.ReadFull(f, text[n:])
		text = text[:n+m]
		atEnd := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !atEnd {
			return fmt.Errorf("read recording: %w", err)
		}
		end := bytes.LastIndexByte(text, '\n') + 1
		if atEnd {
			end = len(text)
		}
		if end == 0 && len(text) > recording.MaxLine {
			return fmt.Errorf("a line is longer than %d bytes", recording.MaxLine)
		}
		rest = text[end:]
		if end > 0 && !pass(&piece{offset: offset, text: text[:end], done: make(chan struct{})}) || atEnd {
			return nil
		}
		offset += int64(end)
	}
}

// readPiece reads the records of a piece. It returns the buffer for the next one.
func (s *Store) readPiece(p *piece, source uint16, buffer []byte) []byte {
	offset := 0
	if p.offset == 0 && bytes.HasPrefix(p.text, []byte(recording.Mark)) {
		offset = len(recording.Mark)
	}
	for ; offset < len(p.text); p.lines++ {
		line := p.text[offset:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		at := p.offset + int64(offset)
		offset += len(line)
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		h, err := readHeader(line)
		if err != nil {
			p.skipped = append(p.skipped, p.lines)
			continue
		}
		buffer = h.plainBody(buffer[:0])
		event := s.options.Catalog.Validate(buffer).Event
		h.offset, h.length, h.source = at, uint32(len(line)), source //nolint:gosec // limited by MaxLine
		s.seed.describe(&h.record, buffer, event)
		h.name, h.event = s.words.id(event.Object), s.words.id(event.Name)
		p.records = append(p.records, h.record)
	}
	p.text = nil
	return buffer
}
