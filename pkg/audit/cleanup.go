package audit

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/gjson"
	"golang.org/x/sync/errgroup"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// ledger keeps which objects an audit has sent events about.
type ledger struct {
	mu      sync.Mutex
	events  int
	objects map[objectKey]*history
	order   []objectKey
}

func newLedger() *ledger { return &ledger{objects: map[objectKey]*history{}} }

type objectKey struct{ object, id string }

// history is what was done to an object, and whether it exists.
type history struct {
	created, updated, deleted int // each 0 or 1

	exists bool // whether the endpoint may have the object
	events []Request
}

// add notes a request, which may be an event about an object of the audit.
func (l *ledger) add(catalog *apizee.Catalog, a attempt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events++
	body := a.request.Body
	key := objectKey{gjson.GetBytes(body, "object").String(), gjson.GetBytes(body, "objectId").String()}
	if _, known := catalog.LookupObject(key.object); !known || key.id == "" {
		return
	}
	h := l.objects[key]
	if h == nil {
		h = new(history)
		l.objects[key] = h
		l.order = append(l.order, key)
	}
	event := a.request
	event.Count = 0 // each is in the list
	h.events = append(h.events, event)
	switch gjson.GetBytes(body, "event").String() {
	case apizee.Create:
		h.created, h.exists = 1, h.exists || a.mayHaveActed()
	case apizee.Update:
		h.updated, h.exists = 1, h.exists || a.mayHaveActed()
	case apizee.Delete:
		h.deleted, h.exists = 1, h.exists && a.reaction() != accepted
	}
}

// about returns the events about an object.
func (l *ledger) about(object, id string) []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h := l.objects[objectKey{object, id}]; h != nil {
		return slices.Clone(h.events)
	}
	return nil
}

const (
	concurrentDeletes = 8

	// cleanUpTime is how long an audit that was stopped may clean up.
	cleanUpTime = 2 * time.Second
)

// cleanUp deletes the objects that the endpoint may have, until a delete gets no response or a 429. It
// returns how many were deleted, and how many are left.
func (s *session) cleanUp() (deleted, left int) {
	if s.ctx.Err() != nil {
		var cancel context.CancelFunc
		s.ctx, cancel = context.WithTimeout(context.WithoutCancel(s.ctx), cleanUpTime)
		defer cancel()
	}
	s.silent.Store(0)
	var keys []objectKey
	for _, key := range s.sent.order {
		if s.sent.objects[key].exists {
			keys = append(keys, key)
		}
	}
	var accepts atomic.Int64
	var failed atomic.Bool
	var all errgroup.Group
	all.SetLimit(concurrentDeletes)
	for _, key := range keys {
		all.Go(func() error {
			if failed.Load() {
				return nil
			}
			switch s.send("", s.buildID(key.object, apizee.Delete, key.id)).reaction() {
			case accepted:
				accepts.Add(1)
			case limited, reset, timedOut, unexpected:
				failed.Store(true)
			}
			return nil
		})
	}
	_ = all.Wait() // none returns an error
	deleted = int(accepts.Load())
	return deleted, len(keys) - deleted
}
