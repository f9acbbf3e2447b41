package load

import (
	_ "embed"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

//go:embed page.html
var pageText string

// page is what page.html shows.
type page struct {
	*Outcome
	Byline   string
	Start    time.Time
	Duration time.Duration // with the last response
	Chart    chart
}

// WriteHTML writes the outcome as one self-contained page.
func (o *Outcome) WriteHTML(w io.Writer) error {
	t, err := report.ParsePage(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, page{o, "Loaded by apizee-hooks", o.Start.UTC(), o.Duration + o.Wait, o.timeline.chart()})
}

// Heading is the title of the document.
func (p page) Heading() string {
	return fmt.Sprintf("Load of %s: %s accepted", p.URL, p.Share(p.Accepted, p.Due()))
}

func (page) Share(n, of uint64) string { return Percent(n, of) }

// Short rounds to three digits.
func (page) Short(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}

// Bar returns the length of the bar of a bucket, in percent of the longest.
func (p page) Bar(b Bucket) float64 {
	var most uint64
	for _, each := range p.Histogram {
		most = max(most, each.N)
	}
	return 100 * float64(b.N) / float64(most)
}

// chart is a timeline, drawn in a plot of the given size. The latencies have a logarithmic scale,
// since the highest is often a hundred times the median.
type chart struct {
	Width  time.Duration // of a slice
	Slices []chartSlice
	Lines  []chartLine
	Time   []tick
	Scale  []tick
	Most   float64 // requests per second in a slice
}

const (
	plotWidth  = 880.
	plotHeight = 220. // of the latencies
	barHeight  = 70.  // of the requests
)

// chartSlice is a slice as a bar, whose upper part is the requests that failed, and as a
// row of a table.
type chartSlice struct {
	From, To           time.Duration
	Sent, Failed       int64
	P50, P99, Max      time.Duration
	X, Middle, Width   float64
	Top, Height, Fails float64 // Fails is the height of the upper part
}

type chartLine struct {
	Name       string
	Legend     float64 // its place
	Line, Dots string  // paths of SVG
}

type tick struct {
	At    float64
	Label string
}

func (t *timeline) chart() chart {
	c := chart{Width: t.width}
	lowest, highest, most := time.Hour, time.Duration(0), int64(0)
	for _, s := range t.slices {
		if l := &s.latencies; l.N > 0 {
			lowest, highest, most = min(lowest, l.Quantile(0.5)), max(highest, l.Max), max(most, l.N)
		}
	}
	if most == 0 {
		return c
	}
	c.Most = perSecond(uint64(most), t.width)
	scale := newScale(lowest, highest)
	c.Scale = scale.ticks()
	width := plotWidth / float64(len(t.slices))
	for i, s := range t.slices {
		l := &s.latencies
		bar := chartSlice{
			From: time.Duration(i) * t.width, To: time.Duration(i+1) * t.width, Sent: l.N, Failed: s.failed,
			P50: l.Quantile(0.5), P99: l.Quantile(0.99), Max: l.Max,
			X: float64(i) * width, Middle: (float64(i) + 0.5) * width, Width: width, Height: barHeight * float64(l.N) / float64(most),
		}
		bar.Top = barHeight - bar.Height
		bar.Fails = barHeight * float64(bar.Failed) / float64(most)
		c.Slices = append(c.Slices, bar)
	}
	for i, each := range []struct {
		name  string
		value func(chartSlice) time.Duration
	}{
		{"max", func(s chartSlice) time.Duration { return s.Max }},
		{"p99", func(s chartSlice) time.Duration { return s.P99 }},
		{"p50", func(s chartSlice) time.Duration { return s.P50 }},
	} {
		line := newChartLine(each.name, c.Slices, scale, each.value)
		line.Legend = 90 * float64(i)
		c.Lines = append(c.Lines, line)
	}
	c.Time = timeTicks(time.Duration(len(t.slices)) * t.width)
	return c
}

// newChartLine joins the slices in which something was sent.
func newChartLine(name string, slices []chartSlice, scale scale, value func(chartSlice) time.Duration) chartLine {
	var line, dots strings.Builder
	command := "M"
	for _, s := range slices {
		if s.Sent > 0 {
			y := scale.y(value(s))
			fmt.Fprintf(&line, "%s%.1f %.1f", command, s.Middle, y)
			fmt.Fprintf(&dots, "M%.1f %.1fh0", s.Middle, y)
			command = "L"
		}
	}
	return chartLine{Name: name, Line: line.String(), Dots: dots.String()}
}

// scale is the latencies from the bottom of a plot to its top.
type scale struct{ low, high time.Duration }

// newScale returns a scale between round latencies.
func newScale(lowest, highest time.Duration) scale {
	all := steps(time.Microsecond, time.Hour)
	last := len(all) - 1
	s := scale{all[0], all[last]}
	for _, step := range all[:last] {
		if step <= lowest {
			s.low = step
		}
		if step > highest {
			s.high = step
			break
		}
	}
	return s
}

// y returns the place of a latency, from the top of the plot.
func (s scale) y(d time.Duration) float64 {
	d = min(max(d, s.low), s.high)
	return plotHeight * (1 - math.Log(float64(d)/float64(s.low))/math.Log(float64(s.high)/float64(s.low)))
}

func (s scale) ticks() (ticks []tick) {
	each := steps(s.low, s.high)
	for i, step := range steps(time.Microsecond, time.Hour) {
		const most = 8
		if step >= s.low && step <= s.high && (len(each) <= most || i%3 == 0) {
			ticks = append(ticks, tick{s.y(step), roundText(step)})
		}
	}
	return ticks
}

// timeTicks divides a time into at most ten parts.
func timeTicks(total time.Duration) (ticks []tick) {
	const most, day = 10, 24 * time.Hour
	round := append(steps(time.Millisecond, 5*time.Second), 10*time.Second, 15*time.Second, 30*time.Second,
		time.Minute, 2*time.Minute, 5*time.Minute, 10*time.Minute, 15*time.Minute, 30*time.Minute, time.Hour, 2*time.Hour, 6*time.Hour, 12*time.Hour)
	step := (total/most + day - 1).Truncate(day)
	if i := slices.IndexFunc(round, func(each time.Duration) bool { return total <= most*each }); i >= 0 {
		step = round[i]
	}
	for at := time.Duration(0); at <= total; at += step {
		ticks = append(ticks, tick{plotWidth * float64(at) / float64(total), roundText(at)})
	}
	return ticks
}

// steps returns times that grow by factors of about two, as 1 ms, 2 ms, 5 ms, 10 ms.
func steps(first, last time.Duration) (all []time.Duration) {
	for unit := first; ; unit *= 10 {
		for _, step := range []time.Duration{unit, 2 * unit, 5 * unit} {
			if step > last {
				return all
			}
			all = append(all, step)
		}
	}
}

// roundText omits what is zero, as in 1m0s.
func roundText(d time.Duration) string {
	text := d.String()
	if text != "0s" {
		text = strings.Replace(strings.Replace(text, "m0s", "m", 1), "h0m", "h", 1)
	}
	return text
}
