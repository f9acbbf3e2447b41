package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// page is what an open page does: it follows the live events, and after each message it fetches the rows
// that it shows.
type page struct {
	url    *url.URL // with the token
	filter string
	detail bool // open the last event after each message
	leave  int  // leave and return after this many messages; 0 is never
	asleep bool // never read the live events

	stop context.CancelFunc
	done chan struct{}

	mu       sync.Mutex
	shown    string // objectId of the last row
	failures []error
}

// open opens ten pages.
func open(u *url.URL) []*page {
	pages := []*page{
		{}, {}, {}, {detail: true}, {detail: true}, {filter: "object=ticket"}, {filter: "props.state=invited status:204"},
		{filter: "INVITED"}, {leave: 7}, {asleep: true},
	}
	for _, p := range pages {
		var ctx context.Context
		ctx, p.stop = context.WithCancel(context.Background())
		p.url, p.done = u, make(chan struct{})
		go func() {
			defer close(p.done)
			p.follow(ctx)
		}()
	}
	return pages
}

// closeAll closes the pages, and returns what failed.
func closeAll(pages []*page) (failures []error) {
	for _, p := range pages {
		p.stop()
		<-p.done
		failures = append(failures, p.failures...)
	}
	return failures
}

// follow reads the live events until the page is closed.
func (p *page) follow(ctx context.Context) {
	for last := ""; ctx.Err() == nil; {
		response, err := p.get(ctx, "/api/live", nil, last)
		if err != nil {
			p.fail(ctx, err)
			return
		}
		if p.asleep {
			<-ctx.Done()
		}
		messages := 0
		for lines := bufio.NewScanner(response.Body); lines.Scan() && (p.leave == 0 || messages < p.leave); {
			if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				last = id
			} else if strings.HasPrefix(lines.Text(), "data: ") {
				messages++
				p.fail(ctx, p.show(ctx))
			}
		}
		response.Body.Close()
	}
}

// list is a response of the API.
type list struct {
	Total, Matched, Removed int64
	Memory                  struct{ Used, Limit int64 }
	Exchanges               []struct {
		ID       int64
		ObjectID string
		Gone     bool
	}
}

// show fetches the last rows, and perhaps the last event.
func (p *page) show(ctx context.Context) error {
	// As the page does, which knows the number of rows from the response before.
	var first, rows list
	if err := p.read(ctx, "/api/exchanges", url.Values{"filter": {p.filter}, "limit": {"0"}}, &first); err != nil {
		return err
	}
	from := max(first.Matched-50, 0)
	if err := p.read(ctx, "/api/exchanges", url.Values{"filter": {p.filter}, "offset": {strconv.FormatInt(from, 10)}, "limit": {"1000"}}, &rows); err != nil {
		return err
	}
	if len(rows.Exchanges) == 0 {
		return nil
	}
	last := rows.Exchanges[len(rows.Exchanges)-1]
	p.mu.Lock()
	p.shown = last.ObjectID
	p.mu.Unlock()
	if !p.detail {
		return nil
	}
	var detail struct{ ID int64 }
	return p.read(ctx, fmt.Sprintf("/api/exchanges/%d", last.ID), nil, &detail)
}

// sees reports whether the page shows an event at its end, or will soon. One that is asleep fetches it when it wakes.
func (p *page) sees(n int64, within time.Duration) bool {
	for end := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		if p.asleep {
			p.fail(context.Background(), p.show(context.Background()))
		}
		p.mu.Lock()
		seen := p.shown == strconv.FormatInt(n, 10)
		p.mu.Unlock()
		if seen || time.Now().After(end) {
			return seen
		}
	}
}

// status fetches the state of the store.
func (p *page) status() (now list, err error) {
	return now, p.read(context.Background(), "/api/status", nil, &now)
}

// all fetches all rows, and returns their number, and how many events there are more than once.
func (p *page) all(events int64) (listed, twice int64, err error) {
	seen := make([]bool, events)
	for {
		var rows list
		query := url.Values{"offset": {strconv.FormatInt(listed, 10)}, "limit": {"1000"}}
		if err := p.read(context.Background(), "/api/exchanges", query, &rows); err != nil {
			return listed, twice, err
		}
		if len(rows.Exchanges) == 0 {
			return listed, twice, nil
		}
		for _, row := range rows.Exchanges {
			n, err := strconv.ParseInt(row.ObjectID, 10, 64)
			if err != nil || n < 0 || n >= events || row.Gone {
				return listed, twice, fmt.Errorf("row %d has another event: %+v", listed, row)
			}
			if seen[n] {
				twice++
			}
			seen[n] = true
			listed++
		}
	}
}

// read fetches JSON.
func (p *page) read(ctx context.Context, path string, query url.Values, value any) error {
	response, err := p.get(ctx, path, query, "")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return json.NewDecoder(response.Body).Decode(value)
}

func (p *page) get(ctx context.Context, path string, query url.Values, last string) (*http.Response, error) {
	u := url.URL{Scheme: "http", Host: p.url.Host, Path: path, RawQuery: query.Encode()}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+p.url.Query().Get("token"))
	if last != "" {
		request.Header.Set("Last-Event-ID", last)
	}
	response, err := http.DefaultClient.Do(request)
	if err == nil && response.StatusCode != http.StatusOK {
		response.Body.Close()
		err = fmt.Errorf("%s: %s", path, response.Status)
	}
	return response, err
}

// fail keeps an error, unless the page is being closed.
func (p *page) fail(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.failures = append(p.failures, err)
	}
}
