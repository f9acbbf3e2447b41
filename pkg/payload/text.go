package payload

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What Go prints for null, objects and lists ("<nil>", "map[a:1]", "[1 2]") is nobody's
// text. So all that templates print goes through Text: the functions that make text of
// their arguments call it, and each action ends in it (see Prepare).

var (
	errNull    = errors.New("null has no text; give it one, such as {{ .name | default `none` }}")
	errNotUTF8 = errors.New("the text is not UTF-8")
	errNotJSON = errors.New("it cannot be written as text or JSON")
)

// Text is a value as it stands in a text: a string and a number as they are, an object and
// a list as compact JSON. Null is an error.
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

// JSON is a value as compact JSON. It leaves <, > and & as they are, and a number with the
// digits typed.
func JSON(value any) (string, error) {
	if text, isText := value.(string); isText {
		quoted, err := quoted(text)
		if err != nil {
			return "", errNotUTF8
		}
		return string(quoted), nil
	}
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return "", errNotJSON
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// quoteText is the text of a value as a JSON string.
func quoteText(value any) (string, error) {
	text, err := Text(value)
	if err != nil {
		return "", err
	}
	return JSON(text)
}

// isNumber reports whether a value prints as a number.
func isNumber(value any) bool {
	switch value.(type) {
	case json.Number, int, int64, float64:
		return true
	}
	return false
}

// printing lets a function that makes text of any values see their texts, but for the types
// that fmt prints alike, between which print puts spaces.
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

// join is the texts of a list, or of a value alone, with a separator between.
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

// cat is the texts of values with spaces between.
func cat(values ...any) (string, error) { return join(" ", values) }

// printf is fmt.Sprintf, but that what does not fit the format is an error. A number keeps
// its digits where the verb is s or v.
func printf(format string, values ...any) (string, error) {
	p := &printer{dry: true}
	operands := make([]any, len(values))
	for i, v := range values {
		operands[i] = operand{p, v}
	}
	// Without what it would print, only what fmt complains of is left.
	verbs := strings.ReplaceAll(format, "%%", "")
	if left := fmt.Sprintf(verbs, operands...); strings.Contains(left, "%!") || p.printed != strings.Count(verbs, "%") {
		return "", fmt.Errorf("the format %q does not fit the values after it", format)
	}
	p.dry = false
	text := fmt.Sprintf(format, operands...)
	return text, p.err
}

type printer struct {
	dry     bool // prints nothing
	printed int
	err     error // the first one
}

// operand is a value to be printed as a verb says.
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
		if o.err == nil {
			o.printer.err = err
		}
		return
	}
	fmt.Fprintf(state, fmt.FormatString(state, verb), value)
}

// as is the value in the type that a verb prints.
func (o operand) as(verb rune) (any, error) {
	text, err := Text(o.value)
	if err != nil {
		return nil, err
	}
	_, isText := o.value.(string)
	switch {
	case strings.ContainsRune("svq", verb), isText && strings.ContainsRune("xX", verb):
		if _, isInt := o.value.(int); isInt && verb == 'v' {
			return o.value, nil // which a 0 before the width fills up
		}
		return text, nil
	case isNumber(o.value) && strings.ContainsRune("eEfFgG", verb):
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return f, nil
		}
	case isNumber(o.value) && strings.ContainsRune("bcdoOxXU", verb):
		if f, isFloat := o.value.(float64); isFloat && f == math.Trunc(f) {
			text = strconv.FormatFloat(f, 'f', 0, 64)
		}
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
		const mostDigits = 1000 // more would take long to read
		if n, ok := new(big.Int).SetString(text[:min(len(text), mostDigits)], 10); ok && len(text) <= mostDigits && verb != 'c' && verb != 'U' {
			return n, nil
		}
	case verb == 't':
		if b, isBool := o.value.(bool); isBool {
			return b, nil
		}
	}
	return nil, fmt.Errorf("%%%c does not print %s", verb, shown(o.value))
}
