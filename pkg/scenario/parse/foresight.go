package parse

import (
	"time"

	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// foresight evaluates expressions as the run will, so that their mistakes are found before it. What
// depends on captured variables, on the time or on generated ids is not known yet. Of a repeated
// step it sees the first repetition.
type foresight struct {
	engine *expr.Engine // its variables are those that have their initial values still

	unforeseen bool // whether the last expression needs the time or a generated id
	spent      int  // work of all evaluations
}

// Work of all evaluations, in bytes. Beyond the maximum, which is little more than that of one
// expression that is as expensive as an expression may be, mistakes are found by the run.
const (
	maxForesight = 64 << 20
	renderCost   = 64 << 10 // what rendering a template counts for
)

func (r *reader) prepareEngine() {
	r.engine = expr.New(payload.Sources{
		Now:    func() time.Time { r.unforeseen = true; return time.Time{} },
		Random: func() uint64 { r.unforeseen = true; return 0 },
		Next:   func() int64 { r.unforeseen = true; return 0 },
	})
	r.engine.Vars[scenario.Counter] = 1
}

// initialize sets a variable to its initial value, if that is known.
func (r *reader) initialize(v scenario.Variable) {
	json, whole := r.evaluated(&v.Value)
	if !whole {
		return
	}
	value := payload.Decode([]byte(json))
	r.engine.Vars[v.Name] = value
	if text, err := payload.Text(value); err == nil && redact.IsSecret(v.Name) {
		r.secrets = append(r.secrets, text)
	}
}

// eval returns the result of a text with expressions, if it is known. With an error, the run would
// fail too.
func (r *reader) eval(text string) (result any, known bool, err error) {
	if r.spent > maxForesight || !r.engine.Knows(text) {
		return nil, false, nil
	}
	r.unforeseen = false
	result, err = r.engine.Eval(text)
	r.spent += r.engine.Spent()
	if r.unforeseen {
		return nil, false, nil
	}
	return result, err == nil, err
}

// evalText returns a text with the results of its expressions, if they are known.
func (r *reader) evalText(text string) (made string, known bool) {
	if !expr.Is(text) {
		return text, true
	}
	result, known, _ := r.eval(text)
	if !known {
		return "", false
	}
	made, err := payload.Text(result)
	return made, err == nil
}

// evaluated returns the JSON of what is known of a value, "" if nothing is, and whether that is the
// whole value; nil is nothing.
func (r *reader) evaluated(v *expr.Value) (json string, whole bool) {
	if v == nil {
		return "", true
	}
	whole = true
	known, _ := v.Known(func(text string) (string, bool) {
		result, known, _ := r.eval(text)
		json, err := payload.JSON(result)
		whole = whole && known && err == nil
		return json, known && err == nil
	})
	return known.JSON, whole
}

// evaluatedContent is evaluated, of a string its text.
func (r *reader) evaluatedContent(v *expr.Value) (text string, whole bool) {
	json, whole := r.evaluated(v)
	if text := gjson.Parse(json); text.Type == gjson.String {
		return text.String(), whole
	}
	return json, whole
}

// constant is evaluated without evaluating anything.
func constant(v *expr.Value) (json string, whole bool) {
	if v == nil {
		return "", true
	}
	known, _ := v.Known(func(string) (string, bool) { return "", false })
	return known.JSON, v.IsConstant()
}
