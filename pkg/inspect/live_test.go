package inspect

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stream reads server-sent events.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
	close func()
}

func (s *served) live(headers ...string) *stream {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+"/api/live", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, h := range append(headers, bearer) {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		s.t.Errorf("content type %s", got)
	}
	return &stream{s.t, bufio.NewScanner(response.Body), func() { cancel(); response.Body.Close() }}
}

// next returns the id and the data of the next message.
func (s *stream) next() (id, data string) {
	s.t.Helper()
	for s.lines.Scan() {
		switch name, value, _ := strings.Cut(s.lines.Text(), ": "); name {
		case "id":
			id = value
		case "data":
			data = value
		case "":
			if data != "" {
				return id, data
			}
		}
	}
	s.t.Fatalf("the stream has ended: %v", s.lines.Err())
	return "", ""
}

func TestLive(t *testing.T) {
	store := newStore(t, Options{}, ticket(1, "new", 1))
	s := serve(t, store, Config{})
	first := s.live()
	defer first.close()
	id, data := first.next()
	if want := `{"total":1,"last":1,"removed":0,"generation":0}`; data != want {
		t.Errorf("got %s, want %s", data, want)
	}
	// A second tab that has seen everything gets only what is new, like the first.
	second := s.live("Last-Event-ID: " + id)
	defer second.close()
	store.Add(received(2, ticket(2, "new", 1)))
	for _, tab := range []*stream{first, second} {
		if _, data := tab.next(); data != `{"total":2,"last":2,"removed":0,"generation":0}` {
			t.Errorf("got %s", data)
		}
	}
	store.Pin(1, true)
	if _, data := first.next(); data != `{"total":2,"last":2,"removed":0,"generation":1}` {
		t.Errorf("got %s", data)
	}
	// A tab of an earlier process has another id.
	third := s.live("Last-Event-ID: 1-1")
	defer third.close()
	if _, data := third.next(); data != `{"total":2,"last":2,"removed":0,"generation":1}` {
		t.Errorf("got %s", data)
	}
}

// However fast exchanges are added, and however many tabs are open, each tab gets at most ten messages per
// second, and the last state; a tab that does not read delays nobody.
func TestLiveIsLimited(t *testing.T) {
	store := newStore(t, Options{})
	s := serve(t, store, Config{})
	const tabs, events = 12, 3000
	asleep := s.live()
	defer asleep.close()
	var counts [tabs]int
	var done sync.WaitGroup
	begin := time.Now()
	for i := range tabs {
		tab := s.live()
		defer tab.close()
		done.Go(func() {
			for {
				_, data := tab.next()
				counts[i]++
				if strings.Contains(data, fmt.Sprintf(`"last":%d,`, events)) {
					return
				}
			}
		})
	}
	for i := range events {
		store.Add(received(i, ticket(i, "new", 1)))
	}
	done.Wait()
	most := int(time.Since(begin)/liveEvery) + 2
	for i, n := range counts {
		if n > most {
			t.Errorf("tab %d got %d messages in %s", i, n, time.Since(begin))
		}
	}
}

// Readers and writers at the same time, for the race detector; the list is always consistent.
func TestConcurrentUse(t *testing.T) {
	store := newStore(t, Options{Memory: 1 << 20})
	s := serve(t, store, Config{})
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for w := range 2 {
		writers.Go(func() {
			for i := range 1500 {
				id := store.Add(received(i, ticket(i%50, strings.Repeat("x", 500), int64(w))))
				if i%100 == 0 {
					store.Pin(id, true)
				}
				if i == 700 {
					store.Clear("a")
					store.Undo("a")
				}
			}
		})
	}
	for _, filter := range []string{"", "xxx", "object=ticket", "is:duplicate%20objectId=7", "is:pinned"} {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				var list listJSON
				s.read("/api/exchanges?limit=20&filter="+filter, &list)
				last := int64(0)
				for _, row := range list.Exchanges {
					if row.ID <= last || row.Gone {
						t.Errorf("%s: exchange %d after %d", filter, row.ID, last)
					}
					last = row.ID
				}
				s.get(fmt.Sprintf("/api/exchanges/%d", last))
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	status, _ := store.Status()
	if got := len(selectIDs(t, store, "xxx")); int64(got) != status.Total {
		t.Errorf("%d are selected of %d", got, status.Total)
	}
}

func TestList(t *testing.T) {
	store := newStore(t, Options{}, ticket(1, "new", 1), ticket(2, "opend", 2), ticket(3, "new", 3), ticket(4, "new", 4))
	s := serve(t, store, Config{})
	var list listJSON
	s.read("/api/exchanges?filter=props.state=new&offset=1&limit=1", &list)
	if list.Matched != 3 || list.Total != 4 || list.Last != 4 || len(list.Exchanges) != 1 || list.Exchanges[0].ID != 3 {
		t.Errorf("%+v", list)
	}
	want := Row{
		ID: 3, At: "2026-11-28T12:04:07Z", Method: "POST", Path: "/hooks/?n=1", Object: "ticket", ObjectID: "3", Event: "update",
		Summary: "state=new", Status: 204, DurationMs: 1.5, Size: 76,
	}
	want.Size = len(ticket(3, "new", 3))
	if diff := cmp.Diff(want, list.Exchanges[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	large := received(5, ticket(5, strings.Repeat("x", mostSummarized), 5))
	large.Path = "/in?token=hunter2"
	store.Add(large)
	s.read("/api/exchanges?offset=4", &list)
	if row := list.Exchanges[0]; row.Path != "/in?token=****" || row.Method != "POST" || row.Object != "ticket" || row.Errors != 1 {
		t.Errorf("a large exchange: %+v", row)
	}
	var d Detail
	s.read("/api/exchanges/3", &d)
	if d.Headers[2].Value != "****" || len(d.Findings) != 0 || !d.Body.Valid {
		t.Errorf("%+v", d)
	}
	s.read("/api/exchanges/2", &d)
	if len(d.Findings) != 1 || d.Findings[0].Line != 1 || d.Findings[0].Column != strings.Index(ticket(2, "opend", 2), `"opend"`)+1 ||
		!strings.Contains(d.Findings[0].Message, `did you mean "opened"`) {
		t.Errorf("%+v", d)
	}
	for query, want := range map[string]int{
		"filter=after:12:05":                     0,
		"filter=after:2026-11-28T12:05":          0,
		"filter=after:2026-11-28T12:05&zone=-60": 0,
		"filter=after:2026-11-28T21:04&zone=540": 5,
		"filter=after:21:05&zone=540":            0,
		"filter=after:21:04&zone=540":            5,
		"filter=after:07:34&zone=-270":           5,
		"filter=before:12:05&zone=99999":         5,
		"filter=before:12:05&zone=x":             5,
	} {
		if s.read("/api/exchanges?"+query, &list); list.Matched != want {
			t.Errorf("%s: %d match, want %d", query, list.Matched, want)
		}
	}
	status, text := s.get("/api/exchanges?filter=is:invald")
	if status != http.StatusBadRequest || text != `{"error":"is: \"invald\" is not a valid value","hint":"did you mean \"invalid\"? use invalid, valid, warning, drift, duplicate, late, gap, pinned, sent, forwarded, failed.","position":0}`+"\n" {
		t.Errorf("%d %s", status, text)
	}
}

// TestListPlaces removes exchanges from a list whose reader knows some of them.
func TestListPlaces(t *testing.T) {
	store := newStore(t, Options{Memory: 1 << 20})
	s := serve(t, store, Config{})
	add := func(n int) {
		for range n {
			store.Add(received(1, ticket(1, []string{"new", "opened"}[store.index.n%2], 1)))
		}
	}
	list := func(query string) (l listJSON) {
		s.read("/api/exchanges?limit=1&"+query, &l)
		return l
	}
	add(100)
	store.Pin(2, true)
	for query, want := range map[string][]int{
		"":                                       {},
		"places=":                                {},
		"places=1,100,101,0,x":                   {0, 99, 100, 0},
		"places=2,3&filter=id:3,4":               {0, 0},
		"places=2,3,4&filter=props.state=opened": {0, 1, 1},
	} {
		if diff := cmp.Diff(want, list(query).Places); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	add(10_000)
	status, _ := store.Status()
	first := status.Removed + 2 // besides the pinned one
	if status.Removed == 0 {
		t.Fatal("nothing was removed")
	}
	named := fmt.Sprintf("places=1,2,%d,%d", first, first+10)
	if diff := cmp.Diff([]int{0, 0, 1, 11}, list(named).Places); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A list that is paused has no later exchanges.
	for query, want := range map[string]int{
		fmt.Sprintf("last=%d", first+9):                           11,
		fmt.Sprintf("last=%d&filter=props.state=opened", first+9): 6,
		"last=1": 0,
		"last=x": int(status.Total),
	} {
		l := list(query + "&offset=10000")
		if l.Matched != want || l.Total != status.Total || len(l.Exchanges) != 0 {
			t.Errorf("%s: %d of %d and %d rows, want %d", query, l.Matched, l.Total, len(l.Exchanges), want)
		}
	}
}

func TestCheck(t *testing.T) {
	s := serve(t, newStore(t, Options{}), Config{})
	for body, want := range map[string]string{
		ticket(1, "new", 1):            `{"valid":true,"hasTime":true,"findings":[]}`,
		"{\n \"é\": tru}":              `{"valid":false,"hasTime":false,"problem":"invalid character '}' in literal true (expecting 'e')","line":2,"column":10,`,
		"{} {}":                        `{"valid":false,"hasTime":false,"problem":"a second value begins here","line":1,"column":4,`,
		"":                             `{"valid":false,"hasTime":false,"problem":"empty","line":1,"column":1,`,
		"{\"event\":\n\"updaet\"}":     `"message":"\"updaet\" is not a documented event; did you mean \"update\"?","documented":["create","update","delete"],"suggestion":"update","line":2,"column":1}`,
		`{"a":1,"a":2}`:                `{"valid":false,"hasTime":false,`,
		strings.Repeat("[", 1_000_000): `{"valid":false,"hasTime":false,"problem":"exceeded max depth"`,
	} {
		status, text := s.post("/api/check", map[string]string{"body": body})
		if status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%.50s: %d %.400s, want %s", body, status, text, want)
		}
	}
}
