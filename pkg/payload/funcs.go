package payload

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"text/template"
	"time"
	"unicode/utf8"

	sprig "github.com/go-task/slim-sprig/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Sources are the inputs of templates besides their variables.
type Sources struct {
	Now    func() time.Time
	Random func() uint64 // any 64 bits, such as rand.Rand.Uint64
	Next   func() int64  // 1, 2, 3 and so on
}

// fromSprig are the functions of slim-sprig that templates have. Each depends only on its
// arguments, and its work is bounded by their size or by growths. Functions of slim-sprig
// that print as Go does, read invalid numbers as 0 or panic are replaced by ours with the
// same names.
var fromSprig = []string{
	"b64enc", "coalesce", "contains", "empty", "fail", "hasKey", "hasPrefix", "hasSuffix", "list", "lower", "plural", "replace",
	"sha256sum", "splitList", "ternary", "title", "trim", "trimAll", "trimPrefix", "trimSuffix", "upper",
}

// Funcs returns the functions of templates, in addition to those of text/template:
//
//	unix        the time in UNIX seconds; unix "-5m" is five minutes earlier
//	rfc3339     the time as Apizee writes it; rfc3339 "1h" is an hour later
//	uid         a new id in the form of a conversation's
//	seq         1, then 2, and so on
//	default     {{ .id | default 100 }} is 100 unless .id is given; 0 and "" count as given
//	quote       a value as a JSON string
//	toJson      a value as JSON
//
// and functions for text, numbers and comparisons, with the names of slim-sprig's.
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
		"quote":   quoteText,
		"toJson":  JSON,
	}
	all := slimSprig()
	for _, name := range fromSprig {
		funcs[name] = all[name]
	}
	maps.Copy(funcs, texts())
	maps.Copy(funcs, numbers())
	maps.Copy(funcs, comparisons())
	return funcs
}

var slimSprig = sync.OnceValue(sprig.HermeticTxtFuncMap)

// texts are the functions for text. Some replace those of text/template.
func texts() template.FuncMap {
	squote := slimSprig()["squote"].(func(...any) string)
	return template.FuncMap{
		"print": printing(fmt.Sprint), "println": printing(fmt.Sprintln), "printf": printf,
		"html": printing(template.HTMLEscaper), "js": printing(template.JSEscaper), "urlquery": printing(template.URLQueryEscaper),
		"toString": Text, "squote": printing(squote), "cat": cat, "join": join,
		"index":  index,
		"first":  func(list any) (any, error) { return item(list, func(n int) int { return 0 }) },
		"last":   func(list any) (any, error) { return item(list, func(n int) int { return n - 1 }) },
		"b64dec": decodeBase64,
		"repeat": repeat,
		"substr": substr,
		"trunc":  trunc,
		"regexMatch": func(pattern, text string) (bool, error) {
			re, err := compile(pattern)
			return err == nil && re.MatchString(text), err
		},
		"regexReplaceAll": func(pattern, text, by string) (string, error) {
			re, err := compile(pattern)
			if err != nil {
				return "", err
			}
			return re.ReplaceAllString(text, by), nil
		},
	}
}

// item returns an item of a list, or nil if the list is empty.
func item(list any, which func(n int) int) (any, error) {
	values := reflect.ValueOf(list)
	if values.Kind() != reflect.Slice {
		return nil, errors.New("must be a list")
	}
	if values.Len() == 0 {
		return nil, nil
	}
	return values.Index(which(values.Len())).Interface(), nil
}

// index is that of text/template, except that a missing key is an error, as in .object.key.
func index(value any, at ...any) (any, error) {
	for _, at := range at {
		switch v := reflect.ValueOf(value); v.Kind() {
		case reflect.Map:
			key, isText := at.(string)
			if !isText {
				return nil, fmt.Errorf("the key of an object must be a string, not %s", inMessage(at))
			}
			item := v.MapIndex(reflect.ValueOf(key))
			if !item.IsValid() {
				return nil, fmt.Errorf("there is no %q", key)
			}
			value = item.Interface()
		case reflect.Slice:
			n := reflect.ValueOf(at)
			switch {
			case !n.CanInt():
				return nil, fmt.Errorf("the index of a list must be an integer, not %s", inMessage(at))
			case n.Int() < 0 || n.Int() >= int64(v.Len()):
				return nil, fmt.Errorf("the list has no item %d", n.Int())
			}
			value = v.Index(int(n.Int())).Interface()
		default:
			return nil, fmt.Errorf("%s has no items", kindOfJSON(inMessage(value)))
		}
	}
	return value, nil
}

func decodeBase64(text string) (string, error) {
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", fmt.Errorf("%q is not valid Base64", text)
	}
	return string(decoded), nil
}

func repeat(count int, text string) (string, error) {
	if count < 0 {
		return "", fmt.Errorf("the count must be 0 or more, not %d", count)
	}
	return strings.Repeat(text, count), nil
}

// substr returns the characters from start up to, but not including, end. Negative numbers
// are the ends of the text.
func substr(start, end int, text string) string {
	characters := []rune(text)
	if end < 0 || end > len(characters) {
		end = len(characters)
	}
	return string(characters[min(max(start, 0), end):end])
}

// trunc returns the first n characters, or the last -n if n is negative.
func trunc(n int, text string) string {
	if n < 0 {
		return substr(utf8.RuneCountInString(text)+n, -1, text)
	}
	return substr(0, n, text)
}

func compile(pattern string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(pattern)
	if wrong := (*syntax.Error)(nil); errors.As(err, &wrong) {
		return nil, fmt.Errorf("%q is not a valid regular expression: %s", pattern, wrong.Code)
	}
	return re, err
}

func (s Sources) at(shift []string) (time.Time, error) {
	t := s.Now()
	for _, text := range shift {
		d, err := time.ParseDuration(text)
		if err != nil {
			return t, fmt.Errorf("%q is not a valid duration such as 5m or -1h", text)
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
