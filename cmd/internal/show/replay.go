package show

import (
	"fmt"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/replay"
)

// Replay shows the deliveries of a replay.
type Replay struct{ Style }

// In returns the printer for a form.
func (s Replay) In(form Form) Printer[replay.Delivery, deliver.Summary] {
	object := func(x replay.Delivery) any { return s.delivery(x.Request, x.Result, "") }
	return printerOf[replay.Delivery, deliver.Summary](form, s.Quiet, object, replayText{Style: s.Style})
}

type replayText struct {
	silent[replay.Delivery, deliver.Summary]
	Style
}

// Item adds an entry and the result of its delivery, on one line where there is room.
func (s replayText) Item(dst []byte, x replay.Delivery) []byte {
	out, plain, number := s.Palette, console.Palette{}, fmt.Sprintf("#%d ", x.Entry)
	line := console.Flow([]console.Cell{
		{Text: number + s.entry(plain, x), Paint: func(string) string { return out.Dim(number) + s.entry(out, x) }},
		{Text: "← " + s.verdict(plain, x.Request.Target, x.Result) + " ", Paint: func(string) string {
			return out.Strong("←") + " " + s.verdict(out, x.Request.Target, x.Result) + " "
		}},
		{Text: s.took(x.Result), Paint: out.Dim},
	}, s.width(), len("  "))
	dst = append(append(dst, line...), '\n')
	if s.Verbose {
		dst = s.detail(dst, x)
	}
	return dst
}

func (s replayText) detail(dst []byte, x replay.Delivery) []byte {
	dst = s.dim(dst, len("  "), s.requestText(x.Request))
	dst = s.requestHeaders(dst, x.Request)
	dst = s.through(dst, x.Result)
	if x.Result.Status != 0 {
		dst = s.dim(dst, len("  "), fmt.Sprintf("%s %d %s", x.Result.Proto, x.Result.Status, x.Result.StatusText))
	}
	return s.responseHeaders(dst, x.Request.Target, x.Result)
}

// entry returns the event, or the request line of another request.
func (s replayText) entry(p console.Palette, x replay.Delivery) string {
	if isNamed(x.Event) {
		return Event(p, x.Event)
	}
	return p.Dim(console.Safe(x.Request.Method + " " + s.path(x.Request.URL.RequestURI())))
}

// End adds the summary.
func (s replayText) End(dst []byte, sum deliver.Summary) []byte {
	if sum.Sent == 0 {
		return dst
	}
	return s.deliveries(dst, sum)
}
