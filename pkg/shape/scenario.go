package shape

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// mostLives is how many orders of events of one object become scenarios.
const mostLives = 3

// scenarios returns the most frequent orders of events, by name.
func (l *Learner) scenarios(w Writing, families map[Kind][]scrubbed) (map[string][]byte, error) {
	files := map[string][]byte{}
	numbers := map[string]int{}
	for _, c := range l.lives.orders.sorted() {
		s := scenario{Writing: w, catalog: l.Baseline.rules.Catalog, order: c.value, n: c.n, least: l.lives.orders.reduced > 0}
		object := l.Baseline.order[c.value.steps[0]].Kind.Object
		isTypical := c.n > 1 || numbers[object] == 0
		if numbers[object] == mostLives || !isTypical {
			continue
		}
		var err error
		if s.events, err = l.stepsOf(w, c.value, families); err != nil {
			return nil, err
		}
		if len(s.events) < len(c.value.steps) || !s.isWritable() {
			continue
		}
		numbers[object]++
		s.name = fmt.Sprintf("%s life %d", object, numbers[object])
		text, err := s.text()
		if err != nil {
			return nil, fmt.Errorf("write the scenario %s: %w", s.name, err)
		}
		files[fmt.Sprintf("%s-life-%d", fileName(Kind{Object: object}), numbers[object])] = text
	}
	return files, nil
}

// stepsOf returns the events of an order, scrubbed: those of one object if they were kept, else the example
// of each kind, as far as there is one.
func (l *Learner) stepsOf(w Writing, o *order, families map[Kind][]scrubbed) ([]scrubbed, error) {
	var steps []scrubbed
	for i, index := range o.steps {
		kind := l.Baseline.order[index].Kind
		switch family := families[kind]; {
		case o.events != nil:
			e, err := l.scrubbed(w, kind, &example{event: o.events[i]})
			if err != nil {
				return nil, err
			}
			steps = append(steps, e)
		case family != nil:
			steps = append(steps, family[0])
		}
	}
	return steps, nil
}

// scenario is an order of events, to be written as a scenario.
type scenario struct {
	Writing
	catalog *apizee.Catalog
	order   *order
	n       int  // objects with this order
	least   bool // whether there may be more
	name    string
	events  []scrubbed // of each step
}

func (s scenario) text() ([]byte, error) {
	many := fmt.Sprintf("%d captured lives", s.count(s.n))
	if s.n == 1 {
		many = strings.TrimSuffix(many, "lives") + "life"
	}
	if s.least {
		many = "at least " + many
	}
	steps := &yaml.Node{Kind: yaml.SequenceNode}
	for i, e := range s.events {
		if gap := s.order.typical(i); i > 0 && s.pause(gap) > 0 {
			pause := scalar("!!str", s.written(s.pause(gap)))
			pause.LineComment = "# captured: " + s.written(gap)
			steps.Content = append(steps.Content, mapping("pause", pause))
		}
		steps.Content = append(steps.Content, s.step(e))
	}
	document := mapping(
		"name", text(strings.ToUpper(s.name[:1])+s.name[1:]+": "+s.words()),
		"description", text(learned+": "+s.words()+", as in "+many+"."),
		"vars", mapping("id", fromJSON(s.id())),
		"steps", steps,
	)
	var out bytes.Buffer
	out.WriteString("# " + learned + ". Values are pseudonyms; a pause is the median gap, changed by --speed and --max-gap.\n")
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := encoder.Encode(document)
	return out.Bytes(), err
}

// words returns what happens, such as "new, invited, closed".
func (s scenario) words() string {
	var words []string
	for _, e := range s.events {
		word := e.kind.Word
		if word == "" {
			word = e.kind.Event
		}
		if len(words) == 0 || words[len(words)-1] != word {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// pause returns the pause for a gap.
func (s scenario) pause(gap time.Duration) time.Duration {
	if s.Speed == 0 {
		return 0
	}
	pause := time.Duration(float64(gap) / s.Speed)
	if s.MaxGap > 0 {
		pause = min(pause, s.MaxGap)
	}
	if pause = min(pause, 24*time.Hour); pause >= time.Second {
		return pause.Round(100 * time.Millisecond)
	}
	return pause.Round(time.Millisecond)
}

// written returns a duration to write.
func (s scenario) written(d time.Duration) string {
	if s.Blank {
		return "0s"
	}
	return d.Round(time.Millisecond).String()
}

// step returns the step that sends an event: as an object with props where that says all of it, else
// as JSON.
func (s scenario) step(e scrubbed) *yaml.Node {
	var step *yaml.Node
	if s.isPlain(e) {
		step = mapping("send", text(e.kind.Object+" "+e.kind.Event), "id", expression("{{ .id }}"), "props", s.props(e))
	} else {
		step = mapping("data", s.data(e))
	}
	if report := s.catalog.ValidateText(e.text); slices.ContainsFunc(report.Findings, func(f apizee.Finding) bool {
		return f.Severity == apizee.Error || f.Path == "objectId"
	}) {
		step.Content = append(step.Content, mapping("allow-undocumented", scalar("!!bool", "true")).Content...)
	}
	return step
}

// id returns the first ID of the object, "" if the examples of its events have none: they may be those of
// other objects.
func (s scenario) id() string {
	for _, e := range s.events {
		if id := e.value("objectId"); isID(id) {
			return id
		}
	}
	return ""
}

// isWritable reports whether there is an ID, and no name that a scenario would take for an expression.
func (s scenario) isWritable() bool {
	return s.id() != "" && !slices.ContainsFunc(s.events, func(e scrubbed) bool { return hasName(e.text, "{{") || hasName(e.text, "${") })
}

// hasName reports whether a member has a name with a part, at any depth.
func hasName(value, part string) bool {
	in := jsonscan.Scanner{Text: value}
	if c := in.Peek(); c != '{' && c != '[' {
		return false
	}
	isObject := in.Peek() == '{'
	for in.At++; in.More(); {
		if isObject && strings.Contains(in.Name(), part) || hasName(in.Skip(), part) {
			return true
		}
	}
	return false
}

// isPlain reports whether an event has the documented fields only, and no dotted names.
func (s scenario) isPlain(e scrubbed) bool {
	fields := apizee.FieldNames()
	if e.kind.Object == "" || !slices.Contains(s.catalog.EventNames(), e.kind.Event) || len(e.members) != len(fields) {
		return false
	}
	for _, name := range fields {
		if e.value(name) == "" {
			return false
		}
	}
	props := e.value("props")
	return typeOf(e.value("time")[0]) == Number && typeOf(props[0]) == Object &&
		!slices.ContainsFunc(members(props), func(m member) bool { return m.name == "" || strings.Contains(m.name, ".") })
}

// data returns an event with the current time and the ID of the scenario.
func (s scenario) data(e scrubbed) *yaml.Node {
	data := &yaml.Node{Kind: yaml.MappingNode}
	for _, m := range e.members {
		value := fromJSON(m.value)
		switch {
		case m.name == "time" && typeOf(m.value[0]) == Number:
			value = expression("{{ unix }}")
		case m.name == "objectId":
			value = expression("{{ .id }}")
		case m.name == "props":
			value = s.props(e)
		}
		data.Content = append(data.Content, text(m.name), value)
	}
	return data
}

// props returns the props of an event, with the current time for documented times.
func (s scenario) props(e scrubbed) *yaml.Node {
	n := fromJSON(e.value("props"))
	for i, m := range members(e.value("props")) {
		if e.isTime(m) {
			n.Content[2*i+1] = expression("{{ rfc3339 }}")
		}
	}
	return n
}

// mapping returns a mapping of pairs of names and nodes.
func mapping(pairs ...any) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i < len(pairs); i += 2 {
		m.Content = append(m.Content, scalar("!!str", pairs[i].(string)), pairs[i+1].(*yaml.Node))
	}
	return m
}

func scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

// expression returns a text that is evaluated.
func expression(value string) *yaml.Node {
	n := scalar("!!str", value)
	n.Style = yaml.DoubleQuotedStyle
	return n
}

// text returns a text in which a scenario finds neither expressions nor environment variables.
func text(value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode}
	yamlfile.SetValue(n, strings.NewReplacer("${{", `$${{"{{"}}`, "{{", `{{"{{"}}`, "${", "$${").Replace(value))
	if n.Tag != "!!str" || value == "<<" { // the library does not quote <<, and a number that no float64 holds
		n.Tag, n.Style = "!!str", yaml.DoubleQuotedStyle
	}
	return n
}

// fromJSON returns a value as YAML, on one line.
func fromJSON(json string) *yaml.Node {
	return node(&jsonscan.Scanner{Text: json})
}

// node returns the next value as YAML.
func node(in *jsonscan.Scanner) *yaml.Node {
	switch t := typeOf(in.Peek()); t {
	case Object, Array:
		n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		if t == Array {
			n.Kind = yaml.SequenceNode
		}
		for in.At++; in.More(); {
			if t == Object {
				n.Content = append(n.Content, text(in.Name()))
			}
			n.Content = append(n.Content, node(in))
		}
		return n
	case Text:
		return text(jsonscan.Unquote(in.Token()))
	case Boolean:
		return scalar("!!bool", in.Token())
	case Null:
		return scalar("!!null", in.Token())
	}
	return scalar("", in.Token()) // with a tag, a number that no float64 holds would be written with it
}
