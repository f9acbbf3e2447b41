package payload

import (
	"errors"
	"fmt"
	"strings"
	"text/template"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// comparisons are those of text/template, but that any two numbers compare, however they
// are written, and any two values of one JSON type are equal or not.
func comparisons() template.FuncMap {
	order := func(holds func(int) bool) func(a, b any) (bool, error) {
		return func(a, b any) (bool, error) {
			c, err := compare(a, b)
			return err == nil && holds(c), err
		}
	}
	return template.FuncMap{
		"eq": func(a any, first any, others ...any) (bool, error) {
			same, err := equal(a, first)
			for i := 0; i < len(others) && !same && err == nil; i++ {
				same, err = equal(a, others[i])
			}
			return same, err
		},
		"ne": func(a, b any) (bool, error) {
			same, err := equal(a, b)
			return err == nil && !same, err
		},
		"lt": order(func(c int) bool { return c < 0 }),
		"le": order(func(c int) bool { return c <= 0 }),
		"gt": order(func(c int) bool { return c > 0 }),
		"ge": order(func(c int) bool { return c >= 0 }),
	}
}

// compare is the order of two numbers, or of two texts.
func compare(a, b any) (int, error) {
	left, isText := a.(string)
	if right, both := b.(string); isText && both {
		return strings.Compare(left, right), nil
	}
	left, right, kind, err := alike(a, b)
	if err == nil && kind != "a number" {
		err = errors.New("only numbers and texts come one after the other")
	}
	if err != nil {
		return 0, err
	}
	return apizee.CompareNumbers(left, right), nil
}

// equal reports whether two values are the same, as null is with null alone.
func equal(a, b any) (bool, error) {
	if a == nil || b == nil {
		return a == nil && b == nil, nil
	}
	left, isText := a.(string)
	if right, both := b.(string); isText && both {
		return left == right, nil
	}
	left, right, kind, err := alike(a, b)
	if kind == "a number" && err == nil {
		return apizee.CompareNumbers(left, right) == 0, nil
	}
	return left == right, err
}

// alike is the JSON of two values of one type.
func alike(a, b any) (left, right, kind string, err error) {
	if left, err = JSON(a); err != nil {
		return "", "", "", err
	}
	if right, err = JSON(b); err != nil {
		return "", "", "", err
	}
	kind = kindOfJSON(left)
	if other := kindOfJSON(right); kind != other {
		return "", "", "", fmt.Errorf("%s is not compared with %s", kind, other)
	}
	return left, right, kind, nil
}

func kindOfJSON(text string) string {
	switch text[0] {
	case '"':
		return "a text"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}
