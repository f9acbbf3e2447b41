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
		var told []int
		release := make(chan struct{})
		r.add(1, func() { <-release; told = append(told, 1) })
		synctest.Wait() // it is being told
		r.add(heldBack+1, func() { told = append(told, 2) })
		var added atomic.Bool
		go func() {
			r.add(1, func() { told = append(told, 3) })
			added.Store(true)
		}()
		synctest.Wait()
		if added.Load() {
			t.Error("more is held back than may be")
		}
		close(release)
		synctest.Wait()
		r.wait()
		if !slices.Equal(told, []int{1, 2, 3}) {
			t.Errorf("told %v", told)
		}
	})
}

// What is being told is in memory too.
func TestReportsBeingToldCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReports()
		release := make(chan struct{})
		r.add(heldBack, func() { <-release })
		synctest.Wait()
		var added atomic.Bool
		go func() {
			r.add(1, func() {})
			added.Store(true)
		}()
		synctest.Wait()
		if added.Load() {
			t.Error("what is being told does not count")
		}
		close(release)
		synctest.Wait()
		if r.wait(); !added.Load() || r.weight != 0 {
			t.Errorf("added is %v, and %d bytes are left", added.Load(), r.weight)
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

// A reader of reports that is stuck must not keep events from being answered, and hears
// of all of them in the end.
func TestReportsHoldUpNothing(t *testing.T) {
	const requests = 20
	stuck := make(chan struct{})
	var told []int64
	r := startReporting(t, Options{}, func(x Reception) {
		<-stuck
		told = append(told, x.N)
		if x.Report.Event.Object != "ticket" {
			t.Errorf("request %d was not checked: %+v", x.N, x.Report)
		}
	})
	for range requests {
		if reply := post(t, r.url("/"), ticketEvent); reply.StatusCode != http.StatusNoContent {
			t.Fatal(reply.Status)
		}
	}
	close(stuck)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if len(told) != requests || !slices.IsSorted(told) {
		t.Errorf("told of %v", told)
	}
}
