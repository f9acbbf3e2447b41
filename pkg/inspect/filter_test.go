package inspect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// filtered is a store with exchanges that the filters of the tests tell apart.
func filtered(t testing.TB) *Store {
	s := New(Options{Catalog: apizee.Documented()})
	bodies := []string{
		ticket(1, "new", 100),   // 1
		ticket(1, "done", 200),  // 2
		ticket(1, "new", 100),   // 3: a duplicate, and late
		ticket(2, "opend", 300), // 4: invalid
		`{"event":"create","time":1,"object":"media","objectId":"a","props":{"state":"completed","_parent":{"name":"ticket","id":1}}}`, // 5
		`{"event":"delete","time":1,"object":"ticket","objectId":9,"props":{}}`,                                                        // 6
		`{"a":"Réparation À DISTANCE \" quoted","n":12345678901234567890,"e":"a\/b"}`,                                                  // 7
		"\xff\x00 bytes",             // 8
		`no JSON: two words\nC:\new`, // 9
		"",                           // 10
	}
	for i, body := range bodies {
		x := received(i, body)
		switch i + 1 {
		case 2:
			x.Path, x.Method, x.Took, x.Status = "/Other/path?token=hunter2", "PUT", 2*time.Second, 503
		case 6:
			x.Headers["X-Team"], x.Status = []string{"Blue Team"}, 404
			x.Outcome, x.Forwarded = "not-forwarded", &recording.Forwarded{URL: "http://localhost:3000/", Failure: &recording.Failure{Kind: "refused"}}
		case 7:
			x.Forwarded = &recording.Forwarded{URL: "http://localhost:3000/", Status: 200}
			x.ReceivedAt = x.ReceivedAt.Add(2 * time.Minute)
		case 8, 9:
			x.ReceivedAt = x.ReceivedAt.Add(2 * time.Minute)
		case 10:
			x.ReceivedAt, x.Method, x.Status, x.Took = x.ReceivedAt.Add(time.Hour), "GET", 0, 0
		}
		s.Add(x)
	}
	s.Pin(5, true)
	return s
}

func TestFilter(t *testing.T) {
	s := filtered(t)
	all := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	without := func(ids ...int64) []int64 {
		return slices.DeleteFunc(slices.Clone(all), func(id int64) bool { return slices.Contains(ids, id) })
	}
	tests := map[string][]int64{
		"": all, "   ": all, "is:": all, "status:": all,
		"object=ticket": {1, 2, 3, 4, 6}, "object=ticket,media": {1, 2, 3, 4, 5, 6}, "object!=ticket": {5, 7, 8, 9, 10},
		"-object=ticket": {5, 7, 8, 9, 10}, "-object!=ticket": {1, 2, 3, 4, 6}, "event!=update": {5, 6, 7, 8, 9, 10},
		"object=ticket event=delete": {6}, "objectId=1": {1, 2, 3}, "objectId=a": {5}, "time=100,200": {1, 2, 3},
		"props.state=new": {1, 3}, "props.state=new,done": {1, 2, 3}, "-props.state=new": {2, 4, 5, 6, 7, 8, 9, 10}, "props.state!=new": {2, 4, 5, 6, 7, 8, 9, 10},
		"props._parent.id=1": {5}, "props._parent.name=ticket object=media": {5},
		"is:invalid": {4, 7, 8, 9, 10}, "is:valid": {1, 2, 3, 5, 6}, "-is:invalid": {1, 2, 3, 5, 6}, "is:duplicate": {3}, "is:late": {3}, "is:late,invalid object=ticket": {3, 4},
		"is:gap": {7, 10}, "is:pinned": {5}, "-is:pinned": without(5), "is:sent": {}, "is:forwarded": {6, 7}, "is:failed": {6},
		"status:503": {2}, "status:5xx": {2}, "status:4XX,503": {2, 6}, "status:none": {10}, "-status:204": {2, 6, 10},
		"path:/other": {2}, "path:HOOKS": without(2), "path:token=****": {2}, "path:hunter2": {},
		"method:PUT": {2}, "method:get,put": {2, 10}, "took:>1s": {2}, "took:>=2s": {2}, "took:<1s": without(2, 10), "took:500ms": {2}, "took:<=1.5ms": without(2, 10),
		"header.x-team:blue": {6}, `header.X-Team:"blue team"`: {6}, "header.user-agent:cloud": all, "header.x-api-key:hunter": {}, "header.x-team:cloud": {},
		"id:3": {3}, "id:3,#5": {3, 5}, "-id:3": without(3), "id:99": {},
		"after:12:05": {7, 8, 9, 10}, "before:12:04:07": {1, 2}, "after:2026-11-28T12:04:10Z before:12:05": {6}, "after:-5m": {10}, "before:-5m": without(10), "after:2026-11-29": {},
		"opend": {4}, "OPEND": {4}, "hunter2": {}, "cloud": all, "blue": {6}, `"blue team"`: {6}, `"team blue"`: {}, "-opend": without(4),
		"réparation": {7}, "RÉPARATION": {7}, `"à distance"`: {7}, "12345678901234567890": {7}, "bytes": {8}, `"two words"`: {9}, "two words": {9},
		`"\" quoted"`: {7}, `"c:\\new"`: {9}, `"a\\/b"`: {7}, `"state\":\"new"`: {1, 3}, "receivedat": {}, "findings": {}, `"n:"`: {9}, "new": {1, 3, 9}, `"\\new"`: {9}, "ew": {1, 3, 9}, "http://x": {},
		`props.state=new -is:duplicate`: {1}, "x-team": {6}, `"-id"`: {}, "ticket -done -is:late": {1, 4, 5, 6},
	}
	for filter, want := range tests {
		if got := selectIDs(t, s, filter); !slices.Equal(got, want) {
			t.Errorf("%s selects %v, want %v", filter, got, want)
		}
	}
	// What was added since is tested too, by a filter that is remembered.
	s.Add(received(20, ticket(5, "new", 500)))
	for filter, want := range map[string][]int64{"props.state=new": {1, 3, 11}, "object=ticket": {1, 2, 3, 4, 6, 11}, "-opend": append(without(4), 11)} {
		if got := selectIDs(t, s, filter); !slices.Equal(got, want) {
			t.Errorf("%s selects %v after an addition, want %v", filter, got, want)
		}
	}
	s.Pin(5, false)
	if got := selectIDs(t, s, "is:pinned"); len(got) > 0 {
		t.Errorf("%v are pinned", got)
	}
}

func TestFilterErrors(t *testing.T) {
	s := filtered(t)
	for filter, want := range map[string]struct {
		position int
		text     string
	}{
		"is:invald":                      {0, `did you mean "invalid"?`},
		"opend stats:500":                {6, `did you mean status:?`},
		"status:5x":                      {0, "a class such as 5xx"},
		"status:-1":                      {0, "a class"},
		"status:99999":                   {0, "a class"},
		"took:fast":                      {0, "took:>500ms"},
		"took:>-1s":                      {0, "took:>500ms"},
		"is:valid after:noon":            {9, "12:04"},
		"id:x":                           {0, "id:12"},
		"object:media":                   {0, `"object" cannot be followed by ":" write object=media. Quote text that has a colon.`},
		"new -event:create":              {4, "write -event=create."},
		"props.state:closed":             {0, "write props.state=closed."},
		`name:"in progress"`:             {0, `write props.name="in progress".`},
		"object:tiket":                   {0, `write object=…; did you mean "ticket"?`},
		"props.state:zz":                 {0, `write props.state=…; filter "props.state=zz": "zz" is not a documented`},
		"status=5x":                      {0, "write status:…; use a status such as 404"},
		"took=fast":                      {0, "write took:…; use a duration such as took:>500ms"},
		"took=5":                         {0, "write took:…; use a duration such as took:>500ms"},
		"took=500ms":                     {0, "write took:500ms."},
		"after=5":                        {0, "write after:…; use a time such as 12:04"},
		"is!=valud":                      {0, `write -is:…; did you mean "valid"?`},
		"stats=500":                      {0, `did you mean status:?`},
		"objct=":                         {0, `did you mean "object"?`},
		"header=blue":                    {0, "write header.NAME:blue."},
		"-header:blue":                   {0, "write -header.NAME:blue. Quote"},
		"header.=":                       {0, "write header.NAME:…."},
		"header.X-Team=":                 {0, "write header.X-Team:…."},
		"status = 200":                   {7, "without a space"},
		"status=204":                     {0, `"status" cannot be followed by "=" write status:204.`},
		"status!=204":                    {0, "write -status:204."},
		"-status!=204":                   {0, "write status:204."},
		"header.X-Team=blue":             {0, "write header.X-Team:blue."},
		"objct=ticket":                   {0, `did you mean "object"?`},
		"object=tiket":                   {0, `did you mean "ticket"?`},
		"a b object=ticket object=media": {0, "excludes every object"},
		"a\xff":                          {0, "UTF-8"},
		strings.Repeat("a ", 3000):       {0, "longer than"},
	} {
		_, err := s.ParseFilter(filter, start())
		var mistake *FilterError
		if !errors.As(err, &mistake) || mistake.Position != want.position || !strings.Contains(mistake.Message+" "+mistake.Hint, want.text) {
			t.Errorf("%.60s: %+v, want %q at %d", filter, err, want.text, want.position)
		}
	}
}

// A term without its value is being typed, whatever sign it has.
func TestFilterTerms(t *testing.T) {
	s := filtered(t)
	for _, filter := range []string{"status:", "-is:", "took=", "status!=", "object:", "state:", "props.x:", "object=", "-event!=", "objectId=", "time=", "props.state="} {
		if f, err := s.ParseFilter(filter, start()); err != nil || !f.IsAll() {
			t.Errorf("%s: %v, selects all: %t", filter, err, f.IsAll())
		}
	}
	for _, filter := range []string{"props.:x", "http://localhost:3000", `"status=200"`, `"="`, "header.X-Team:", "props.x="} {
		if f, err := s.ParseFilter(filter, start()); err != nil || f.IsAll() {
			t.Errorf("%s: %v, selects all: %t", filter, err, f.IsAll())
		}
	}
}

// The terms of --filter on the command line select the same.
func TestFilterIsThatOfTheCommandLine(t *testing.T) {
	s := filtered(t)
	catalog := apizee.Documented()
	for _, expression := range []string{"object=ticket", "event!=update", "objectId=1", "time=100", "props.state=new,done", "props.state!=new", "props._parent.id=1", "props.x=1"} {
		f, err := catalog.ParseFilter([]string{expression})
		if err != nil {
			t.Fatal(err)
		}
		var want []int64
		for id := int64(1); id <= 10; id++ {
			entry, _ := s.entry(id)
			if f.Match(catalog.Validate(entry.Body).Event) {
				want = append(want, id)
			}
		}
		if got := selectIDs(t, s, expression); !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%s selects %v, want %v", expression, got, want)
		}
	}
}

// FuzzFilter checks that every filter is parsed or refused with a place in it, that a term and its
// negation share no exchange and leave none out, and that quoted text is found where it is.
func FuzzFilter(f *testing.F) {
	s := filtered(f)
	for _, seed := range []string{"object=ticket -is:late", `"two words`, "status:5xx,404 took:>1s", `-"a\"b" path:/x`, "after:12:04 before:-5m", "header.:x", "props.=,", "--", `""`, "id:#", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := s.ParseFilter(text, start())
		if err != nil {
			var mistake *FilterError
			if !errors.As(err, &mistake) || mistake.Position < 0 || mistake.Position > len(text) || mistake.Message == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if _, err := s.Select(context.Background(), parsed); err != nil {
			t.Fatal(err)
		}
		if text == "" || !utf8.ValidString(text) || len(text) > 1000 {
			return
		}
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
		with, without := selectIDs(t, s, quoted), selectIDs(t, s, "-"+quoted)
		if len(with)+len(without) != 10 {
			t.Errorf("%s: %v and %v", quoted, with, without)
		}
		for id := int64(1); id <= 10; id++ {
			entry, _ := s.entry(id)
			if strings.Contains(fold(string(entry.Body)), fold(text)) && !slices.Contains(with, id) {
				t.Errorf("%s is not found in %q", quoted, entry.Body)
			}
		}
	})
}

func TestSuggest(t *testing.T) {
	s := serve(t, filtered(t), Config{})
	for typed, want := range map[string]string{
		"filter=":                          "0 0 is:",
		"filter=is:dup":                    "0 6 is:duplicate",
		"filter=-is:dup":                   "1 7 is:duplicate",
		"filter=a%20obj":                   "2 5 object=",
		"filter=object%3Dt":                "0 8 object=ticket",
		"filter=object%3Dticket,m":         "0 15 object=ticket,media",
		"filter=is:late,inv":               "0 11 is:late,invalid",
		"filter=header.x-":                 "0 9 -",
		"filter=header.X-":                 "0 9 header.X-Api-Key:",
		"filter=%22a%20is:":                "6 6 -",
		"filter=%F0%9F%98%80%20is:du":      "3 8 is:duplicate",
		"filter=is:du%20object&position=5": "0 5 is:duplicate",
		"filter=is:late":                   "0 7 -",
	} {
		var got suggestions
		s.read("/api/suggest?"+typed, &got)
		first := "-"
		if len(got.Suggestions) > 0 {
			first = got.Suggestions[0].Text
		}
		if text := fmt.Sprintf("%d %d %s", got.Start, got.End, first); text != want {
			t.Errorf("%s: got %s, want %s", typed, text, want)
		}
	}
}
