package inspect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// step returns a step of a scenario: with object and props when they make the same body, except for the
// time, which is then that of the run; else with the body as it is.
func (h *handler) step(entry recording.Entry) (string, error) {
	catalog := h.store.options.Catalog
	step, ok := sendStep(catalog, entry.Body)
	if !ok {
		step = mapping(text("data"), quoted(string(entry.Body)))
		if !catalog.Validate(entry.Body).OK() {
			step.Content = append(step.Content, text("allow-undocumented"), plain("true", "!!bool"))
		}
	}
	headers, err := copiedHeaders(entry)
	if err != nil {
		return "", err
	}
	if headers = differing(headers); len(headers) > 0 {
		list := mapping()
		list.Style = yaml.FlowStyle
		for _, header := range headers {
			value := quoted(header.Value)
			if header.Remove {
				value = plain("null", "!!null")
			}
			list.Content = append(list.Content, text(header.Name), value)
		}
		step.Content = append(step.Content, text("headers"), list)
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{step}}); err != nil {
		return "", fmt.Errorf("write the step: %w", err)
	}
	return string(console.SafeText(out.Bytes())), nil // its escapes are also YAML's
}

// sendStep returns a step with an object and its props, if these make the same body.
func sendStep(catalog *apizee.Catalog, body []byte) (*yaml.Node, bool) {
	report := catalog.Validate(body)
	if len(report.Findings) > 0 {
		return nil, false
	}
	event := report.Event
	fields := payload.Fields{Event: event.Name, Object: event.Object, Time: json.RawMessage(event.Time), ID: json.RawMessage(event.ID)}
	for name, value := range members(body) {
		if string(name) == "props" {
			fields.Props = value
		}
	}
	composed, err := payload.Compose(catalog, fields)
	if err != nil || !bytes.Equal(composed, body) {
		return nil, false
	}
	id, isExact := yamlValue([]byte(event.ID))
	step := mapping(text("send"), text(event.Object+" "+event.Name), text("id"), id)
	if string(fields.Props) != "{}" {
		props, exact := yamlValue(fields.Props)
		step.Content = append(step.Content, text("props"), props)
		isExact = isExact && exact
	}
	return step, isExact
}

// yamlValue returns JSON as YAML on one line. It reports whether a scenario reads the same value from
// it: numbers with exponents may get other digits, and names cannot have expressions.
func yamlValue(text []byte) (node *yaml.Node, isExact bool) {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	isExact = true
	var value func() *yaml.Node
	value = func() *yaml.Node {
		token, err := d.ReadToken()
		if err != nil {
			isExact = isExact && errors.Is(err, io.EOF)
			return plain("null", "!!null")
		}
		switch token.Kind() {
		case '"':
			return quoted(token.String())
		case '0':
			isExact = isExact && !strings.ContainsAny(token.String(), "eE") && len(token.String()) <= 15
			tag := "!!int"
			if strings.Contains(token.String(), ".") {
				tag = "!!float"
			}
			return plain(token.String(), tag)
		case '{', '[':
			kind, end := yaml.MappingNode, jsontext.Kind('}')
			if token.Kind() == '[' {
				kind, end = yaml.SequenceNode, ']'
			}
			list := &yaml.Node{Kind: kind, Style: yaml.FlowStyle}
			for isName := true; isExact && d.PeekKind() != end && d.PeekKind() > 0; isName = !isName {
				isExact = isExact && (kind == yaml.SequenceNode || !isName || !strings.Contains(string(text), "{{"))
				list.Content = append(list.Content, value())
			}
			_, _ = d.ReadToken()
			return list
		}
		tag := "!!bool"
		if token.Kind() == 'n' {
			tag = "!!null"
		}
		return plain(token.String(), tag)
	}
	return value(), isExact
}

func mapping(content ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Content: content}
}

func text(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

func plain(s, tag string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: s}
}

// quoted returns a string in quotes, in which a scenario finds neither expressions nor references to
// environment variables.
func quoted(s string) *yaml.Node {
	s = strings.ReplaceAll(literal(s), "${", "$${")
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: s}
}
