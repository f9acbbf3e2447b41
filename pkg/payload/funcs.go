package payload

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"time"

	sprig "github.com/go-task/slim-sprig/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Sources are what templates take from the world.
type Sources struct {
	Now    func() time.Time
	Random func() uint64 // any 64 bits, such as rand.Rand.Uint64
	Next   func() int64  // 1, 2, 3 and so on
}

// The functions of slim-sprig that templates have. Each depends on its arguments alone,
// and does no more work than they are long or growths say.
var (
	sprigMath = []string{
		"add", "add1", "ceil", "div", "float64", "floor", "int", "int64", "max", "min", "mod", "mul", "round", "sub",
	}
	sprigText = []string{
		"atoi", "b64dec", "b64enc", "cat", "coalesce", "contains", "empty", "fail", "first", "hasPrefix", "hasSuffix",
		"join", "last", "list", "lower", "plural", "regexMatch", "regexReplaceAll", "repeat", "replace", "sha256sum",
		"splitList", "squote", "substr", "ternary", "title", "toString", "trim", "trimAll", "trimPrefix", "trimSuffix",
		"trunc", "upper",
	}
)

// Funcs are the functions that templates have besides those of text/template:
//
//	unix        the time in UNIX seconds; unix "-5m" is five minutes before
//	rfc3339     the time as Apizee writes it; rfc3339 "1h" is an hour later
//	uid         a new id, shaped like the documented id of a conversation
//	seq         1, then 2, and so on
//	default     {{ .id | default 100 }} is 100 unless a value is given, 0 and "" included
//	quote       a value as a JSON string
//	toJson      a value as JSON
//
// and the text functions of slim-sprig that depend on nothing but their arguments.
func Funcs(src Sources) template.FuncMap {
	funcs := template.FuncMap{
		"unix": func(shift ...string) (int64, error) { t, err := src.at(shift); return t.Unix(), err },
		"rfc3339": func(shift ...string) (string, error) {
			t, err := src.at(shift)
			return t.Format(apizee.TimeLayout), err
		},
		"uid":     src.uid,
		"seq":     func() int64 { return src.Next() },
		"default": fallBack,
		"quote":   jsonString,
		"toJson":  toJSON,
	}
	all := slimSprig()
	for _, name := range sprigText {
		funcs[name] = all[name]
	}
	for _, name := range sprigMath {
		funcs[name] = countable(reflect.ValueOf(all[name]))
	}
	maps.Copy(funcs, printers)
	return funcs
}

var slimSprig = sync.OnceValue(sprig.HermeticTxtFuncMap)

// printers are text/template's own functions that make text, so that a Bound can
// count what they make.
var printers = template.FuncMap{
	"print": fmt.Sprint, "printf": fmt.Sprintf, "println": fmt.Sprintln,
	"html": template.HTMLEscaper, "js": template.JSEscaper, "urlquery": template.URLQueryEscaper,
}

func (s Sources) at(shift []string) (time.Time, error) {
	t := s.Now()
	for _, text := range shift {
		d, err := time.ParseDuration(text)
		if err != nil {
			return t, fmt.Errorf("%q is not a duration such as 5m or -1h", text)
		}
		t = t.Add(d)
	}
	return t, nil
}

// uid has groups of 8, 4, 4, 4 and 8 hexadecimal digits.
func (s Sources) uid() string {
	a, b := s.Random(), s.Random()
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%08x", uint32(a>>32), uint16(a>>16), uint16(a), uint16(b>>32), uint32(b))
}

func fallBack(value any, given ...any) any {
	if len(given) == 0 || given[0] == nil {
		return value
	}
	return given[0]
}

func jsonString(value any) (string, error) {
	quoted, err := quoted(fmt.Sprint(value))
	return string(quoted), err
}

// toJSON leaves <, > and & as they are, and a number with the digits typed.
func toJSON(value any) (string, error) {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(value)
	return strings.TrimSuffix(out.String(), "\n"), err
}

// countable lets a function of slim-sprig count with numbers that keep their digits,
// which it takes for 0.
func countable(f reflect.Value) any {
	return reflect.MakeFunc(f.Type(), func(args []reflect.Value) []reflect.Value {
		for i, a := range args {
			switch v := a.Interface().(type) {
			case json.Number:
				args[i] = reflect.ValueOf(v.String()).Convert(a.Type())
			case []any:
				args[i] = reflect.ValueOf(textNumbers(v))
			}
		}
		return call(f, args)
	}).Interface()
}

// textNumbers makes texts of the numbers, which slim-sprig parses.
func textNumbers(values []any) []any {
	texts := slices.Clone(values)
	for i, v := range texts {
		if n, ok := v.(json.Number); ok {
			texts[i] = n.String()
		}
	}
	return texts
}

// parseNumber is a whole number as an int, which functions can count with, and any
// other with the digits typed.
func parseNumber(n json.Number) any {
	if i, err := strconv.Atoi(n.String()); err == nil && strconv.Itoa(i) == n.String() {
		return i
	}
	return n
}
