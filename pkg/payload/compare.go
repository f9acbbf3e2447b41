package payload

import (
	"errors"
	"fmt"
	"strings"
	"text/template"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// comparisons replace those of text/template: any two numbers can be compared, however they
// are written, and any two values of the same JSON type can be equal.
func comparisons() template.FuncMap {
	ordered := func(holds func(int) bool) func(a, b any) (bool, error) {
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
		"lt": ordered(func(c int) bool { return c < 0 }),
		"le": ordered(func(c int) bool { return c <= 0 }),
		"gt": ordered(func(c int) bool { return c > 0 }),
		"ge": ordered(func(c int) bool { return c >= 0 }),
	}
}

// compare compares two numbers, or two strings.
func compare(a, b any) (int, error) {
	left, right, kind, err := sameKind(a, b)
	switch {
	case err != nil:
		return 0, err
	case kind == "a number":
		return apizee.CompareNumbers(left, right), nil
	case kind == "a string":
		return strings.Compare(a.(string), b.(string)), nil
	}
	return 0, errors.New("only numbers and strings have an order")
}

// equal reports whether two values are the same. Only null equals null.
func equal(a, b any) (bool, error) {
	if a == nil || b == nil {
		return a == nil && b == nil, nil
	}
	left, right, kind, err := sameKind(a, b)
	if err == nil && kind == "a number" {
		return apizee.CompareNumbers(left, right) == 0, nil
	}
	return left == right, err
}

// sameKind returns two values as JSON, and their JSON type, which must be the same.
func sameKind(a, b any) (left, right, kind string, err error) {
	if left, err = JSON(a); err != nil {
		return "", "", "", err
	}
	if right, err = JSON(b); err != nil {
		return "", "", "", err
	}
	kind = kindOfJSON(left)
	if other := kindOfJSON(right); kind != other {
		return "", "", "", fmt.Errorf("%s cannot be compared with %s", kind, other)
	}
	return left, right, kind, nil
}

func kindOfJSON(text string) string {
	switch text[0] {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
