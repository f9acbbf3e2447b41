package payload

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp/syntax"
	"strconv"
	"strings"
	"text/template"
)

// A template may be from anyone, and text/template cannot be interrupted. So the work of
// each execution is bounded, in bytes, to about a second and 100 MB:
//   - a template, and each round of a loop, costs the length of the template, so that
//     loops and recursion without output end;
//   - a function costs the size of its arguments and of its result, and functions whose
//     result can be much larger, such as repeat, are charged before they are called;
//   - the output is at most as long as an event may be.
const (
	maxWork   = 48 << 20
	roundCost = 512
	slotCost  = 16 // of a number, or of an item of a list besides its content
)

var errTooMuchWork = errors.New("the template does too much work; check its loops")

// Bound bounds the work of each template execution. It must be used by one goroutine.
type Bound struct {
	left   int
	isJSON bool // the output is JSON
	out    *rendered
}

// spend panics when the bound is reached. It is called only in template functions, where
// text/template turns the panic into an error.
func (b *Bound) spend(n float64) {
	if n > float64(b.left) {
		panic(errTooMuchWork)
	}
	b.left -= max(int(n), 0)
}

// Funcs returns the functions with their work bounded.
func (b *Bound) Funcs(funcs template.FuncMap) template.FuncMap {
	bounded := template.FuncMap{}
	for name, f := range funcs {
		bounded[name] = b.wrap(name, reflect.ValueOf(f))
	}
	return bounded
}

// Prepared returns the functions that Prepare adds calls of. Templates must not call them
// themselves.
func (b *Bound) Prepared() template.FuncMap {
	return template.FuncMap{
		roundFunc: func(size int) string { b.spend(float64(roundCost + size)); return "" },
		printFunc: func(action string, v any) (string, error) {
			b.spend(float64(sizeOf(reflect.ValueOf(v), maxWork)))
			text, err := b.print(v)
			if err != nil {
				err = &actionError{action, err}
			}
			return text, err
		},
	}
}

// print is the text of the result of an action. In JSON output, null is printed outside of
// strings, and an object or a list inside a string is escaped JSON.
func (b *Bound) print(v any) (string, error) {
	if !b.isJSON {
		return Text(v)
	}
	kind := reflect.ValueOf(v).Kind()
	switch inString := b.out.inString(); {
	case v == nil && !inString:
		return "null", nil
	case inString && (kind == reflect.Map || kind == reflect.Slice):
		quoted, err := quoteText(v)
		return strings.TrimSuffix(strings.TrimPrefix(quoted, `"`), `"`), err
	}
	return Text(v)
}

func (b *Bound) wrap(name string, f reflect.Value) any {
	growth := growths[name]
	return reflect.MakeFunc(f.Type(), func(args []reflect.Value) []reflect.Value {
		for _, a := range args {
			b.spend(float64(sizeOf(a, maxWork)))
		}
		if growth != nil {
			b.spend(growth(args))
		}
		out := call(f, args)
		b.spend(float64(sizeOf(out[0], maxWork)))
		return out
	}).Interface()
}

// call calls a function in reflect.MakeFunc, where the variadic arguments are already a
// slice.
func call(f reflect.Value, args []reflect.Value) []reflect.Value {
	if f.Type().IsVariadic() {
		return f.CallSlice(args)
	}
	return f.Call(args)
}

// Execute executes a prepared template that has the functions of Funcs and Prepared.
func (b *Bound) Execute(t *template.Template, data any) ([]byte, error) {
	b.left, b.out = maxWork, &rendered{}
	if err := t.Execute(b.out, data); err != nil {
		return nil, err
	}
	return b.out.Bytes(), nil
}

// Spent returns the work of the last execution.
func (b *Bound) Spent() int { return maxWork - b.left }

// rendered is the output of a template, at most as long as an event may be.
type rendered struct {
	bytes.Buffer
	read             int // bytes that inString has read
	quoted, escaping bool
}

func (r *rendered) Write(p []byte) (int, error) {
	if r.Len()+len(p) > MaxBody {
		return 0, fmt.Errorf("the output is too long: %w", ErrTooLarge)
	}
	return r.Buffer.Write(p)
}

// inString reports whether the output ends inside a JSON string.
func (r *rendered) inString() bool {
	for _, c := range r.Bytes()[r.read:] {
		switch {
		case r.escaping:
			r.escaping = false
		case c == '"':
			r.quoted = !r.quoted
		case c == '\\':
			r.escaping = r.quoted
		}
	}
	r.read = r.Len()
	return r.quoted
}

// growths are the functions whose result or work can be much larger than their arguments,
// each with the most that it can be.
var growths = map[string]func(args []reflect.Value) float64{
	"repeat": func(args []reflect.Value) float64 { return float64(args[0].Int()) * float64(args[1].Len()) },
	"replace": func(args []reflect.Value) float64 {
		return float64(strings.Count(args[2].String(), args[0].String())) * float64(args[1].Len())
	},
	"splitList": func(args []reflect.Value) float64 {
		return float64(strings.Count(args[1].String(), args[0].String())) * slotCost
	},
	"join": func(args []reflect.Value) float64 {
		return float64(args[0].Len()) * float64(sizeOf(args[1], maxWork)) / slotCost
	},
	"printf":     growthOfPrintf,
	"regexMatch": func(args []reflect.Value) float64 { return growthOfRegex(args[0].String(), args[1].Len(), 0) },
	"regexReplaceAll": func(args []reflect.Value) float64 {
		return growthOfRegex(args[0].String(), args[1].Len(), args[2].Len())
	},
}

// growthOfPrintf assumes that each verb prints all the arguments at the largest width in
// the format.
func growthOfPrintf(args []reflect.Value) float64 {
	format := args[0].String()
	widest := 0
	for _, digits := range strings.FieldsFunc(format, func(r rune) bool { return r < '0' || r > '9' }) {
		if n, err := strconv.Atoi(digits); err == nil {
			widest = max(widest, n)
		}
	}
	const most = 1e6 // the limit of fmt
	if strings.Contains(format, "*") || widest > most {
		widest = most
	}
	return float64(strings.Count(format, "%")) * float64(widest+sizeOf(args[1], maxWork))
}

// growthOfRegex is the size of the compiled pattern, for each byte of the text.
func growthOfRegex(pattern string, text, replacement int) float64 {
	const longest, perState = 1000, 64
	if len(pattern) > longest {
		panic(errTooMuchWork)
	}
	states := len(pattern)
	if parsed, err := syntax.Parse(pattern, syntax.Perl); err == nil {
		if compiled, err := syntax.Compile(parsed.Simplify()); err == nil {
			states = len(compiled.Inst)
		}
	}
	return float64(states)*float64(perState+text) + float64(text+1)*float64(replacement)
}

// sizeOf is the approximate size of a value in bytes, or any number above most if it is
// larger.
func sizeOf(v reflect.Value, most int) int {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	size := slotCost
	switch v.Kind() {
	case reflect.String:
		return v.Len()
	case reflect.Slice, reflect.Array:
		for i := 0; i < v.Len() && size <= most; i++ {
			size += slotCost + sizeOf(v.Index(i), most-size)
		}
	case reflect.Map:
		for iter := v.MapRange(); size <= most && iter.Next(); {
			size += slotCost + sizeOf(iter.Key(), most-size) + sizeOf(iter.Value(), most-size)
		}
	}
	return size
}
