package payload

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"text/template"
)

var errTooLong = errors.New("the result has more than 64 bits")

// numbers are the functions that count. They have slim-sprig's names and arguments, but what
// is not a number, or too large for one, is an error.
func numbers() template.FuncMap {
	sum, product := (*big.Int).Add, (*big.Int).Mul
	return template.FuncMap{
		"add": counting(sum), "mul": counting(product), "sub": counting((*big.Int).Sub),
		"add1": func(v any) (int64, error) { return counting(sum)(v, 1) },
		"div":  dividing((*big.Int).Quo), "mod": dividing((*big.Int).Rem),
		"max": counting(func(_, a, b *big.Int) *big.Int { return pick(a, b, a.Cmp(b) > 0) }),
		"min": counting(func(_, a, b *big.Int) *big.Int { return pick(a, b, a.Cmp(b) < 0) }),
		"int": toInt, "int64": toInt, "atoi": toInt,
		"float64": toFloat,
		"ceil":    rounding(math.Ceil), "floor": rounding(math.Floor),
		"round": func(v any, digits int) (float64, error) {
			f, err := toFloat(v)
			if err != nil || digits < 0 || digits > 15 {
				return f, err
			}
			shift := math.Pow10(digits)
			return math.Round(f*shift) / shift, nil
		},
	}
}

type operation func(result, a, b *big.Int) *big.Int

func pick(a, b *big.Int, first bool) *big.Int {
	if first {
		return a
	}
	return b
}

// counting does an operation with the first number and the second, with the result of that
// and the third, and so on.
func counting(do operation) func(first any, others ...any) (int64, error) {
	return func(first any, others ...any) (int64, error) {
		n, err := whole(first)
		if err != nil {
			return 0, err
		}
		result := big.NewInt(n)
		for _, v := range others {
			if n, err = whole(v); err != nil {
				return 0, err
			}
			if result = do(result, result, big.NewInt(n)); !result.IsInt64() {
				return 0, errTooLong
			}
		}
		return result.Int64(), nil
	}
}

func dividing(do operation) func(a, b any) (int64, error) {
	return func(a, b any) (int64, error) {
		if n, err := whole(b); err == nil && n == 0 {
			return 0, errors.New("nothing can be divided by 0")
		}
		return counting(do)(a, b)
	}
}

func rounding(do func(float64) float64) func(any) (float64, error) {
	return func(v any) (float64, error) {
		f, err := toFloat(v)
		return do(f), err
	}
}

// toFloat is a number, or the text of one.
func toFloat(v any) (float64, error) {
	switch v := v.(type) {
	case int:
		return float64(v), nil
	case int64:
		return float64(v), nil
	case float64:
		return v, nil
	case json.Number:
		return toFloat(v.String())
	case string:
		if f, err := strconv.ParseFloat(v, 64); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f, nil
		}
	}
	return 0, fmt.Errorf("%s is not a number", shown(v))
}

// toInt is a number, or the text of one, without what comes after its point.
func toInt(v any) (int, error) {
	if n, err := whole(v); err == nil {
		return int(n), nil
	}
	f, err := toFloat(v)
	if err != nil {
		return 0, err
	}
	n, err := whole(math.Trunc(f))
	return int(n), err
}

// whole is a whole number, or the text of one.
func whole(v any) (int64, error) {
	if n, err := strconv.ParseInt(fmt.Sprint(v), 10, 64); err == nil {
		return n, nil
	}
	const most = 1 << 53 // above, a float64 has lost digits
	f, err := toFloat(v)
	if err != nil {
		return 0, err
	}
	if f != math.Trunc(f) || math.Abs(f) > most {
		return 0, fmt.Errorf("%s is not a whole number of at most 64 bits", shown(v))
	}
	return int64(f), nil
}

// shown is a value in a message.
func shown(v any) string {
	text, err := JSON(v)
	if err != nil {
		return "it"
	}
	return Short(text)
}
