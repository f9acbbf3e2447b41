package inspect

import (
	"fmt"
	"net/http"
	"time"
)

const (
	liveEvery = 100 * time.Millisecond // between two messages, at least
	heartbeat = 15 * time.Second       // between two messages, at most
)

// live sends the state of the store whenever it changes, as server-sent events, until the client
// disconnects. Each message is the whole state, so that a client that has missed some lost nothing: it
// fetches what it shows again.
func (h *handler) live(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	send := func(format string, args ...any) bool {
		_ = control.SetWriteDeadline(time.Now().Add(heartbeat)) // a client that does not read is disconnected
		_, err := fmt.Fprintf(w, format, args...)
		return err == nil && control.Flush() == nil
	}
	seen := r.Header.Get("Last-Event-ID")
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		s, changed := h.store.Status()
		id := fmt.Sprintf("%d-%d", h.started.UnixNano(), s.Version)
		if id != seen {
			if !send("id: %s\ndata: {\"total\":%d,\"last\":%d,\"removed\":%d,\"generation\":%d}\n\n", id, s.Total, s.Last, s.Removed, s.Generation) {
				return
			}
			seen = id
			select {
			case <-time.After(liveEvery):
			case <-r.Context().Done():
				return
			}
		}
		select {
		case <-changed:
		case <-beat.C:
			if !send(": still here\n\n") {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}
