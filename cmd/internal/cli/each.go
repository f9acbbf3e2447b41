package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// Input is a file of events: one event, one event per line, an array of events, or a recording.
type Input struct {
	io.Reader
	File string // as on the command line
	Name string // for messages

	// Pause, if there is one, is called when all that was read at a time has been used, except at the end.
	Pause func()
}

func (in Input) pause() {
	if in.Pause != nil {
		in.Pause()
	}
}

// Each reads all events. It calls examine for several events at a time, and use for one after the other,
// in their order, with what examine returned.
//
// What was read is examined before the next read, which may wait, so that the events of a live pipe are
// used as they come.
func Each[T any](ctx context.Context, in Input, examine func(InputEvent) T, use func(InputEvent, T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &batchReader[T]{
		ctx: ctx, in: in, examine: examine,
		batches: make(chan *batch[T], mostBatches), space: semaphore.NewWeighted(mostBytes), next: &batch[T]{},
	}
	go r.read()
	recorded, begun := false, false
	for b := range r.batches {
		b.examined.Wait()
		for i, event := range b.events {
			result := b.results[i]
			if recorded && !event.parsed {
				event.parse()
				result = examine(event)
			}
			recorded = recorded || event.Entry != nil
			event.Truncated = event.torn && (recorded || strings.HasPrefix(event.Text, `{"receivedAt"`))
			if !begun && event.Text[0] != '{' && beginsYAML(event.Text) {
				return IsYAML(in.File, in.Name)
			}
			begun = begun || !event.Truncated
			if err := use(event, result); err != nil {
				return err
			}
		}
		switch b.err {
		case nil:
			r.space.Release(b.size)
			in.pause()
		case io.EOF:
			return nil
		default:
			return in.failed(b.err)
		}
	}
	return in.failed(ctx.Err())
}

func (in Input) failed(err error) error {
	return Usage(fmt.Errorf("read %s: %w", in.Name, textfile.Reason(err)), "")
}

// The most that is read ahead of use. A larger event is read, too.
const (
	mostBatches = 64
	mostBytes   = 1 << 20
	batchBytes  = 256 << 10
	eventBytes  = 256 // of an event besides its text, and of its result
)

// batch is what was read at a time, or a part of it.
type batch[T any] struct {
	events   []InputEvent
	results  []T
	size     int64
	err      error // that ended the reading
	examined sync.WaitGroup
}

// batchReader reads events, and has them examined in batches.
type batchReader[T any] struct {
	ctx     context.Context
	in      Input
	examine func(InputEvent) T
	batches chan *batch[T]
	space   *semaphore.Weighted
	next    *batch[T]
}

func (r *batchReader[T]) read() {
	defer close(r.batches)
	stream := payload.NewStream(r, recording.MaxLine)
	for r.next.err == nil {
		found, err := stream.Next()
		if err == nil && r.next.size >= batchBytes && r.hand() != nil {
			return
		}
		if r.next.err = err; err == nil {
			r.next.events = append(r.next.events, InputEvent{Located: found})
			r.next.size += int64(len(found.Text)) + eventBytes
		}
	}
	_ = r.hand()
}

// Read reads from the input. The events before must not wait for it.
func (r *batchReader[T]) Read(p []byte) (int, error) {
	if err := r.hand(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}

// hand has the events that were read examined.
func (r *batchReader[T]) hand() error {
	b := r.next
	if len(b.events) == 0 && b.err == nil {
		return nil
	}
	b.size = min(b.size, mostBytes)
	if err := r.space.Acquire(r.ctx, b.size); err != nil {
		return err
	}
	b.examined.Go(func() {
		b.results = make([]T, len(b.events))
		for i := range b.events {
			if e := &b.events[i]; e.mayBeEntry() {
				e.parse()
			}
			b.results[i] = r.examine(b.events[i])
		}
	})
	r.next = &batch[T]{events: make([]InputEvent, 0, len(b.events))}
	select {
	case r.batches <- b:
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}
