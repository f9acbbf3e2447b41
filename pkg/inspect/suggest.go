package inspect

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// suggestions are ways to continue a filter: each replaces the characters from Start to End, which are
// counted in UTF-16 units, as a page does.
type suggestions struct {
	Start       int          `json:"start"`
	End         int          `json:"end"`
	Suggestions []suggestion `json:"suggestions"`
}

type suggestion struct {
	Text  string `json:"text"`
	About string `json:"about,omitempty"`
}

func (h *handler) suggest(_ http.ResponseWriter, r *http.Request) (any, error) {
	units := utf16.Encode([]rune(r.URL.Query().Get("filter")))
	to := len(units)
	if n, err := strconv.Atoi(r.URL.Query().Get("position")); err == nil {
		to = min(max(n, 0), to)
	}
	before := string(utf16.Decode(units[:to]))
	typed := before[strings.LastIndexAny(before, " \t\n")+1:]
	if strings.Count(before, `"`)%2 == 1 {
		return suggestions{Start: to, End: to, Suggestions: []suggestion{}}, nil
	}
	typed = strings.TrimPrefix(typed, "-")
	out := suggestions{Start: to - len(utf16.Encode([]rune(typed))), End: to, Suggestions: []suggestion{}}
	for _, s := range h.store.suggest(typed) {
		if strings.HasPrefix(s.Text, typed) && s.Text != typed {
			out.Suggestions = append(out.Suggestions, s)
		}
	}
	return out, nil
}

// suggest returns the terms that a typed text may become.
func (s *Store) suggest(typed string) []suggestion {
	key, value, hasValue := strings.Cut(typed, ":")
	if hasValue {
		return s.values(key, value)
	}
	catalog := s.options.Catalog
	if key, value, hasValue := strings.Cut(typed, "="); hasValue {
		last := value[:strings.LastIndexByte(value, ',')+1]
		var list []suggestion
		for _, word := range catalog.FilterValues(strings.TrimSuffix(key, "!")) {
			list = append(list, suggestion{Text: key + "=" + last + word})
		}
		return list
	}
	var list []suggestion
	for _, k := range filterKeys() {
		list = append(list, suggestion{k.name + ":", k.about})
	}
	list = append(list, suggestion{headerKey, "text in a header"})
	for _, k := range catalog.FilterKeys() {
		list = append(list, suggestion{Text: k + "=", About: describeKey(catalog, k)})
	}
	if strings.HasPrefix(typed, headerKey) {
		for _, name := range s.recentHeaders() {
			list = append(list, suggestion{Text: headerKey + name + ":"})
		}
	}
	return list
}

func describeKey(catalog *apizee.Catalog, key string) string {
	return strings.Join(catalog.FilterValues(key), ", ")
}

// values returns the terms with a key and one more value.
func (s *Store) values(key, typed string) []suggestion {
	last := typed[:strings.LastIndexByte(typed, ',')+1]
	var list []suggestion
	if key == "is" {
		for _, state := range states() {
			list = append(list, suggestion{key + ":" + last + state.name, state.about})
		}
		return list
	}
	keys := filterKeys()
	if i := slices.IndexFunc(keys, func(k filterKey) bool { return k.name == key }); i >= 0 {
		for _, word := range keys[i].words {
			list = append(list, suggestion{Text: key + ":" + last + word})
		}
	}
	if key == "file" {
		for _, f := range s.files {
			list = append(list, suggestion{Text: key + ":" + f.name})
		}
	}
	return list
}

// recentHeaders returns the names of the headers of the last exchange.
func (s *Store) recentHeaders() []string {
	status, _ := s.Status()
	detail, ok := s.detail(status.Last)
	var names []string
	for _, header := range detail.Headers {
		if ok && !slices.Contains(names, header.Name) {
			names = append(names, header.Name)
		}
	}
	return names
}
