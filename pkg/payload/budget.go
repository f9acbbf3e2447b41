package payload

import (
	"errors"
	"fmt"
	"reflect"
	"text/template"
	"text/template/parse"
)

// A template may be anybody's. What bounds its work is a budget, spent by each round
// of a loop, each template called, and each function by what it reads and makes.
const (
	maxWork  = 64 << 20
	stepCost = 1 << 10
	slotSize = 16 // of a number, or of an item of a list besides what is in it
	stepFunc = "countStep"
)

var errTooMuchWork = errors.New("the template does more work than an event needs; is there a loop without end?")

type budget struct {
	left int
	step int // what a round or a call costs, in which the whole template may run
}

func newBudget(template string) *budget {
	return &budget{left: maxWork, step: stepCost + len(template)}
}

// spend panics when the budget is used up. It is called in template functions alone,
// where text/template makes an error of it.
func (b *budget) spend(n int) {
	if b.left -= n; b.left < 0 {
		panic(errTooMuchWork)
	}
}

// limit wraps functions so that they draw on the budget.
func (b *budget) limit(funcs template.FuncMap) template.FuncMap {
	limited := template.FuncMap{}
	for name, f := range funcs {
		limited[name] = b.wrap(reflect.ValueOf(f))
	}
	return limited
}

func (b *budget) wrap(f reflect.Value) any {
	return reflect.MakeFunc(f.Type(), func(args []reflect.Value) []reflect.Value {
		b.spend(b.step)
		b.readArguments(args)
		out := call(f, args)
		b.spend(weigh(out[0], MaxBody))
		return out
	}).Interface()
}

// call calls a function from within reflect.MakeFunc, where the variadic arguments are
// a slice already.
func call(f reflect.Value, args []reflect.Value) []reflect.Value {
	if f.Type().IsVariadic() {
		return f.CallSlice(args)
	}
	return f.Call(args)
}

// readArguments spends what it takes to read the arguments, and panics when the result
// could be out of all proportion to them: one argument for each byte of another.
func (b *budget) readArguments(args []reflect.Value) {
	product := 1
	for _, a := range args {
		w := weigh(a, MaxBody)
		b.spend(w)
		if a.CanInt() {
			w = int(max(a.Int(), 1))
		}
		if w > MaxBody/product {
			panic(errTooMuchWork)
		}
		product *= max(w, 1)
	}
}

// weigh is about how many bytes a value takes, or anything above most when it is more.
func weigh(v reflect.Value, most int) int {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return v.Len()
	case reflect.Slice, reflect.Array:
		sum := slotSize * v.Len()
		for i := 0; i < v.Len() && sum <= most; i++ {
			sum += weigh(v.Index(i), most-sum)
		}
		return sum
	case reflect.Map:
		sum := slotSize * v.Len()
		for iter := v.MapRange(); sum <= most && iter.Next(); {
			sum += weigh(iter.Key(), most-sum) + weigh(iter.Value(), most-sum)
		}
		return sum
	}
	return slotSize
}

// countSteps puts a call of stepFunc at the start of every template and loop.
func countSteps(t *template.Template) error {
	step, err := template.New("step").Funcs(Funcs(Sources{})).Parse("{{" + stepFunc + "}}")
	if err != nil {
		return fmt.Errorf("count steps: %w", err)
	}
	call := step.Root.Nodes[0]
	for _, defined := range t.Templates() {
		if defined.Tree != nil && defined.Root != nil {
			addStep(defined.Root, call)
		}
	}
	return nil
}

func addStep(list *parse.ListNode, call parse.Node) {
	addToLoops(list, call)
	list.Nodes = append([]parse.Node{call}, list.Nodes...)
}

func addToLoops(list *parse.ListNode, call parse.Node) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.RangeNode:
			addStep(n.List, call)
			addToLoops(n.ElseList, call)
		case *parse.IfNode:
			addToLoops(n.List, call)
			addToLoops(n.ElseList, call)
		case *parse.WithNode:
			addToLoops(n.List, call)
			addToLoops(n.ElseList, call)
		}
	}
}
