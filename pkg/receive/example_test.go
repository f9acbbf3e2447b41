package receive_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// A test starts a server on any free port, waits for an event with a timeout, and stops the server.
func Example() {
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	received := make(chan *receive.Reception, 1)
	server, err := receive.New(receive.Options{OnReception: func(r *receive.Reception) { received <- r }})
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := receive.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(ctx, l) }()

	// In a test, this is what your program does.
	response, err := http.Post("http://"+l.Addr().String()+"/apizeehooks/", "application/JSON",
		strings.NewReader(`{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"opend"}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	response.Body.Close()

	select {
	case r := <-received:
		fmt.Println(r.Report.Event.Object, r.Report.Event.Name, r.Status)
		for _, finding := range r.Report.Findings {
			fmt.Println(finding)
		}
	case <-ctx.Done():
		fmt.Println("no event")
	}
	stop()
	fmt.Println("stopped:", <-stopped)
	// Output:
	// ticket update 204
	// props.state: "opend" is not a documented ticket state; did you mean "opened"?
	// User-Agent: "Go-http-client/1.1"; Apizee sends "Cloud Apizee"
	// stopped: <nil>
}
