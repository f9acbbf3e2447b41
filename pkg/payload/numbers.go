package payload

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"text/template"
)

var errOverflow = errors.New("the result has more than 64 bits")

// numbers are the functions for numbers. They have slim-sprig's names and arguments, but
// a value that is not a number, or too large for one, is an error.
func numbers() template.FuncMap {
	add := integers((*big.Int).Add)
	return template.FuncMap{
		"add": add, "sub": integers((*big.Int).Sub), "mul": integers((*big.Int).Mul),
		"add1": func(v any) (int64, error) { return add(v, 1) },
		"div":  division((*big.Int).Quo), "mod": division((*big.Int).Rem),
		"max": integers(func(_, a, b *big.Int) *big.Int {
			if a.Cmp(b) > 0 {
				return a
			}
			return b
		}),
		"min": integers(func(_, a, b *big.Int) *big.Int {
			if a.Cmp(b) < 0 {
				return a
			}
			return b
		}),
		"int": toInt, "int64": toInt, "atoi": toInt,
		"float64": toFloat,
		"ceil":    rounding(math.Ceil), "floor": rounding(math.Floor),
		"round": func(v any, decimals int) (float64, error) {
			f, err := toFloat(v)
			if err != nil || decimals < 0 || decimals > 15 {
				return f, err
			}
			shift := math.Pow10(decimals)
			return math.Round(f*shift) / shift, nil
		},
	}
}

type operation func(result, a, b *big.Int) *big.Int

// integers applies an operation to the first two numbers, then to the result and the third,
// and so on.
func integers(apply operation) func(first any, others ...any) (int64, error) {
	return func(first any, others ...any) (int64, error) {
		n, err := integer(first)
		if err != nil {
			return 0, err
		}
		result := big.NewInt(n)
		for _, v := range others {
			if n, err = integer(v); err != nil {
				return 0, err
			}
			if result = apply(result, result, big.NewInt(n)); !result.IsInt64() {
				return 0, errOverflow
			}
		}
		return result.Int64(), nil
	}
}

func division(apply operation) func(a, b any) (int64, error) {
	return func(a, b any) (int64, error) {
		if n, err := integer(b); err == nil && n == 0 {
			return 0, errors.New("division by 0")
		}
		return integers(apply)(a, b)
	}
}

func rounding(round func(float64) float64) func(any) (float64, error) {
	return func(v any) (float64, error) {
		f, err := toFloat(v)
		return round(f), err
	}
}

// toFloat converts a number, or the text of one.
func toFloat(v any) (float64, error) {
	text, _ := Text(v)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fmt.Errorf("%s is not a number", inMessage(v))
	}
	return f, nil
}

// toInt converts a number, or the text of one, without its fraction.
func toInt(v any) (int, error) {
	n, err := integer(v)
	if err == nil {
		return int(n), nil
	}
	f, err := toFloat(v)
	if err != nil {
		return 0, err
	}
	n, err = integer(math.Trunc(f))
	return int(n), err
}

// integer converts an integer, or the text of one.
func integer(v any) (int64, error) {
	if n, err := strconv.ParseInt(fmt.Sprint(v), 10, 64); err == nil {
		return n, nil
	}
	const most = 1 << 53 // a larger float64 is not exact
	f, err := toFloat(v)
	if err != nil {
		return 0, err
	}
	if f != math.Trunc(f) || math.Abs(f) > most {
		return 0, fmt.Errorf("%s is not an integer of at most 64 bits", inMessage(v))
	}
	return int64(f), nil
}

// inMessage is a value as it is shown in an error.
func inMessage(v any) string {
	text, err := JSON(v)
	if err != nil {
		return "it"
	}
	return Short(text)
}
