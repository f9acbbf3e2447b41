package receive

import (
	"errors"
	"io"
	"math"
	"strings"
	"syscall"
	"testing"
)

func TestPick(t *testing.T) {
	f := Faults{Every: 5, EveryStatus: 500, Share: 0.1, ShareStatus: 503, Seed: 7}
	counts := map[Fault]int{}
	for n := range int64(10_000) {
		picked := f.Pick(n + 1)
		counts[picked]++
		if picked != f.Pick(n+1) || (n+1)%5 == 0 && picked.Status != 500 {
			t.Fatalf("event %d gets %+v", n+1, picked)
		}
	}
	share := float64(counts[Fault{Status: 503}]) / 8000
	if counts[Fault{Status: 500}] != 2000 || math.Abs(share-0.1) > 0.02 {
		t.Errorf("%v", counts)
	}
	if got := (Faults{Hang: true}).Pick(1); got != (Fault{Hang: true}) {
		t.Errorf("got %+v", got)
	}
	if got := (Faults{Share: 1, ShareStatus: 500, Reset: true}).Pick(1); got != (Fault{Status: 500}) {
		t.Errorf("got %+v", got)
	}
	if (Faults{Hang: true, Reset: true}).Check() == nil || f.Check() != nil {
		t.Error("the check is wrong")
	}
}

func TestParseFaults(t *testing.T) {
	for in, want := range map[string]Faults{
		"10%:503": {Share: 0.1, ShareStatus: 503}, "0.5%": {Share: 0.005, ShareStatus: 500}, "100% : 599": {Share: 1, ShareStatus: 599},
	} {
		if share, status, err := ParseShare(in); share != want.Share || status != want.ShareStatus || err != nil {
			t.Errorf("%s: %v, %d, %v", in, share, status, err)
		}
	}
	for in, want := range map[string]Faults{"5:500": {Every: 5, EveryStatus: 500}, "1": {Every: 1, EveryStatus: 500}} {
		if every, status, err := ParseEvery(in); every != want.Every || status != want.EveryStatus || err != nil {
			t.Errorf("%s: %d, %d, %v", in, every, status, err)
		}
	}
	for in, want := range map[string]string{
		"": "is not a percentage", "10:503": "is not a percentage", "0%": "is not a percentage", "101%": "is not a percentage", "NaN%": "is not a percentage",
		"-1%": "is not a percentage", "10%:": `"" is not an HTTP status from 200 to 599`, "10%:99": `"99" is not an HTTP status`,
	} {
		if _, _, err := ParseShare(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", in, err)
		}
	}
	for _, in := range []string{"", "0:500", "-5:500", "5%:500", "5:1000"} {
		if _, _, err := ParseEvery(in); err == nil {
			t.Errorf("%s was accepted", in)
		}
	}
}

func TestFaultStatus(t *testing.T) {
	r := start(t, Options{Path: "/", Fault: Faults{Every: 2, EveryStatus: 503}.Pick})
	post(t, r.url("/elsewhere"), ticketEvent) // is no event, and does not count
	for _, want := range []int{204, 503, 204} {
		if got := post(t, r.url("/"), ticketEvent).StatusCode; got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
	for _, want := range []Outcome{WrongPath, Accepted, Failed, Accepted} {
		x := <-r.receptions
		if x.Outcome != want || want == Failed && (x.Status != 503 || x.Problem != "injected fault: error status") {
			t.Errorf("want %s, got %+v", want, x)
		}
	}
}

func TestHang(t *testing.T) {
	picked := make(chan struct{}, 2)
	r := start(t, Options{Fault: func(n int64) Fault {
		picked <- struct{}{}
		return Faults{Hang: true}.Pick(n)
	}})
	c := r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
	c.(interface{ CloseWrite() error }).CloseWrite() // the sender disconnects
	if resp := readAll(t, c); resp != "" {
		t.Errorf("got %q", resp)
	}
	if x := <-r.receptions; x.Outcome != Failed || x.Status != 0 {
		t.Errorf("%+v", x)
	}

	c = r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
	for range 2 { // until the request is in flight
		<-picked
	}
	if err := r.stop(); err != nil {
		t.Errorf("got %v", err)
	}
	if resp := readAll(t, c); resp != "" {
		t.Errorf("got %q", resp)
	}
}

func TestReset(t *testing.T) {
	r := start(t, Options{Fault: Faults{Reset: true}.Pick})
	c := r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
	if _, err := io.ReadAll(c); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v", err)
	}
	if x := <-r.receptions; x.Outcome != Failed || x.Status != 0 || x.Problem != "injected fault: connection reset" {
		t.Errorf("%+v", x)
	}
}
