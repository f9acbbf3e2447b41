package inspect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// Config is what a page says and does besides showing the store.
type Config struct {
	// Token is the secret that lets a browser or a program in; see NewToken.
	Token string

	// Code is a token for one use, soon. The command that opens a browser has it in its arguments, which
	// other users of the machine can read. Empty is none.
	Code string

	// Addr is the address that the page is served on.
	Addr net.Addr

	Command   string // "listen" or "inspect"
	Version   string
	Listening string   // URL of the receiver; may be empty
	Example   string   // a command that sends to the receiver
	ForwardTo *url.URL // nil is none
	Recording string   // the file that events are recorded in; may be empty
	Files     []string // the files that are shown

	// Targets are those that the user has named, which exchanges can be sent to. Targets on this
	// machine need no name.
	Targets []Target

	// Transport returns the transport for a delivery, as deliver.NewTransport does; Network is the
	// user's, for Targets.
	Transport func(context.Context, deliver.Network, int) (*http.Transport, error)
	Network   deliver.Network
	Timeout   time.Duration // of a delivery; 0 is no limit

	// ReceiverURL and ReceiverNetwork are how commands that are copied reach the receiver; the URL is nil
	// without one. NetworkArguments returns the arguments of the send command for a network.
	ReceiverURL      *url.URL
	ReceiverNetwork  deliver.Network
	NetworkArguments func(deliver.Network) []string

	// Receivers are the addresses that nothing is sent to, besides Addr: a receiver would record what
	// the page sends as received.
	Receivers []net.Addr

	Now func() time.Time
}

// Target is an endpoint that the user has named.
type Target struct {
	Name string // such as "--forward-to"
	deliver.Target

	// Forward returns the URL that a request was forwarded to, and is sent to again; nil means replay.URL.
	Forward func(request *url.URL) *url.URL
}

// handler serves the page and its API.
type handler struct {
	Config
	store   *Store
	started time.Time
	sender  sender
	sending chan struct{} // has one element per delivery in flight

	codeUsed atomic.Bool
}

// NewHandler returns a handler that serves the store.
func NewHandler(store *Store, c Config) http.Handler {
	h := &handler{Config: c, store: store, started: c.Now(), sending: make(chan struct{}, mostSent)}
	h.sender.h = h
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.index)
	mux.HandleFunc("GET /page/", h.asset)
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request) (any, error){
		"GET /api/status":         h.status,
		"GET /api/exchanges":      h.list,
		"GET /api/exchanges/{id}": h.detail,
		"GET /api/diff":           h.diff,
		"GET /api/suggest":        h.suggest,
		"POST /api/send":          h.send,
		"POST /api/check":         h.check,
		"POST /api/clear":         h.clear,
		"POST /api/undo":          h.undo,
		"POST /api/pin":           h.pin,
	} {
		mux.HandleFunc(pattern, h.answer(serve))
	}
	mux.HandleFunc("GET /api/live", h.live)
	mux.HandleFunc("GET /api/recording", h.recording)
	mux.HandleFunc("GET /api/exchanges/{id}/body", h.body)
	mux.HandleFunc("GET /api/exchanges/{id}/copy", h.copy)
	return h.guard(known(mux))
}

// known serves what the mux has a handler for, and refuses all else as the API does, not with a text.
func known(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		response := refusal{header: http.Header{}}
		mux.ServeHTTP(response, r)
		if allowed := response.header.Get("Allow"); allowed != "" {
			w.Header().Set("Allow", allowed)
			refuse(w, r, http.StatusMethodNotAllowed, r.Method+" is not allowed here", "use "+allowed+".")
			return
		}
		refuse(w, r, http.StatusNotFound, fmt.Sprintf("unknown path %q", r.URL.Path), "the page is at /.")
	})
}

// refusal is the response of a mux that has no handler for a request. Its header says which methods are allowed.
type refusal struct{ header http.Header }

func (r refusal) Header() http.Header         { return r.header }
func (r refusal) Write(p []byte) (int, error) { return len(p), nil }
func (r refusal) WriteHeader(int)             {}

// httpError is an error with the status of its response.
type httpError struct {
	status  int
	message string
	hint    string
}

func (e *httpError) Error() string { return e.message }

func notFound(id string) error {
	return &httpError{http.StatusNotFound, fmt.Sprintf("no exchange %q", id), "it may have been removed to limit the memory."}
}

// startedAt says which start of the program the exchanges and their numbers are of.
func (h *handler) startedAt() string { return h.started.UTC().Format(time.RFC3339Nano) }

// answer returns a handler that responds with JSON. A request whose If-Match has another startedAt means
// an exchange that another start of the program had, so it is refused.
func (h *handler) answer(serve func(http.ResponseWriter, *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if match := r.Header.Get("If-Match"); match != "" && match != `"`+h.startedAt()+`"` {
			writeError(w, &httpError{http.StatusPreconditionFailed, "the program was started again, with other events", "reload the page."})
			return
		}
		value, err := serve(w, r)
		if err != nil {
			writeError(w, err)
			return
		}
		writeJSON(w, http.StatusOK, value)
	}
}

// problem is the JSON of an error.
type problem struct {
	Error    string `json:"error"`
	Hint     string `json:"hint,omitempty"`
	Position *int   `json:"position,omitempty"` // in the filter, in UTF-16 units
}

func writeError(w http.ResponseWriter, err error) {
	p, status := problem{Error: err.Error()}, http.StatusInternalServerError
	var filter *FilterError
	var known *httpError
	switch {
	case errors.As(err, &filter):
		p.Hint, p.Position, status = filter.Hint, &filter.Position, http.StatusBadRequest
	case errors.As(err, &known):
		p.Hint, status = known.hint, known.status
	}
	writeJSON(w, status, p)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // the client may be gone
}

// mostPosted is the largest body of a request, in bytes: an event of 10 MiB, escaped in JSON.
const mostPosted = 64 << 20

// readJSON reads the body of a request.
func readJSON(w http.ResponseWriter, r *http.Request, value any) error {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" { // a form cannot send it
		return &httpError{http.StatusUnsupportedMediaType, "the body must be application/json", ""}
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostPosted))
	d.DisallowUnknownFields()
	if err := d.Decode(value); err != nil {
		return &httpError{http.StatusBadRequest, "the body is not the expected JSON: " + err.Error(), ""}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return &httpError{http.StatusBadRequest, "the body must be one JSON object", ""}
	}
	return nil
}

func pathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, notFound(r.PathValue("id"))
	}
	return id, nil
}

// now returns the current time in the zone of the browser, whose clock the filter is typed by. In a container
// this machine may have another one. If it has the same, it also knows when clocks change.
func (h *handler) now(r *http.Request) time.Time {
	now := h.Now()
	_, own := now.Zone()
	minutes, err := strconv.Atoi(r.URL.Query().Get("zone")) // east of UTC
	const most = 24 * 60
	if err != nil || minutes*60 == own || minutes < -most || minutes > most {
		return now
	}
	return now.In(time.FixedZone("", minutes*60))
}

// selected returns what the filter of a request selects.
func (h *handler) selected(r *http.Request) (Filter, Selection, error) {
	f, err := h.store.ParseFilter(r.URL.Query().Get("filter"), h.now(r))
	if err != nil {
		return f, Selection{}, err
	}
	s, err := h.store.Select(r.Context(), f)
	return f, s, err
}
