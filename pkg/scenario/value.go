package scenario

import (
	"encoding/json"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// value is a YAML value as JSON. Where a string in it holds an expression, the
// JSON is made anew each time.
type value struct {
	json string // settled JSON; "" when parts of it are expressions
	text string // a string with an expression
	// names are the members of an object, in order, and parts their values; a
	// list has parts alone.
	names []string
	parts []value
	isMap bool
}

func (v *value) isSettled() bool { return v.json != "" }

// isText tells whether the value is a string, or made by an expression.
func (v *value) isText() bool { return v.text != "" || v.json != "" && v.json[0] == '"' }

// append adds the JSON of the value as it is now.
func (v *value) append(dst []byte, e *engine) ([]byte, error) {
	switch {
	case v.isSettled():
		return append(dst, v.json...), nil
	case v.text != "":
		return e.appendJSON(dst, v.text)
	}
	open, end := byte('['), byte(']')
	if v.isMap {
		open, end = '{', '}'
	}
	dst = append(dst, open)
	for i := range v.parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		if v.isMap {
			dst = append(appendText(dst, v.names[i]), ':')
		}
		var err error
		if dst, err = v.parts[i].append(dst, e); err != nil {
			return nil, err
		}
	}
	return append(dst, end), nil
}

// settled is the JSON of what does not depend on expressions: of an object its
// settled members, of a list with expressions nothing.
func (v *value) settled() (json string, ok bool) {
	if v.isSettled() || !v.isMap {
		return v.json, v.isSettled()
	}
	dst := []byte{'{'}
	for i := range v.parts {
		part, ok := v.parts[i].settled()
		if !ok {
			continue
		}
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = append(append(appendText(dst, v.names[i]), ':'), part...)
	}
	return string(append(dst, '}')), true
}

// value reads any YAML value.
func (r *reader) value(n *yaml.Node) (v value) {
	v.json = "null" // for what was refused
	r.resolved(n, func(n *yaml.Node) {
		switch n.Kind {
		case yaml.MappingNode:
			v = r.object(n)
		case yaml.SequenceNode:
			v = r.list(n)
		default:
			v = r.scalar(n)
		}
	})
	return v
}

func (r *reader) object(n *yaml.Node) value {
	fields := r.fields(n, "it")
	v := value{isMap: true, names: make([]string, len(fields)), parts: make([]value, len(fields))}
	for i, f := range fields {
		v.names[i], v.parts[i] = f.name, r.value(f.value)
	}
	return v.settle()
}

func (r *reader) list(n *yaml.Node) value {
	v := value{parts: make([]value, len(n.Content))}
	for i, item := range n.Content {
		v.parts[i] = r.value(item)
	}
	return v.settle()
}

// settle makes the JSON of an object or a list once and for all when it can.
func (v value) settle() value {
	for i := range v.parts {
		if !v.parts[i].isSettled() {
			return v
		}
	}
	json, err := v.append(nil, nil)
	if err != nil {
		return v
	}
	return value{json: string(json)}
}

func (r *reader) scalar(n *yaml.Node) value {
	if text, ok := textOf(n); ok {
		text = r.expression(at(n), text)
		if isExpression(text) {
			return value{text: text}
		}
		return value{json: string(appendText(nil, text))}
	}
	switch n.Tag {
	case tagNull:
		return value{json: "null"}
	case tagBool:
		return value{json: strconv.FormatBool(isTrue(n))}
	case tagInt, tagFloat:
		return r.digits(n)
	}
	r.problem(at(n), "%s cannot be written as JSON", describe(n))
	return value{json: "null"}
}

// digits is a number as JSON, with the digits as they are written where JSON
// writes them alike; YAML has hexadecimal numbers too, and infinity.
func (r *reader) digits(n *yaml.Node) value {
	written := jsontext.Value(n.Value)
	if written.Kind() == '0' && written.IsValid() {
		return value{json: n.Value}
	}
	var number any
	if err := n.Decode(&number); err == nil {
		if json, err := json.Marshal(number); err == nil {
			return value{json: string(json)}
		}
	}
	r.problem(at(n), "%s cannot be written as JSON", n.Value)
	return value{json: "null"}
}

// appendText adds a text as a JSON string. What is not UTF-8 is replaced.
func appendText(dst []byte, text string) []byte {
	quoted, _ := jsontext.AppendQuote(dst, text)
	return quoted
}
