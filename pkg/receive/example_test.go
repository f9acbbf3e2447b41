package receive_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// A server for the test of a program that sends events.
func Example() {
	receptions := make(chan receive.Reception, 1)
	server, err := receive.New(receive.Options{
		Path:        "/apizeehooks/",
		OnReception: func(r receive.Reception) { receptions <- r },
	})
	if err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx, l) }()

	body := `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"opend"}}`
	resp, err := http.Post("http://"+l.Addr().String()+"/apizeehooks/", "application/JSON", strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()

	r := <-receptions
	fmt.Println(r.Status, r.Outcome, r.Report.Event.Object, r.Report.Event.ID)
	for _, f := range r.Report.Findings {
		if f.Path == "props.state" {
			fmt.Println(f)
		}
	}
	stop()
	if err := <-ended; err != nil {
		log.Fatal(err)
	}
	// Output:
	// 204 accepted ticket 100
	// props.state: "opend" is not a documented ticket state; did you mean "opened"?
}
