// A webhook endpoint on net/http, as a first version looks: it takes every objectId
// for a number. Usage: go run ./goserver PORT
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"sync"
)

type event struct {
	Event    string `json:"event"`
	Object   string `json:"object"`
	ObjectID int    `json:"objectId"`
	Props    struct {
		State string `json:"state"`
	} `json:"props"`
}

func main() {
	var mu sync.Mutex
	tickets := map[int]string{}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		var e event
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		mu.Lock()
		tickets[e.ObjectID] = e.Props.State
		mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
