package scenario

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// engine evaluates the expressions of one run. It is used by one goroutine.
type engine struct {
	bound payload.Bound
	funcs template.FuncMap // they draw on the bound
	vars  map[string]any
	// compiled keeps what was parsed, up to a bound: a large scenario repeats few
	// texts, or each of its texts occurs once.
	compiled map[string]*expression
	kept     any // the result of the last typed expression
}

const maxCompiled = 1024

// keepName is our own function, put at the end of a pipeline.
const keepName = "keepTypedResult"

// newEngine makes an engine with the functions of templates, and no variables.
func newEngine(sources payload.Sources) *engine {
	e := &engine{vars: map[string]any{}, compiled: map[string]*expression{}}
	funcs := payload.Funcs(sources)
	funcs[keepName] = func(v any) string { e.kept = v; return "" }
	e.funcs = e.bound.Funcs(funcs)
	return e
}

// unsetError says that an expression uses a variable that has no value yet.
type unsetError struct{ name string }

func (e *unsetError) Error() string { return fmt.Sprintf("variable %s has no value", quote(e.name)) }

// eval is the result of a text with expressions: of its own type when the whole
// text is one expression, else a string.
func (e *engine) eval(text string) (any, error) {
	x, err := e.compile(text)
	if err != nil {
		return nil, err
	}
	for _, name := range x.uses {
		if _, ok := e.vars[name]; !ok {
			return nil, &unsetError{name}
		}
	}
	e.kept = nil
	out, err := e.bound.Execute(x.template, e.vars)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", quote(text), templateReason(err))
	}
	if x.typed {
		return e.kept, nil
	}
	return string(out), nil
}

// text is the result as a string. A text without expressions is left alone.
func (e *engine) text(text string) (string, error) {
	if !isExpression(text) {
		return text, nil
	}
	result, err := e.eval(text)
	if err != nil {
		return "", err
	}
	if s, ok := result.(string); ok {
		return s, nil
	}
	return fmt.Sprint(result), nil
}

// appendJSON adds the result as JSON.
func (e *engine) appendJSON(dst []byte, text string) ([]byte, error) {
	result, err := e.eval(text)
	if err != nil {
		return nil, err
	}
	if s, ok := result.(string); ok {
		return appendText(dst, s), nil
	}
	encoded, err := json.Marshal(result)
	if err != nil {
		return nil, fmt.Errorf("%s: the result cannot be written as JSON", quote(text))
	}
	return append(dst, encoded...), nil
}

func (e *engine) compile(text string) (*expression, error) {
	if x, ok := e.compiled[text]; ok {
		return x, nil
	}
	x, err := compile(text, e.funcs)
	if err != nil {
		return nil, err
	}
	if len(e.compiled) == maxCompiled {
		clear(e.compiled)
	}
	e.compiled[text] = x
	return x, nil
}

func isExpression(text string) bool { return strings.Contains(text, "{{") }
