package apizee_test

import (
	"fmt"
	"io"
	"net/http"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// A body with two errors.
func ExampleCatalog_Validate() {
	report := apizee.Documented().Validate([]byte(`{
		"event": "update",
		"time": 1575976413000,
		"object": "ticket",
		"objectId": 100,
		"props": {"state": "opend"}
	}`))

	fmt.Println(report.Event.Object, report.Event.ID, report.Event.Name, report.Event.Summary())
	for _, f := range report.Findings {
		fmt.Println(f.Severity, f)
	}
	fmt.Println("OK:", report.OK())
	// Output:
	// ticket 100 update [state=opend]
	// warning time: 1575976413000 looks like milliseconds; a UNIX timestamp in seconds is documented
	// error props.state: "opend" is not a documented ticket state; did you mean "opened"?
	// OK: false
}

// An endpoint that rejects requests that are not from Apizee.
func ExampleCatalog_ValidateRequest() {
	receive := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		report := apizee.Documented().ValidateRequest(apizee.Request{Method: r.Method, Headers: r.Header, Body: body})
		if !report.OK() {
			http.Error(w, "not an event", http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
	_ = http.HandlerFunc(receive)

	report := apizee.Documented().ValidateRequest(apizee.Request{
		Method:  "POST",
		Headers: map[string][]string{"Content-Type": {"text/plain"}, "User-Agent": {"curl/8.5.0"}},
		Body:    []byte(`{"event":"delete","time":1575976413,"object":"ticket","objectId":100,"props":{}}`),
	})
	for _, f := range report.Findings {
		fmt.Println(f.Severity, f)
	}
	// Output:
	// error Content-Type: "text/plain"; Apizee sends "application/JSON"
	// warning User-Agent: "curl/8.5.0"; Apizee sends "Cloud Apizee"
}

// An endpoint that needs only closed tickets.
func ExampleFilter() {
	filter, err := apizee.Documented().ParseFilter([]string{"object=ticket", "props.state=done,closed"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, state := range []string{"invited", "closed"} {
		body := fmt.Sprintf(`{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":%q}}`, state)
		fmt.Println(state, filter.Match(apizee.Documented().Validate([]byte(body)).Event))
	}

	_, err = apizee.Documented().ParseFilter([]string{"object=media", "props.state=complete"})
	fmt.Println(err)
	// Output:
	// invited false
	// closed true
	// filter "props.state=complete": "complete" is not a documented media state; did you mean "completed"? (documented: inprogress, uncompleted, completed, error)
}
