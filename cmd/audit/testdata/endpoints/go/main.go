// Tickets from webhooks, with net/http: PORT, DB (a file; none: memory), SECRET and FAULT.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"unicode/utf8"
)

var (
	fault  = os.Getenv("FAULT")
	secret = os.Getenv("SECRET")
)

type event struct {
	Event    string          `json:"event"`
	Object   string          `json:"object"`
	ObjectID json.RawMessage `json:"objectId"`
	Time     int64           `json:"time"`
	Props    struct {
		State *string `json:"state"`
	} `json:"props"`
}

type ticket struct {
	State   string `json:"state"`
	Count   int    `json:"count"`
	time    int64
	deleted bool
}

// store keeps tickets. It applies each event once.
type store interface {
	apply(key string, e event, hash [32]byte) error
	find(key string) (ticket, bool, error)
}

// next returns a ticket after an event, and false when the event is older.
func next(t ticket, known bool, e event) (ticket, bool) {
	if known && (e.Time < t.time || t.deleted && e.Time == t.time) {
		return t, false
	}
	if e.Props.State != nil {
		t.State = *e.Props.State
	}
	t.time, t.deleted = e.Time, e.Event == "delete"
	t.Count++
	return t, true
}

func main() {
	tickets, err := open(os.Getenv("DB"))
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	notifications := make(chan event, 40)
	hook := func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(receive(tickets, notifications, w, r)) }
	mux.HandleFunc("/hooks", hook)
	mux.HandleFunc("/hooks/{$}", hook)
	mux.HandleFunc("GET /{objects}/{id}", func(w http.ResponseWriter, r *http.Request) {
		t, ok, err := tickets.find(r.PathValue("objects") + "/" + r.PathValue("id"))
		switch {
		case err != nil:
			w.WriteHeader(http.StatusInternalServerError)
		case !ok || t.deleted:
			w.WriteHeader(http.StatusNotFound)
		default:
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(t)
		}
	})
	server := http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: mux}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	done := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(done)
		server.Shutdown(context.Background())
	})
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	<-done
}

func receive(tickets store, notifications chan<- event, w http.ResponseWriter, r *http.Request) int {
	if r.Method != http.MethodPost {
		return http.StatusMethodNotAllowed
	}
	if !isAuthorized(r) {
		return http.StatusUnauthorized
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<20))
	var e event
	if err == nil {
		err = decode(body, &e)
	}
	if err != nil || !utf8.Valid(body) || e.Event == "" || e.Object == "" || !isID(e.ObjectID) {
		return http.StatusBadRequest
	}
	if fault == "hang" { // nobody reads what is sent here
		notifications <- e
	}
	id := string(e.ObjectID)
	if id[0] == '"' {
		json.Unmarshal(e.ObjectID, &id)
	}
	if err := tickets.apply(e.Object+"s/"+id, e, sha256.Sum256(body)); err != nil {
		return http.StatusInternalServerError
	}
	return http.StatusNoContent
}

func decode(body []byte, e *event) error {
	if fault == "lenient" { // ignores what follows the JSON
		return json.NewDecoder(bytes.NewReader(body)).Decode(e)
	}
	return json.Unmarshal(body, e)
}

func isID(raw json.RawMessage) bool {
	return len(raw) > 0 && (raw[0] == '"' || raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9')
}

func isAuthorized(r *http.Request) bool {
	values := r.Header.Values("X-Api-Key")
	if fault == "any-of" && len(values) > 1 { // trusts each of several headers
		values = values[len(values)-1:]
	}
	return secret == "" || len(values) == 1 && subtle.ConstantTimeCompare([]byte(values[0]), []byte(secret)) == 1
}
