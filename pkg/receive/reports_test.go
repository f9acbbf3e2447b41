package receive

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A report that exceeds the limit makes its connection wait, and so does each after it.
func TestReportsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReports()
		var reported []int
		release := make(chan struct{})
		r.add(new(place), maxQueued/2, func() { <-release; reported = append(reported, 1) })
		synctest.Wait() // it is in flight, and uses memory too
		var returned atomic.Int64
		for i := range 2 {
			go func() {
				r.add(new(place), maxQueued/2, func() { reported = append(reported, i+2) })
				returned.Add(1)
			}()
			synctest.Wait()
		}
		if n := returned.Load(); n != 0 {
			t.Errorf("%d more are queued than allowed", n)
		}
		close(release)
		synctest.Wait()
		r.wait()
		if synctest.Wait(); returned.Load() != 2 || r.size != 0 {
			t.Errorf("%d returned, and %d bytes are left", returned.Load(), r.size)
		}
		if !slices.Equal(reported, []int{1, 2, 3}) {
			t.Errorf("reported %v", reported)
		}
	})
}

// receiver is where a response goes. It calls got when it could have all of it.
type receiver struct {
	*httptest.ResponseRecorder
	got func()
}

func (r receiver) Write(p []byte) (int, error) {
	r.got()
	return r.ResponseRecorder.Write(p)
}

func (r receiver) Flush() { r.got() }

// A sender that sends its next event as soon as it has the response finds them in this order.
func TestReportsInOrderOfResponses(t *testing.T) {
	for name, body := range map[string]string{"no body": "", "body": "{}"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				reported, serve := serveTo(t, Options{Response: Response{Body: []byte(body)}})
				serve(sync.OnceFunc(func() { serve(func() {}) }))
				if got := reported(); !slices.Equal(got, []int64{1, 2}) {
					t.Errorf("reported %v", got)
				}
			})
		})
	}
}

// A sender that does not read its response delays the reports of others only shortly.
func TestReportsPassSlowSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reported, serve := serveTo(t, Options{})
		isRead := make(chan struct{})
		go serve(func() { <-isRead })
		synctest.Wait()
		serve(func() {})
		start := time.Now()
		if got := reported(); !slices.Equal(got, []int64{2}) || time.Since(start) != patience*pause {
			t.Errorf("reported %v after %s", got, time.Since(start))
		}
		close(isRead)
		synctest.Wait()
		if got := reported(); !slices.Equal(got, []int64{2, 1}) {
			t.Errorf("reported %v", got)
		}
	})
}

// serveTo returns the function that serves an event, whose response calls got, and the one that returns the
// numbers of those that were reported.
func serveTo(t *testing.T, options Options) (reported func() []int64, serve func(got func())) {
	t.Helper()
	var numbers []int64
	options.OnReception = func(x *Reception) { numbers = append(numbers, x.N) }
	server, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	reported = func() []int64 {
		server.reports.wait()
		return numbers
	}
	return reported, func(got func()) {
		request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(ticketEvent))
		server.ServeHTTP(receiver{httptest.NewRecorder(), got}, request)
	}
}

func TestSizeOfReception(t *testing.T) {
	many := http.Header{"Many": make([]string, 1000)}
	for i := range 1000 {
		many[strconv.Itoa(i)] = []string{""}
	}
	for name, test := range map[string]struct {
		reception Reception
		least     int
	}{
		"body":          {Reception{Body: make([]byte, 5000)}, 5000},
		"path":          {Reception{Path: strings.Repeat("x", 5000)}, 5000},
		"long header":   {Reception{Headers: http.Header{"X": {strings.Repeat("x", 5000)}}}, 5000},
		"short headers": {Reception{Headers: many}, 1000*128 + 2000*16},
	} {
		if got := test.reception.size(); got < test.least {
			t.Errorf("%s: %d, want at least %d", name, got, test.least)
		}
	}
}

// A blocked OnReception must not delay responses, and gets all receptions in the end.
func TestReportsBlockNothing(t *testing.T) {
	const requests = 20
	stuck := make(chan struct{})
	var reported []int64
	r := startReporting(t, Options{}, func(x *Reception) {
		<-stuck
		reported = append(reported, x.N)
		if x.Report.Event.Object != "ticket" {
			t.Errorf("request %d was not checked: %+v", x.N, x.Report)
		}
	})
	for range requests {
		if resp := post(t, r.url("/"), ticketEvent); resp.StatusCode != http.StatusNoContent {
			t.Fatal(resp.Status)
		}
	}
	close(stuck)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if len(reported) != requests || !slices.IsSorted(reported) {
		t.Errorf("reported %v", reported)
	}
}
