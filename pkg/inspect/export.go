package inspect

import (
	"net/http"

	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// recording serves what a filter selects as a recording.
func (h *handler) recording(w http.ResponseWriter, r *http.Request) {
	_, selected, err := h.selected(r)
	if err != nil {
		writeError(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Content-Disposition", `attachment; filename="apizee-hooks.ndjson"`)
	q := h.store.query()
	reader := &lineReader{store: h.store, index: &q.index}
	var line []byte
	for i := range selected.Len() {
		row, entry, ok := q.row(reader, int(selected.ID(i)), recording.MaxLine)
		if !ok || row.Gone {
			continue
		}
		if line, err = entry.AppendLine(line[:0]); err != nil {
			continue
		}
		if _, err := w.Write(line); err != nil || r.Context().Err() != nil {
			return
		}
	}
}
