package inspect

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

type statusJSON struct {
	Version      string       `json:"version"`
	Command      string       `json:"command"`
	Live         bool         `json:"live"`
	Listening    string       `json:"listening,omitempty"`
	Example      string       `json:"example,omitempty"` // a command that sends to the receiver
	ForwardTo    string       `json:"forwardTo,omitempty"`
	Files        []string     `json:"files"`
	Recording    string       `json:"recording,omitempty"`
	Targets      []targetJSON `json:"targets"`
	Total        int64        `json:"total"`
	Removed      int64        `json:"removed"`
	RemovedBytes int64        `json:"removedBytes"`
	Memory       memoryJSON   `json:"memory"`
	Secrets      string       `json:"secrets"` // "masked" or "shown"
	StartedAt    string       `json:"startedAt"`
}

type targetJSON struct {
	Name    string `json:"name"`
	URL     string `json:"url"`
	OwnPath bool   `json:"ownPath,omitempty"` // requests go to the path of the URL, whatever theirs is
}

type memoryJSON struct {
	Used  int64 `json:"used"`
	Limit int64 `json:"limit"`
}

func (h *handler) status(http.ResponseWriter, *http.Request) (any, error) {
	s, _ := h.store.Status()
	out := statusJSON{
		Version: h.Version, Command: h.Command, Live: h.Listening != "", Listening: h.Listening, Example: h.Example,
		Recording: h.Recording, Files: h.Files, Targets: []targetJSON{}, Total: s.Total, Removed: s.Removed,
		RemovedBytes: s.RemovedBytes, Memory: memoryJSON{s.Memory, s.Limit}, Secrets: "masked",
		StartedAt: h.startedAt(),
	}
	if out.Files == nil {
		out.Files = []string{}
	}
	if h.ForwardTo != nil {
		out.ForwardTo = deliver.ShowURL(h.ForwardTo, h.store.options.ShowSecrets)
	}
	for _, t := range h.Targets {
		out.Targets = append(out.Targets, targetJSON{t.Name, deliver.ShowURL(t.URL, h.store.options.ShowSecrets), t.hasOwnPath()})
	}
	if h.store.options.ShowSecrets {
		out.Secrets = "shown"
	}
	return out, nil
}

type listJSON struct {
	Filter     string `json:"filter"`
	Total      int64  `json:"total"`
	Matched    int    `json:"matched"`
	Removed    int64  `json:"removed"`
	Last       int64  `json:"last"`
	Generation int64  `json:"generation"`
	Offset     int    `json:"offset"`
	Exchanges  []Row  `json:"exchanges"`

	// Places says of each exchange that the request names how many of the list come before it. Offsets
	// change when exchanges are removed; the places of two that are known tell by how much.
	Places []int `json:"places"`
}

// mostRows is the largest number of rows in one response.
const mostRows = 1000

func (h *handler) list(_ http.ResponseWriter, r *http.Request) (any, error) {
	f, selected, err := h.selected(r)
	if err != nil {
		return nil, err
	}
	matched := selected.Len()
	if last, err := strconv.ParseInt(r.URL.Query().Get("last"), 10, 64); err == nil { // of a list that is paused
		matched = selected.Before(last + 1)
	}
	const usual = 100
	from := natural(r, "offset", 0, matched)
	to := min(from+natural(r, "limit", usual, mostRows), matched)
	s, _ := h.store.Status()
	return listJSON{
		Filter: f.text, Total: s.Total, Matched: matched, Removed: s.Removed, Last: s.Last,
		Generation: s.Generation, Offset: from, Exchanges: h.store.rows(selected, from, to),
		Places: places(selected, r.URL.Query().Get("places")),
	}, nil
}

// places returns how many exchanges come before each of those that are named by their ids.
func places(selected Selection, ids string) []int {
	list := []int{}
	for name := range strings.SplitSeq(ids, ",") {
		if id, err := strconv.ParseInt(name, 10, 64); err == nil {
			list = append(list, selected.Before(id))
		}
	}
	return list
}

// natural returns a parameter that is a number from 0 to most.
func natural(r *http.Request, name string, usual, most int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		n = usual
	}
	return min(max(n, 0), most)
}

func (h *handler) detail(_ http.ResponseWriter, r *http.Request) (any, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	d, ok := h.store.detail(id)
	if !ok {
		return nil, notFound(r.PathValue("id"))
	}
	return d, nil
}

// body serves one body as a file.
func (h *handler) body(w http.ResponseWriter, r *http.Request) {
	id, err := pathID(r)
	if err != nil {
		writeError(w, err)
		return
	}
	entry, err := h.store.entry(id)
	if err != nil {
		writeError(w, err)
		return
	}
	body, part := entry.Body, r.URL.Query().Get("part")
	switch {
	case part == "response":
		body = entry.Response.Body
	case part == "forwarded" && entry.Forwarded != nil:
		body = entry.Forwarded.Body
	case part != "request" && part != "":
		writeError(w, &httpError{http.StatusNotFound, "no such part", "use request, response or forwarded."})
		return
	}
	// Never as the type that a sender says: a browser must not run it.
	w.Header().Set("Content-Type", "application/octet-stream")
	if utf8.Valid(body) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	w.Header().Set("Content-Disposition", `attachment; filename="exchange-`+strconv.FormatInt(id, 10)+`.txt"`)
	_, _ = w.Write(body)
}

// checkJSON is the result of checking a body that is being edited.
type checkJSON struct {
	Valid    bool      `json:"valid"`   // it is JSON, and has no errors
	HasTime  bool      `json:"hasTime"` // the current time can be set in it
	Problem  string    `json:"problem,omitempty"`
	Line     int       `json:"line,omitempty"`
	Column   int       `json:"column,omitempty"`
	Findings []Finding `json:"findings"`
}

func (h *handler) check(w http.ResponseWriter, r *http.Request) (any, error) {
	var in struct {
		Body string `json:"body"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	body := []byte(in.Body)
	report := h.store.options.Catalog.Validate(body)
	out := checkJSON{Valid: report.OK(), Findings: []Finding{}}
	if problem, offset := jsonProblem(body); problem != "" {
		out.Valid, out.Problem = false, problem
		out.Line, out.Column = position(body, offset)
	}
	_, out.HasTime = h.dated(body)
	for _, f := range report.Findings {
		found := newFinding(f)
		found.Line, found.Column = position(body, f.Offset)
		out.Findings = append(out.Findings, found)
	}
	return out, nil
}

func (h *handler) clear(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := readJSON(w, r, &struct{}{}); err != nil {
		return nil, err
	}
	token := rand.Text()
	return struct {
		Cleared int64  `json:"cleared"`
		Undo    string `json:"undo"`
	}{h.store.Clear(token), token}, nil
}

func (h *handler) undo(w http.ResponseWriter, r *http.Request) (any, error) {
	var in struct {
		Undo string `json:"undo"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	if !h.store.Undo(in.Undo) {
		return nil, &httpError{http.StatusConflict, "there is nothing to undo", "only the last clearing can be undone, once."}
	}
	return struct{}{}, nil
}

func (h *handler) pin(w http.ResponseWriter, r *http.Request) (any, error) {
	var in struct {
		ID     int64 `json:"id"`
		Pinned bool  `json:"pinned"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return nil, err
	}
	if !h.store.Pin(in.ID, in.Pinned) {
		return nil, notFound(strconv.FormatInt(in.ID, 10))
	}
	return struct{}{}, nil
}
