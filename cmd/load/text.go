package load

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/load"
)

// printer prints the beginning, the progress and the results of a load.
type printer struct {
	*options
	load    load.Options
	palette console.Palette
	bar     *progressBar
}

func newPrinter(o *options, spec load.Options) *printer {
	return &printer{options: o, load: spec, palette: o.Out(), bar: newProgressBar(o.App)}
}

func (l *printer) begin() {
	if l.NoText() {
		return
	}
	pace, p := l.load.Pace, l.palette
	fmt.Fprintf(l.Text(), "%s %s at %s%s\n", p.Strong("→"), console.Plural(int(pace.Requests()), "event"), pace, show.FaultLabel(p, l.load.Fault.Name))
	fmt.Fprintf(l.Text(), "  %s\n", p.Dim("POST "+console.Safe(deliver.ShowURL(l.load.Target.URL, l.ShowSecrets))+
		fmt.Sprintf("  (--seed %d)", l.load.Seed)))
}

func (l *printer) progress(p load.Progress) { l.bar.show(p.Done, p.Planned) }

// end prints the report.
func (l *printer) end(o *load.Outcome) {
	l.bar.clear()
	if l.NoText() {
		return
	}
	p := l.palette
	fmt.Fprintln(l.Text(), console.Flow([]console.Cell{
		{Text: "←", Paint: p.Strong},
		{Text: fmt.Sprintf("%d of %d sent in %s, %.1f/s;", o.Sent, o.Planned, console.Duration(o.Duration), o.Rate)},
		console.Cell{Text: fmt.Sprintf("%d accepted (%s)", o.Accepted, load.Percent(o.Accepted, o.Due())), Paint: p.OK}.Marked(","),
		show.Count(p.Finding, int(o.Failed()), "not accepted"),
	}, l.Width(), len("  ")))
	if o.Aborted > 0 {
		fmt.Fprintf(l.Text(), "  %s\n", p.Warning(fmt.Sprintf("%d aborted by the fault", o.Aborted)))
	}
	if o.Unsent > 0 {
		fmt.Fprintf(l.Text(), "  %s\n", p.Finding(fmt.Sprintf("%d not sent on time: the endpoint or this machine was too slow for the rate", o.Unsent)))
	}
	if o.Canceled > 0 {
		fmt.Fprintf(l.Text(), "  %s\n", p.Warning(fmt.Sprintf("%d in flight when the load was interrupted; not counted", o.Canceled)))
	}
	l.latencies(o)
	l.counts("status", o.Statuses)
	l.counts("errors", o.Errors)
}

func (l *printer) latencies(o *load.Outcome) {
	if o.Sent == 0 {
		return
	}
	p := l.palette
	cells := []console.Cell{{Text: "latency", Paint: p.Strong}}
	for _, each := range []struct {
		name string
		d    time.Duration
	}{{" min", o.Min}, {"mean", o.Mean}, {"p50", o.P50}, {"p90", o.P90}, {"p95", o.P95}, {"p99", o.P99}, {"max", o.Max}} {
		cells = append(cells, console.Cell{Text: each.name + " " + console.Duration(each.d) + ","})
	}
	last := &cells[len(cells)-1]
	last.Text = strings.TrimSuffix(last.Text, ",")
	fmt.Fprintf(l.Text(), "\n%s\n", console.Flow(cells, l.Width(), len("  ")))
	console.Table{Rows: histogramRows(p, o.Histogram, o.Sent, l.Width()), Width: l.Width()}.WriteTo(l.Text())
}

// histogramRows draws the buckets, the largest one with the longest bar.
func histogramRows(p console.Palette, buckets []load.Bucket, total uint64, width int) [][]console.Cell {
	var longest, most uint64 = 40, 1
	if width > 0 {
		const otherColumns = len("  500µs – 1ms  1000000  99.99%  ")
		longest = uint64(min(max(width-otherColumns, 1), int(longest)))
	}
	for _, b := range buckets {
		most = max(most, b.N)
	}
	var rows [][]console.Cell
	for _, b := range buckets {
		bar := strings.Repeat("█", int(b.N*longest/most))
		if b.N > 0 && bar == "" {
			bar = "▏"
		}
		rows = append(rows, []console.Cell{
			{Text: "  " + b.String()}, {Text: fmt.Sprint(b.N)},
			{Text: load.Percent(b.N, total), Paint: p.Dim}, {Text: bar, Paint: p.Value},
		})
	}
	return rows
}

func (l *printer) counts(title string, counts []load.Count) {
	if len(counts) == 0 {
		return
	}
	fmt.Fprintf(l.Text(), "\n%s\n", l.palette.Strong(title))
	var rows [][]console.Cell
	for _, c := range counts {
		rows = append(rows, console.Cells(nil, "  "+c.Name, fmt.Sprint(c.N)))
	}
	console.Table{Rows: rows, Width: l.Width()}.WriteTo(l.Text())
}

// verdict returns the error that determines the exit code.
func (l *printer) verdict(o *load.Outcome) error {
	if o.Sent > 0 && len(o.Statuses) == 0 && l.load.Fault.Name == "" {
		return cli.Unreachable(fmt.Errorf("no response: %s", o.Errors[0].Name), "run `apizee-hooks send ticket` with the same endpoint to find the cause.")
	}
	if len(l.failIf) == 0 {
		if missing := o.Failed() + o.Unsent; missing > 0 {
			return l.Negative("%d of %s not accepted", missing, console.Plural(int(o.Due()), "event"))
		}
		return nil
	}
	var all []string
	for _, c := range l.failIf {
		if met, actual := c.Met(o); met {
			all = append(all, fmt.Sprintf("condition met: %s (actual: %s)", c, actual))
		}
	}
	switch {
	case len(all) == 0:
		return nil
	case l.JSON:
		return cli.NegativeBecause(errors.New(strings.Join(all, "\n")), "")
	}
	for _, text := range all {
		fmt.Fprintf(l.Stderr, "%s\n", l.Err().Finding("✗ "+text))
	}
	return cli.Negative()
}
