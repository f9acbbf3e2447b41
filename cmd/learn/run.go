package learn

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// learning is one run of the command.
type learning struct {
	*options
	scrubber *redact.Scrubber
	learner  *shape.Learner
	before   int // events of the baseline to update
	writing  shape.Writing
	skipped  skipped
	copies   map[string]*copied // of files that can be read only once
}

// skipped is input that is not an event.
type skipped struct {
	n     int
	first string // place and reason
}

func run(ctx context.Context, o *options) error {
	l, err := o.prepare(ctx)
	if err != nil {
		return err
	}
	if err := l.learn(ctx); err != nil {
		return err
	}
	l.scrubber.KeepNamesOf(l.learner.Baseline.Fold())
	files, err := l.learner.Files(l.writing)
	if err != nil {
		return err
	}
	rows, err := l.search(ctx)
	if err != nil {
		return err
	}
	written, err := l.write(ctx, files)
	if err != nil {
		return err
	}
	l.noteLimits(files)
	return l.show(written, rows)
}

// noteLimits says what is beyond the limits of what is learned.
func (l *learning) noteLimits(files map[string][]byte) {
	if paths := l.learner.Baseline.Full(); len(paths) > 0 {
		l.Note(fmt.Sprintf("more than %d names in %s; the names of the others are replaced, and their values are counted together.", shape.MaxMembers, strings.Join(paths, ", ")))
	}
	if l.out == "" {
		return
	}
	var kinds []string
	for _, kind := range l.learner.Untemplated(files) {
		kinds = append(kinds, kind.String())
	}
	if len(kinds) > 0 {
		l.Note(fmt.Sprintf("no template of %s: all events are larger than %d KiB, nested deeper than %d levels or have duplicate names.",
			strings.Join(kinds, ", "), shape.MaxExample>>10, shape.MaxDepth))
	}
}

// prepare reports every error before reading events.
func (o *options) prepare(ctx context.Context) (*learning, error) {
	speed, err := o.pace.Factor()
	if err != nil {
		return nil, err
	}
	if i := slices.Index(o.files, "-"); i >= 0 && slices.Contains(o.files[i+1:], "-") {
		return nil, cli.Usagef("standard input is given twice")
	}
	if err := o.checkOut(); err != nil {
		return nil, err
	}
	key, err := o.readKey(ctx)
	if err != nil {
		return nil, err
	}
	l := &learning{options: o, scrubber: o.Scrubber(key, o.keep), copies: map[string]*copied{}}
	l.writing = shape.Writing{Scrub: l.scrubber.JSON, Speed: speed, MaxGap: o.pace.MaxGap}
	baseline := shape.New(shape.NewRules(o.Catalog, l.scrubber))
	if o.update != "" {
		if baseline, err = o.ReadBaseline(ctx, "--update", o.update, l.scrubber); err != nil {
			return nil, err
		}
	}
	l.before = baseline.Events
	l.learner = shape.NewLearner(baseline)
	return l, nil
}

// checkOut reports a file in the place of the directory, or of one that it is in.
func (o *options) checkOut() error {
	for dir := filepath.Clean(o.out); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir() && dir == filepath.Clean(o.out):
			return cli.Usage(fmt.Errorf("--out %s: not a directory", o.out), "use another path.")
		case err == nil && !info.IsDir():
			return cli.Usage(fmt.Errorf("--out %s: %s is not a directory", o.out, dir), "use another path.")
		case err == nil || dir == filepath.Dir(dir):
			return nil
		}
	}
}

// learn learns from all files.
func (l *learning) learn(ctx context.Context) error {
	for _, file := range l.files {
		err := l.each(ctx, file, func(event cli.InputEvent) error {
			if event.Truncated {
				l.Note(at(file, event) + ": truncated entry skipped.")
				return nil
			}
			body, received := event.Body(), time.Time{}
			if event.Entry != nil {
				received = event.Entry.ReceivedAt
			}
			reason := invalid(body)
			if reason == "" && !l.learner.Add(body, received) {
				reason = "JSON without the fields of an event"
			}
			if reason != "" {
				if l.skipped.n++; l.skipped.n == 1 {
					l.skipped.first = at(file, event) + ": " + reason
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	const hint = "learn reads recordings of `apizee-hooks listen --record`, and events as JSON Lines."
	switch {
	case l.learner.Baseline.Events > l.before:
	case l.skipped.n > 0:
		return cli.Usage(fmt.Errorf("no event in the input: %s", l.skipped.first), hint)
	default:
		return cli.Usage(fmt.Errorf("%s has no event", name(l.files[0])), hint)
	}
	if l.skipped.n > 0 {
		l.Note(fmt.Sprintf("%s skipped; the first is %s.", console.Plural(l.skipped.n, "value"), l.skipped.first))
	}
	return nil
}

// at returns the place of an event, for messages.
func at(file string, event cli.InputEvent) string {
	return fmt.Sprintf("%s:%d", name(file), event.Line)
}

// invalid returns why nothing can be learned from a text, or "".
func invalid(text string) string {
	if shape.IsObject(text) {
		return ""
	}
	switch value := jsontext.Value(text); {
	case value.IsValid(jsontext.AllowDuplicateNames(true)):
		return "not a JSON object"
	case value.IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)):
		return "invalid UTF-8"
	}
	return "not JSON"
}

// each reads the events of a file.
func (l *learning) each(ctx context.Context, file string, do func(event cli.InputEvent) error) error {
	in, err := l.open(ctx, file)
	if err != nil {
		return err
	}
	defer in.Close()
	events := cli.NewEvents(in, file, name(file))
	for {
		event, err := events.Next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if err := do(event); err != nil {
			return err
		}
	}
}

func name(file string) string {
	if file == "-" {
		return "stdin"
	}
	return file
}

// open opens a file. What can be read only once, such as standard input, is copied, and read from the copy
// the second time.
func (l *learning) open(ctx context.Context, file string) (io.ReadCloser, error) {
	if c := l.copies[file]; c != nil {
		return io.NopCloser(bytes.NewReader(c.text)), nil
	}
	in, _, err := l.Open(ctx, file)
	if info, statErr := os.Stat(file); err != nil || file != "-" && statErr == nil && info.Mode().IsRegular() {
		return in, err
	}
	c := &copied{}
	l.copies[file] = c
	return struct {
		io.Reader
		io.Closer
	}{io.TeeReader(in, c), in}, nil
}

// copied is what was read of a file, unless that is too much.
type copied struct {
	text    []byte
	tooMuch bool
}

// mostCopied is the most bytes that are copied of a file.
const mostCopied = 64 << 20

func (c *copied) Write(p []byte) (int, error) {
	if c.tooMuch = c.tooMuch || len(c.text)+len(p) > mostCopied; c.tooMuch {
		c.text = nil
	} else {
		c.text = append(c.text, p...)
	}
	return len(p), nil
}

// allSearched reports whether all files can be read again.
func (l *learning) allSearched() bool {
	for _, c := range l.copies {
		if c.tooMuch {
			return false
		}
	}
	return true
}
