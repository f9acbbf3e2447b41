package learn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// search looks for the values of all events in what will be written, except for counts, pauses and the
// period. Of what cannot be read again, only the values of the examples are searched for.
func (l *learning) search(ctx context.Context) ([]redact.Row, error) {
	blank := l.writing
	blank.Blank = true
	files, err := l.learner.Files(blank)
	if err != nil {
		return nil, err
	}
	blank.Scrub = l.scrubber.Blank().JSON
	skeleton, err := l.learner.Files(blank)
	if err != nil {
		return nil, err
	}
	delete(skeleton, shape.BaselineFile) // its numbers are counts and rounded ranges
	public, err := l.public()
	if err != nil {
		return nil, err
	}
	search := l.scrubber.NewLeakSearch(redact.Output{Files: files, Skeleton: skeleton, Public: public})
	for _, file := range l.files {
		err := l.each(ctx, file, func(event cli.InputEvent) error {
			_ = search.JSON(event.Body()) // an error means that nothing was learned from it
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if !l.allSearched() {
		for _, example := range l.learner.Examples() {
			if err := search.JSON(example); err != nil {
				return nil, err
			}
		}
	}
	if err := search.Err(); err != nil {
		return nil, cli.NegativeBecause(fmt.Errorf("%w; nothing was written", err), leakHint(err))
	}
	rows := search.Report()
	for _, path := range l.keep {
		all, isAll := strings.CutSuffix(path, "*") // of the names there
		if !slices.ContainsFunc(rows, func(r redact.Row) bool { return r.Path == path || isAll && strings.HasPrefix(r.Path, all) }) {
			l.Note("--keep " + path + ": no value is at this path.")
		}
	}
	return rows, nil
}

// leakHint says what to do about a value that was found.
func leakHint(err error) string {
	var leak *redact.LeakError
	if !errors.As(err, &leak) || leak.Path == "" {
		return ""
	}
	return "if no value there is a secret, keep them with --keep " + leak.Path + "; otherwise leave these events out, and report a bug."
}

// sample has a value of each type and of each format, for what a baseline says about them.
const sample = `{"event":"other","object":"other","props":{"a":["","a b","2024-01-02","2024-01-02T03:04:05Z","a@b.fr","+33612345678","http://a.fr/",` +
	`"10.1.2.3","1","1.5","734e3a7b-eb17-4d3f-901d-bcff178b0000","734e3a7b-eb17-4d3f-901d-bcff178b","ghp0123456789abcdefXYZ",1,1.5,true,null,[],{"1":1}]}}`

// public returns the same files made from the examples of the catalog, and what they say about other events, in
// which there are no values.
func (l *learning) public() ([][]byte, error) {
	examples := shape.NewLearner(shape.New(shape.NewRules(l.Catalog, l.scrubber)))
	others := shape.NewLearner(shape.New(shape.NewRules(l.Catalog, l.scrubber)))
	for _, object := range append(l.Catalog.ObjectNames(), "other") {
		for _, event := range append(l.Catalog.EventNames(), "other") {
			others.Add(fmt.Sprintf(`{"event":%q,"object":%q}`, event, object), time.Time{})
			if object == "other" || event == "other" {
				continue
			}
			body, _, err := payload.Build(l.Catalog, payload.Spec{Object: object, Event: event, Undocumented: true}, 0)
			if err != nil {
				return nil, err
			}
			examples.Add(string(body), time.Time{})
		}
	}
	others.Add(sample, time.Time{})
	asIs := func(event []byte) ([]byte, error) { return event, nil }
	public, err := l.publicFiles(examples, asIs)
	if err != nil {
		return nil, err
	}
	more, err := l.publicFiles(others, l.scrubber.Blank().JSON)
	return append(public, more...), err
}

// publicFiles returns the files of a learner of events that are public.
func (l *learning) publicFiles(learner *shape.Learner, scrub func([]byte) ([]byte, error)) ([][]byte, error) {
	files, err := learner.Files(shape.Writing{Scrub: scrub, Speed: l.writing.Speed, MaxGap: l.pace.MaxGap})
	if err != nil {
		return nil, err
	}
	var public [][]byte
	for name, text := range files {
		public = append(public, []byte(name+"\n"+string(text)))
	}
	return public, nil
}
