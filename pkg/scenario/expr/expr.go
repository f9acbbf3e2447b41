// Package expr evaluates the {{ }} expressions of scenarios, in texts and in JSON values.
package expr

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Quote returns a text from a file in quotes, for a message: shortened, with secrets masked.
func Quote(s string) string { return `"` + payload.Short(redact.Text(s)) + `"` }

// Is reports whether a text contains an expression.
func Is(text string) bool { return strings.Contains(text, "{{") }

// Engine evaluates expressions with the functions of templates. It must not be used concurrently.
type Engine struct {
	// Vars are the variables with a value.
	Vars map[string]any

	bound    payload.Bound
	funcs    template.FuncMap // limited by bound
	added    template.FuncMap // internal functions
	compiled map[string]*Expression
	kept     any // the result of the last typed expression
}

// maxCompiled is the maximum number of compiled expressions that an engine keeps.
const maxCompiled = 1024

// keepName is the internal function at the end of a typed expression, which keeps its result.
const keepName = "keepTypedResult"

// New returns an engine without variables.
func New(sources payload.Sources) *Engine {
	e := &Engine{Vars: map[string]any{}, compiled: map[string]*Expression{}}
	e.funcs, e.added = e.bound.Funcs(payload.Funcs(sources)), e.bound.Prepared()
	e.added[keepName] = func(v any) string { e.kept = v; return "" }
	return e
}

// Expression is a compiled text with expressions.
type Expression struct {
	// Uses are the variables that are always read.
	Uses []string

	possible []string // the variables that may be read
	all      bool     // whether any variable may be read
	template *template.Template
	typed    bool // whether the whole text is one expression, whose result keeps its type
}

// UnsetError is about an expression that reads a variable without a value.
type UnsetError struct{ Name string }

func (e *UnsetError) Error() string { return "variable " + Quote(e.Name) + " has no value" }

// UnknownFunctionError is about an expression that calls an unknown function.
type UnknownFunctionError struct {
	Name    string
	Nearest string // the function with the nearest name, or ""
}

func (e *UnknownFunctionError) Error() string { return "unknown function " + Quote(e.Name) }

// Compile compiles a text, or returns the cached result.
func (e *Engine) Compile(text string) (*Expression, error) {
	if x, ok := e.compiled[text]; ok {
		return x, nil
	}
	t, err := template.New("").Option("missingkey=error").Funcs(e.funcs).Parse(text)
	if err != nil {
		return nil, compileError(err)
	}
	x := &Expression{template: t.Funcs(e.added), typed: keepResult(t.Tree)}
	x.Uses, x.possible, x.all = payload.Uses(t)
	if err := payload.Prepare(t, len(text)); err != nil {
		return nil, compileError(err)
	}
	if len(e.compiled) == maxCompiled {
		clear(e.compiled)
	}
	e.compiled[text] = x
	return x, nil
}

func compileError(err error) error {
	if name, nearest := payload.UnknownFunction(err); name != "" {
		return &UnknownFunctionError{name, nearest}
	}
	return errors.New(payload.Reason(err))
}

// keepResult makes a template that is a single expression keep its typed result.
func keepResult(t *parse.Tree) bool {
	if len(t.Root.Nodes) != 1 {
		return false
	}
	action, ok := t.Root.Nodes[0].(*parse.ActionNode)
	if !ok || len(action.Pipe.Decl) > 0 {
		return false
	}
	keep := parse.NewIdentifier(keepName).SetPos(action.Pos).SetTree(t)
	action.Pipe.Cmds = append(action.Pipe.Cmds, &parse.CommandNode{
		NodeType: parse.NodeCommand, Pos: action.Pos, Args: []parse.Node{keep},
	})
	return true
}

// Eval returns the result of a text with expressions: typed if the whole text is one expression,
// else a string. The error is an *UnsetError when a variable has no value.
func (e *Engine) Eval(text string) (any, error) {
	x, err := e.Compile(text)
	if err != nil {
		return nil, err
	}
	for _, name := range x.Uses {
		if _, ok := e.Vars[name]; !ok {
			return nil, &UnsetError{name}
		}
	}
	e.kept = nil
	out, err := e.bound.Execute(x.template, e.Vars)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", Quote(text), redact.Text(payload.Reason(err)))
	}
	if x.typed {
		return e.kept, nil
	}
	return string(out), nil
}

// Knows reports whether every variable that a text may read has a value.
func (e *Engine) Knows(text string) bool {
	x, err := e.Compile(text)
	if err != nil || x.all {
		return false
	}
	return !slices.ContainsFunc(x.possible, func(name string) bool {
		_, known := e.Vars[name]
		return !known
	})
}

// Spent returns the work of the last evaluation, in bytes.
func (e *Engine) Spent() int { return e.bound.Spent() }

// Text returns the result of Eval as a string. A text without expressions is returned unchanged.
func (e *Engine) Text(text string) (string, error) {
	if !Is(text) {
		return text, nil
	}
	result, err := e.Eval(text)
	if err != nil {
		return "", err
	}
	made, err := payload.Text(result)
	if err != nil {
		return "", fmt.Errorf("%s: %w", Quote(text), err)
	}
	return made, nil
}

// JSON returns the JSON of a value with its expressions evaluated; of nil, nil.
func (e *Engine) JSON(v *Value) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return e.append(nil, *v)
}

func (e *Engine) append(dst []byte, v Value) ([]byte, error) {
	switch {
	case v.IsConstant():
		return append(dst, v.JSON...), nil
	case v.Text != "":
		return e.appendResult(dst, v.Text)
	}
	var err error
	for i, part := range v.Parts {
		dst = v.open(dst, i)
		if dst, err = e.append(dst, part); err != nil {
			return nil, err
		}
	}
	return v.close(dst), nil
}

func (e *Engine) appendResult(dst []byte, text string) ([]byte, error) {
	result, err := e.Eval(text)
	if err != nil {
		return nil, err
	}
	encoded, err := payload.JSON(result)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Quote(text), err)
	}
	dst = append(dst, encoded...)
	if len(dst) > payload.MaxBody { // the result of each expression is limited, but not their number
		return nil, fmt.Errorf("%s: the value is %w", Quote(text), payload.ErrTooLarge)
	}
	return dst, nil
}
