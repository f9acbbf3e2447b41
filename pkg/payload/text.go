package payload

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Go prints null, objects and lists as "<nil>", "map[a:1]" and "[1 2]". So templates print
// only through Text: functions that convert their arguments to text call it, and so does
// each action (see Prepare).

var (
	errNull    = errors.New("null cannot be printed; use a default, such as {{ .name | default `none` }}")
	errNotUTF8 = errors.New("the text is not UTF-8")
	errNotJSON = errors.New("the value cannot be written as JSON")
)

// Text is a value as text: strings and numbers as they are, objects and lists as compact
// JSON. Null is an error.
func Text(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", errNull
	case string:
		if !utf8.ValidString(v) {
			return "", errNotUTF8
		}
		return v, nil
	case json.Number, bool, int, int64:
		return fmt.Sprint(v), nil
	}
	return JSON(value)
}

// JSON is a value as compact JSON. It does not escape <, > and &, and numbers keep their
// digits.
func JSON(value any) (string, error) {
	if text, isText := value.(string); isText {
		quoted, err := quoted(text)
		return string(quoted), err
	}
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return "", errNotJSON
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// quoteText is Text as a JSON string.
func quoteText(value any) (string, error) {
	if value == nil {
		return "", errors.New("null cannot be printed; use toJson, which writes null, or a default")
	}
	text, err := Text(value)
	if err != nil {
		return "", err
	}
	return JSON(text)
}

// printing passes values to a function of fmt as Text, except for types that fmt prints
// correctly itself: print adds spaces between those.
func printing(f func(...any) string) func(...any) (string, error) {
	return func(values ...any) (string, error) {
		texts := make([]any, len(values))
		for i, v := range values {
			text, err := Text(v)
			if err != nil {
				return "", err
			}
			switch v.(type) {
			case int, int64, float64, bool:
				texts[i] = v
			default:
				texts[i] = text
			}
		}
		return f(texts...), nil
	}
}

// join joins the texts of a list with a separator. Any other value is its own text.
func join(separator string, list any) (string, error) {
	values := reflect.ValueOf(list)
	if values.Kind() != reflect.Slice {
		return Text(list)
	}
	texts := make([]string, values.Len())
	for i := range texts {
		var err error
		if texts[i], err = Text(values.Index(i).Interface()); err != nil {
			return "", err
		}
	}
	return strings.Join(texts, separator), nil
}

// cat joins the texts of values with spaces.
func cat(values ...any) (string, error) { return join(" ", values) }

// printf is fmt.Sprintf, except that values that do not fit the format are an error, and
// that %s and %v keep the digits of a number.
func printf(format string, values ...any) (string, error) {
	p := &printer{dry: true}
	operands := make([]any, len(values))
	for i, v := range values {
		operands[i] = operand{p, v}
	}
	// When operands print nothing, only the error messages of fmt are left.
	verbs := strings.ReplaceAll(format, "%%", "")
	if left := fmt.Sprintf(verbs, operands...); strings.Contains(left, "%!") || p.printed != strings.Count(verbs, "%") {
		return "", fmt.Errorf("the format %q does not fit its values", format)
	}
	p.dry = false
	text := fmt.Sprintf(format, operands...)
	return text, p.err
}

type printer struct {
	dry     bool // print nothing
	printed int
	err     error // the first error
}

// operand is a value for a verb.
type operand struct {
	*printer
	value any
}

func (o operand) Format(state fmt.State, verb rune) {
	o.printed++
	if o.dry {
		return
	}
	value, err := o.as(verb)
	if err != nil {
		o.err = cmp.Or(o.err, err)
		return
	}
	fmt.Fprintf(state, fmt.FormatString(state, verb), value)
}

// as converts the value to the type that a verb prints.
func (o operand) as(verb rune) (any, error) {
	text, err := Text(o.value)
	if err != nil {
		return nil, err
	}
	kind := "null"
	if json, err := JSON(o.value); err == nil {
		kind = kindOfJSON(json)
	}
	const mostDigits = 1000 // more are slow to convert
	switch {
	case strings.ContainsRune("svq", verb), kind == "a string" && strings.ContainsRune("xX", verb):
		return text, nil
	case kind == "a boolean" && verb == 't':
		return o.value, nil
	case kind == "a number" && strings.ContainsRune("eEfFgG", verb):
		return toFloat(o.value)
	case kind == "a number" && strings.ContainsRune("bdoOxX", verb) && len(text) <= mostDigits:
		if n, ok := new(big.Int).SetString(text, 10); ok {
			return n, nil
		}
		if n, err := integer(o.value); err == nil {
			return n, nil
		}
	}
	return nil, fmt.Errorf("%%%c cannot print %s", verb, inMessage(o.value))
}
