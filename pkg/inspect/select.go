package inspect

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// Selection is the exchanges that a filter selects, in order of arrival.
type Selection struct {
	pinned   []uint32 // ids that are shown only because they are pinned
	ids      []uint32
	from, to int // all ids of a range, instead of ids
}

// Len returns the number of exchanges.
func (s Selection) Len() int { return len(s.pinned) + len(s.ids) + s.to - s.from }

// ID returns the id of the i-th exchange, from 0.
func (s Selection) ID(i int) int64 {
	if i < len(s.pinned) {
		return int64(s.pinned[i])
	}
	if i -= len(s.pinned); s.ids != nil {
		return int64(s.ids[i])
	}
	return int64(s.from + i)
}

// Before returns how many exchanges come before the one with an id, which need not be there.
func (s Selection) Before(id int64) int {
	return sort.Search(s.Len(), func(i int) bool { return s.ID(i) >= id })
}

// query is a snapshot of a store that a filter is applied to.
type query struct {
	held
	store  *Store
	pins   map[int]bool
	hidden int
}

func (s *Store) query() *query {
	s.mu.RLock()
	defer s.mu.RUnlock()
	q := &query{held: s.held, store: s, pins: maps.Clone(s.pins), hidden: s.hidden()}
	q.kept = maps.Clone(s.kept)
	return q
}

// gap returns the time before an exchange without any other, if it is long.
func (q *query) gap(id int, r *record) time.Duration {
	if id <= q.first {
		return 0
	}
	if gap := time.UnixMicro(r.at).Sub(time.UnixMicro(q.index.get(id - 1).at)); gap >= longGap {
		return gap
	}
	return 0
}

// Select applies a filter. Its result is kept, and continued when more exchanges were added. The error
// is the context's.
func (s *Store) Select(ctx context.Context, f Filter) (Selection, error) {
	q := s.query()
	var selected Selection
	all := f.IsAll()
	if all {
		selected = Selection{from: q.hidden + 1, to: q.index.n + 1}
	} else {
		ids, err := s.results.get(ctx, q, f)
		if err != nil {
			return Selection{}, err
		}
		selected = Selection{ids: ids[place(ids, q.hidden+1):]}
		if len(selected.ids) == 0 {
			selected.ids = nil
		}
	}
	reader := lineReader{store: s, index: &q.index}
	view := lineView{store: s}
	for id := range q.pins {
		if id > q.hidden {
			continue
		}
		var r *record
		var line []byte
		if r, line = q.line(&reader, id); r == nil {
			continue
		}
		if all || line != nil && f.match(q, id, r, func() *lineView { view.set(r, line); return &view }) {
			selected.pinned = append(selected.pinned, uint32(id)) //nolint:gosec // an id
		}
	}
	slices.Sort(selected.pinned)
	return selected, nil
}

// line returns the record and the line of an exchange; the record is nil when it was removed, the line
// when it is not in its file any more.
func (q *query) line(reader *lineReader, id int) (*record, []byte) {
	r := q.record(id)
	kept, isKept := q.kept[id]
	switch {
	case r == nil || kept.line != nil:
		return r, kept.line
	case isKept:
		id = 0
	}
	return r, reader.line(id, r)
}

// match applies the filter to one exchange. The line is read only if a term needs it.
func (f Filter) match(q *query, id int, r *record, line func() *lineView) bool {
	for _, t := range f.quick {
		if t.quick(q, id, r) == t.negate {
			return false
		}
	}
	if len(f.slow) == 0 {
		return true
	}
	l := line()
	if l == nil {
		return false
	}
	for _, t := range f.slow {
		if t.slow(l) == t.negate {
			return false
		}
	}
	return true
}

// results keeps the ids that recent filters have selected.
type results struct {
	mu   sync.Mutex // guards list
	list []*result  // the most recent last
}

type result struct {
	mu   sync.Mutex // guards the fields below
	f    Filter
	ids  []uint32 // at most half of them were removed
	upTo int      // exchanges up to this id were tested
}

const mostResults = 6

func (rs *results) get(ctx context.Context, q *query, f Filter) ([]uint32, error) {
	if f.passing {
		return f.scan(ctx, q, max(q.hidden+1, q.first), nil)
	}
	r := rs.of(f)
	for !r.mu.TryLock() { // another request applies the same filter
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
	defer r.mu.Unlock()
	ids, err := r.f.scan(ctx, q, max(r.upTo+1, q.first), r.ids)
	if err != nil {
		return nil, err
	}
	if removed := place(ids, q.first); 2*removed > len(ids) {
		ids = slices.Clone(ids[removed:]) // Selections keep the old array
	}
	r.ids, r.upTo = ids, max(r.upTo, q.index.n)
	return ids[:place(ids, q.index.n+1)], nil
}

// place returns the place of the first id that is at least id.
func place(ids []uint32, id int) int {
	i, _ := slices.BinarySearch(ids, uint32(id)) //nolint:gosec // an id
	return i
}

// of returns the result of a filter, new or kept.
func (rs *results) of(f Filter) *result {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	i := slices.IndexFunc(rs.list, func(r *result) bool { return r.f.text == f.text && r.f.zone == f.zone })
	r := &result{f: f}
	switch {
	case i >= 0:
		r = rs.list[i]
		rs.list = slices.Delete(rs.list, i, i+1)
	case len(rs.list) == mostResults:
		rs.list = slices.Delete(rs.list, 0, 1)
	}
	rs.list = append(rs.list, r)
	return r
}

// blockSize is how many exchanges one goroutine tests before it takes the next block.
const blockSize = 2048

// scan appends the ids from a first one that the filter selects. Blocks of exchanges are tested
// concurrently.
func (f Filter) scan(ctx context.Context, q *query, from int, ids []uint32) ([]uint32, error) {
	blocks := (q.index.n + 1 - from + blockSize - 1) / blockSize
	if blocks <= 0 {
		return ids, nil
	}
	found := make([][]uint32, blocks)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), blocks) {
		workers.Go(func() {
			reader := lineReader{store: q.store, index: &q.index}
			view := lineView{store: q.store}
			for b := int(next.Add(1)) - 1; b < blocks && ctx.Err() == nil; b = int(next.Add(1)) - 1 {
				start := from + b*blockSize
				found[b] = f.block(q, &reader, &view, start, min(start+blockSize, q.index.n+1))
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, more := range found {
		ids = append(ids, more...)
	}
	return ids, nil
}

// block tests the exchanges from id start to before end.
func (f Filter) block(q *query, reader *lineReader, view *lineView, start, end int) []uint32 {
	var ids []uint32
	for id := start; id < end; id++ {
		r := q.index.get(id)
		if f.match(q, id, r, func() *lineView {
			line := reader.line(id, r)
			if line == nil {
				return nil
			}
			view.set(r, line)
			return view
		}) {
			ids = append(ids, uint32(id)) //nolint:gosec // an id
		}
	}
	return ids
}
