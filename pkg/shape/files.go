package shape

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// Writing says how the files of a learner are written.
type Writing struct {
	// Scrub returns an event without its values.
	Scrub func(event []byte) ([]byte, error)
	// Speed divides the gaps between events: 1 keeps them, 0 removes them.
	Speed float64
	// MaxGap is the longest pause; 0 is unlimited.
	MaxGap time.Duration
	// Blank writes 0 in place of all counts and pauses, and no period: what comes from no value that is
	// replaced, and may be the same as one.
	Blank bool
}

// count returns a number to write.
func (w Writing) count(n int) int {
	if w.Blank {
		return 0
	}
	return n
}

// BaselineFile is the name of the file with the baseline.
const BaselineFile = "baseline.json"

// mostTemplates is how many sets of props of one kind of event get a template.
const mostTemplates = 5

// Files returns what was learned, by the names of files: a template of each kind of event, the most
// frequent lives of objects as scenarios, and the baseline.
func (l *Learner) Files(w Writing) (map[string][]byte, error) {
	l.lives.endAll()
	families, err := l.families(w)
	if err != nil {
		return nil, err
	}
	baseline := *l.Baseline
	if w.Blank {
		baseline.Since, baseline.Until = time.Time{}, time.Time{}
	}
	files := map[string][]byte{BaselineFile: baseline.Schema()}
	for _, family := range families {
		for i, e := range family {
			if text := e.template(w); i < mostTemplates && len(text) <= payload.MaxTemplate {
				files[templateFile(e.kind, i)] = text
			}
		}
	}
	scenarios, err := l.scenarios(w, families)
	if err != nil {
		return nil, err
	}
	for name, text := range scenarios {
		files["scenarios/"+name+".yaml"] = text
	}
	return files, nil
}

// templateFile returns the name of the file with the template of the i-th most frequent set of props.
func templateFile(k Kind, i int) string {
	name := "templates/" + fileName(k)
	if i > 0 {
		name += "-" + strconv.Itoa(i+1)
	}
	return name + ".json"
}

// Untemplated returns the kinds of learned events of which files have no template, because all were too
// large or too deep, or had duplicate names.
func (l *Learner) Untemplated(files map[string][]byte) []Kind {
	kinds := map[Kind]bool{}
	for key := range l.examples.entries {
		kinds[key.kind] = true
		for i := range mostTemplates {
			if files[templateFile(key.kind, i)] != nil {
				delete(kinds, key.kind)
			}
		}
	}
	return slices.SortedFunc(maps.Keys(kinds), Kind.compare)
}

// scrubbed is an example without its values.
type scrubbed struct {
	*example
	kind    Kind
	n, of   int      // how many events have its props, and how many there are
	text    string   // JSON
	times   []string // names of props that are documented times
	members []member
}

// member is one of an object, with its JSON.
type member struct{ name, value string }

// value returns the JSON of a member, "" if it is missing.
func (e scrubbed) value(name string) string {
	if i := slices.IndexFunc(e.members, func(m member) bool { return m.name == name }); i >= 0 {
		return e.members[i].value
	}
	return ""
}

// families returns the examples of each kind, scrubbed, the most frequent first.
func (l *Learner) families(w Writing) (map[Kind][]scrubbed, error) {
	families := map[Kind][]scrubbed{}
	for _, c := range l.examples.sorted() {
		if c.value == nil { // all were too large, or had duplicate names
			continue
		}
		kind := c.key.kind
		e, err := l.scrubbed(w, kind, c.value)
		if err != nil {
			return nil, err
		}
		e.n, e.of = c.n, l.Baseline.kinds[kind].Events
		families[kind] = append(families[kind], e)
	}
	return families, nil
}

func (l *Learner) scrubbed(w Writing, k Kind, e *example) (scrubbed, error) {
	text, err := w.Scrub([]byte(e.event))
	if err != nil {
		return scrubbed{}, fmt.Errorf("scrub an event: %w", err)
	}
	return scrubbed{example: e, kind: k, text: string(text), members: members(string(text)), times: l.Baseline.words.object(k.Object).times}, nil
}

// members returns the members of an object.
func members(text string) []member {
	var list []member
	for in := jsonscan.Object(text); in.More(); {
		list = append(list, member{in.Name(), in.Skip()})
	}
	return list
}

// fileName returns a name for files about a kind, such as ticket-update-invited.
func fileName(k Kind) string {
	words := []string{cmp.Or(k.Object, "other")}
	for _, word := range []string{k.Event, k.Word} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.ReplaceAll(strings.Join(words, "-"), ".", "-")
}

// learned is in the comment of each file.
const learned = "Learned by apizee-hooks"

// template returns the example as a template, with the current time and a variable for the ID.
func (e scrubbed) template(w Writing) []byte {
	var out bytes.Buffer
	with := ""
	if names := e.named(); len(names) > 0 {
		with = " with " + strings.Join(names, ", ")
	}
	fmt.Fprintf(&out, "{{/* %s: %s%s, as in %d of %d events. */}}\n{", learned, e.kind, with, w.count(e.n), w.count(e.of))
	e.writeMembers(&out, e.members, "  ", e.action)
	out.WriteString("\n}\n")
	return out.Bytes()
}

// writeMembers writes members, each on a line of its own, with the given values.
func (e scrubbed) writeMembers(out *bytes.Buffer, members []member, indent string, value func(m member) string) {
	for i, m := range members {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(out, "\n%s%s: %s", indent, literal(quote(m.name)), value(m))
	}
}

// named returns the names of the props without those that are data.
func (e scrubbed) named() []string {
	var names []string
	for _, p := range members(e.value("props")) {
		if slices.Contains(e.props, p.name) && !strings.Contains(p.name, "*/") {
			names = append(names, p.name)
		}
	}
	return names
}

// action returns the value of a field in a template.
func (e scrubbed) action(m member) string {
	switch {
	case m.name == "time" && typeOf(m.value[0]) == Number:
		return "{{ unix }}"
	case m.name == "objectId" && isInt64(m.value):
		return "{{ .id | default " + m.value + " | toJson }}"
	case m.name == "objectId" && typeOf(m.value[0]) == Text:
		return "{{ .id | default " + strconv.Quote(jsonscan.Unquote(m.value)) + " | toJson }}"
	case m.name == "props" && len(members(m.value)) > 0:
		var out bytes.Buffer
		out.WriteByte('{')
		e.writeMembers(&out, members(m.value), "    ", func(prop member) string {
			if e.isTime(prop) {
				return `"{{ rfc3339 }}"`
			}
			return indented(prop.value, "    ")
		})
		out.WriteString("\n  }")
		return out.String()
	}
	return indented(m.value, "  ")
}

// isInt64 reports whether JSON is a number that a template can have: it would reject or round another,
// which stays as it was captured.
func isInt64(json string) bool {
	n, err := strconv.ParseInt(json, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == json
}

// isTime reports whether a prop is a documented time, which is that of the event.
func (e scrubbed) isTime(prop member) bool {
	return slices.Contains(e.times, prop.name) && apizee.IsDateTime(jsonscan.Unquote(prop.value))
}

// indented returns JSON as a template has it, after an indent.
func indented(json, indent string) string {
	value := jsontext.Value(json)
	if err := value.Indent(jsontext.WithIndentPrefix(indent), jsontext.WithIndent("  ")); err != nil {
		return literal(json)
	}
	return literal(string(value))
}

// literal returns JSON in which a template finds no actions.
func literal(json string) string { return strings.ReplaceAll(json, "{{", `{\u007b`) }

func quote(text string) string {
	quoted, _ := jsontext.AppendQuote(nil, text) // invalid UTF-8 is replaced
	return string(quoted)
}
