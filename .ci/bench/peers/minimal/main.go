// Minimal sends the documented event with net/http and nothing else: what a Go program costs. With
// -steps it is a plain loop, over a new connection each or, with -keep-alive, over one.
package main

import (
	"bytes"
	"flag"
	"io"
	"log"
	"net/http"
)

const event = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`

func main() {
	steps := flag.Int("steps", 1, "requests")
	kept := flag.Bool("keep-alive", false, "keep the connection")
	flag.Parse()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: !*kept}}
	for range *steps {
		response, err := client.Post(flag.Arg(0), "application/JSON", bytes.NewReader([]byte(event)))
		if err != nil {
			log.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusNoContent {
			log.Fatal(response.Status)
		}
	}
}
