package inspect

import (
	"io"
	"slices"
	"sync"

	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// lines are the lines of exchanges in memory, in chunks that are only appended to, so that a line can be
// read without a lock once it was found.
type lines struct {
	chunks []chunk
	first  int   // number of the first chunk
	size   int64 // bytes of all chunks
}

type chunk struct {
	text []byte
	used int // number of lines that were not released
}

const chunkSize = 256 << 10

// add keeps a line and returns where: the number of the chunk and the offset in it.
func (l *lines) add(line []byte) int64 {
	last := len(l.chunks) - 1
	if last < 0 || len(l.chunks[last].text)+len(line) > cap(l.chunks[last].text) {
		l.chunks = append(l.chunks, chunk{text: make([]byte, 0, max(chunkSize, len(line)))})
		last++
		l.size += int64(cap(l.chunks[last].text))
	}
	c := &l.chunks[last]
	at := int64(l.first+last)<<32 | int64(len(c.text))
	c.text = append(c.text, line...)
	c.used++
	return at
}

// get returns the line of a record, or nil if it is not in memory.
func (l *lines) get(r *record) []byte {
	if r.source != 0 {
		return nil
	}
	i := int(r.offset>>32) - l.first
	if i < 0 {
		return nil
	}
	at := int(r.offset & (1<<32 - 1))
	return l.chunks[i].text[at : at+int(r.length)]
}

// release forgets the line of a record, and drops the chunks that have no lines any more.
func (l *lines) release(r *record) {
	if r.source != 0 {
		return
	}
	l.chunks[int(r.offset>>32)-l.first].used--
	for len(l.chunks) > 1 && l.chunks[0].used == 0 {
		l.size -= int64(cap(l.chunks[0].text))
		l.chunks = slices.Delete(l.chunks, 0, 1)
		l.first++
	}
}

// file is a recording that the store reads.
type file struct {
	name string
	io.ReaderAt
	io.Closer
}

// placed marks the source of a line that Options.ReadLine returns. The sources without it are 0, the
// memory, and the numbers of Store.files, from 1.
const placed = 1 << 15

// lineReader reads the lines of records, and reads ahead where they follow each other. It must not be
// used concurrently, and a line is valid until the next one is read.
type lineReader struct {
	store  *Store
	index  *index // of a snapshot
	ahead  []byte
	from   int64 // offset of ahead in source
	source uint16
	last   int // the id that was read last
}

// readAhead is how many bytes are read at once.
const readAhead = 512 << 10

// line returns the line of a record, or nil when it is not there any more. The id is that of the record
// in the index, or 0.
func (l *lineReader) line(id int, r *record) []byte {
	if r.source == 0 {
		l.store.mu.RLock()
		defer l.store.mu.RUnlock()
		if kept, ok := l.store.kept[id]; ok { // since the snapshot
			return kept.line
		}
		return l.store.lines.get(r)
	}
	start, end := r.offset, r.offset+int64(r.length)
	if l.source != r.source || start < l.from || end > l.from+int64(len(l.ahead)) {
		isNear := id != 0 && id-l.last < 16
		if isNear {
			end = l.spanEnd(id, r)
		}
		l.read(r.source, start, end-start)
	}
	l.last = id
	at := start - l.from
	if at+int64(r.length) > int64(len(l.ahead)) {
		return nil // the file was truncated
	}
	if line := l.ahead[at : at+int64(r.length)]; r.isOf(line) {
		return line
	}
	return nil // and other lines were written to it
}

// isOf reports whether a line is of the time of the record, as the lines of other exchanges are not.
func (r *record) isOf(line []byte) bool {
	for name, value := range members(line) {
		if string(name) == "receivedAt" {
			at, err := parseTime(value)
			return err == nil && at.UnixMicro() == r.at
		}
	}
	return false
}

// spanEnd returns the end of the lines that follow a record and can be read with it.
func (l *lineReader) spanEnd(id int, r *record) int64 {
	end := r.offset + int64(r.length)
	for id++; id <= l.index.n; id++ {
		next := l.index.get(id)
		nextEnd := next.offset + int64(next.length)
		if next.source != r.source || next.offset < r.offset || nextEnd > r.offset+readAhead {
			break
		}
		end = max(end, nextEnd)
	}
	return end
}

// read reads a part of a source that begins and ends with lines.
func (l *lineReader) read(source uint16, offset, length int64) {
	l.source, l.from = source, offset
	if source&placed != 0 {
		l.ahead, _ = l.store.options.ReadLine(recording.Place{Offset: offset, Length: length, File: int(source &^ placed)})
		return
	}
	l.ahead = slices.Grow(l.ahead[:0], int(length))[:length]
	n, _ := l.store.files[source-1].ReadAt(l.ahead, offset) // what cannot be read is missing
	l.ahead = l.ahead[:n]
}

// words gives short texts numbers, such as the names of objects.
type words struct {
	mu   sync.RWMutex // guards the fields below
	ids  map[string]uint16
	list []string
}

// mostWords limits what a hostile sender can make the store remember, also in the length of a word.
const (
	mostWords   = 4096
	longestWord = 100
)

// id returns the number of a word, from 1, or 0 when there are too many.
func (w *words) id(word string) uint16 {
	w.mu.RLock()
	id, ok := w.ids[word]
	w.mu.RUnlock()
	if ok || len(word) > longestWord {
		return id
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if id, ok := w.ids[word]; ok || len(w.list) == mostWords {
		return id
	}
	if w.ids == nil {
		w.ids = map[string]uint16{}
	}
	w.list = append(w.list, word)
	w.ids[word] = uint16(len(w.list)) //nolint:gosec // at most mostWords
	return w.ids[word]
}

// text returns the word of a number, or "" for 0.
func (w *words) text(id uint16) string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if id == 0 {
		return ""
	}
	return w.list[id-1]
}
