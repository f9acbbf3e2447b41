package receive

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

func TestReportsWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReports()
		var reported []int
		release := make(chan struct{})
		r.add(1, func() { <-release; reported = append(reported, 1) })
		synctest.Wait() // it is in flight
		r.add(maxQueued+1, func() { reported = append(reported, 2) })
		var added atomic.Bool
		go func() {
			r.add(1, func() { reported = append(reported, 3) })
			added.Store(true)
		}()
		synctest.Wait()
		if added.Load() {
			t.Error("more is queued than allowed")
		}
		close(release)
		synctest.Wait()
		r.wait()
		if !slices.Equal(reported, []int{1, 2, 3}) {
			t.Errorf("reported %v", reported)
		}
	})
}

// Reports in flight use memory too.
func TestReportsInFlightCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReports()
		release := make(chan struct{})
		r.add(maxQueued, func() { <-release })
		synctest.Wait()
		var added atomic.Bool
		go func() {
			r.add(1, func() {})
			added.Store(true)
		}()
		synctest.Wait()
		if added.Load() {
			t.Error("reports in flight do not count")
		}
		close(release)
		synctest.Wait()
		if r.wait(); !added.Load() || r.size != 0 {
			t.Errorf("added is %v, and %d bytes are left", added.Load(), r.size)
		}
	})
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
