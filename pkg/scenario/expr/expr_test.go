package expr

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// An expression has the bound of every template.
func TestHostileExpressions(t *testing.T) {
	tests := map[string]string{
		"loop without output": `{{ range 1000000000000 }}{{ end }}`,
		"repeat":              `{{ repeat 2000000000 "x" }}`,
		"repeat in a text":    `a {{ repeat 2000000000 "x" }}`,
		"doubled list":        `{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ $x }}`,
		"recursion":           `{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			e := New(payload.Sources{})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := e.Eval(text)
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), "the template does too much work") {
				t.Errorf("error %v", err)
			}
			if made := (after.TotalAlloc - before.TotalAlloc) >> 20; made > 256 {
				t.Errorf("it made %d MB", made)
			}
			if got, err := e.Eval(`{{ add 1 2 }}`); err != nil || got != int64(3) {
				t.Errorf("the next expression: %v, %v", got, err)
			}
		})
	}
}

// What is put into expressions is not there for those who write them.
func TestAddedFunctions(t *testing.T) {
	for name := range New(payload.Sources{}).added {
		var unknown *UnknownFunctionError
		if _, err := New(payload.Sources{}).Eval("{{ " + name + " 1 }}"); !errors.As(err, &unknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Many expressions have a bound together.
func TestManyLargeExpressions(t *testing.T) {
	parts := make([]Value, 100)
	for i := range parts {
		parts[i] = String(`{{ repeat 9000000 "x" }}`)
	}
	list := List(parts)
	if _, err := New(payload.Sources{}).JSON(&list); !errors.Is(err, payload.ErrTooLarge) {
		t.Errorf("error %v", err)
	}
}
