package redact

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

func documentedForTests(path, value string) bool {
	switch path {
	case "time":
		return Classify(value) == KindInteger && len(value) <= len("1575976413")
	case "event":
		return value == "create" || value == "update"
	case "object":
		return value == "ticket"
	case "props.state":
		return value == "new" || value == "invited"
	}
	return false
}

func testScrubber(keep ...string) *Scrubber {
	return NewScrubber(ScrubOptions{Key: []byte("key of the tests"), Keep: keep, Documented: documentedForTests})
}

// TestScrubKinds has a value of each kind, and the shape of its pseudonym.
func TestScrubKinds(t *testing.T) {
	const word = `[bcdfgjklmnprstvz][aeiou](?:[bcdfgjklmnprstvz][aeiou]){4}`
	const name = `[A-Z][a-z]{9}`
	for _, test := range []struct {
		path, in string
		kind     Kind
		want     string // a pattern
	}{
		{"objectId", "100", KindInteger, `[1-9]\d\d`},
		{"props.n", "7", KindInteger, `[1-9]`},
		{"props.n", "-7000", KindInteger, `-[1-9]\d{3}`},
		{"props.n", "0042", KindInteger, `00[1-9]\d`},
		{"props.n", "12345678901234567890123", KindInteger, `[1-9]\d{22}`},
		{"props.n", "12.50", KindDecimal, `[1-9]\d\.\d\d`},
		{"props.n", "0.5", KindDecimal, `0\.\d`},
		{"props.n", "12e-3", KindDecimal, `[1-9]\de-3`},
		{"props.ref", "7e655512345", KindText, `[1-9]` + word + `[1-9]\d{8}`},
		{"props.ref", "-1.5e655512345", KindText, `-[1-9]\.[1-9]` + word + `[1-9]\d{8}`},
		{"props.session", "1234567e8901234", KindUID, `[0-9a-f]{15}`},
		{"props.url", "https://acme.com/c/7e655512345", KindURI, `https://` + word + `\.example\.(com|org|net)/` + word + `/[1-9]` + word + `[1-9]\d{8}`},
		{"props.geoloc.lat", "47.866675", KindPosition, `47\.\d{6}|48\.\d{6}`},
		{"props.geoloc.lng", "-3.3655395000000001", KindPosition, `-3\.\d{15}`},
		{"props.longitude", "2", KindPosition, `3`},
		{"props.born", "1980-02-29", KindDate, `21[78]\d-\d\d-\d\d`},
		{"props.at", "2021-09-20T13:25:06+00:00", KindDateTime, `222[1-3]-\d\d-\d\dT13:25:06\+00:00`},
		{"props.at", "2021-09-20 13:25:06", KindDateTime, `222[1-3]-\d\d-\d\d 13:25:06`},
		{"objectId", "734e3a7b-eb17-4d3f-901d-bcff178b", KindUID, `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{8}`},
		{"props.id", "734E3A7B-EB17-4D3F-901D-BCFF178B0000", KindUUID, `[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-9[0-9A-F]{3}-[0-9A-F]{12}`},
		{"props.id", "507f1f77bcf86cd799439011", KindUID, `[0-9a-f]{24}`},
		{"props.mac", "00:1b:44:11:3a:b7", KindUID, `[0-9a-f]{2}(:[0-9a-f]{2}){5}`},
		{"props.email", "Jane.Roe87@Acme.co.uk", KindEmail, word + `\.` + word + `@example\.(com|org|net)`},
		{"props.email", "josé@acme.fr", KindEmail, word + `\.` + word + `@example\.(com|org|net)`},
		{"props.phone", "+33 6 12 34 56 78", KindPhone, `\+33 6 39 98 \d\d \d\d`},
		{"props.phone", "+33612345678", KindPhone, `\+3363998\d{4}`},
		{"props.phone", "06.12.34.56.78", KindPhone, `06\.39\.98\.\d\d\.\d\d`},
		{"props.phone", "0296112233", KindPhone, `026191\d{4}`},
		{"props.phone", "0033 1 12 34 56 78", KindPhone, `0033 1 99 00 \d\d \d\d`},
		{"props.phone", "+44 7911 123456", KindPhone, `\+44 7700 900\d{3}`},
		{"props.phone", "(415) 867-5309", KindPhone, `\(\d{3}\) 555-01\d\d`},
		{"props.ip", "10.1.2.3", KindIP, `(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+`},
		{"props.ip", "10.1.2.3:5432", KindIP, `(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+:8080`},
		{"props.ip", "fe80::1%eth0", KindText, `.*`},
		{"props.ip", "2a01:cb00::1", KindIP, `2001:db8:[0-9a-f:]+`},
		{"props.ip", "::1.2.3.256", KindIP, `2001:db8:[0-9a-f:]+`},
		{"props.ip", "[::ffff:01.2.3.4]:3000", KindIP, `\[2001:db8:[0-9a-f:]+\]:8080`},
		{"props.ip", "[2a01:cb00::1]:443", KindIP, `\[2001:db8:[0-9a-f:]+\]:443`},
		{"props.url", "https://jane:pw@cdn.acme.com:8443/t/100/p.jpg?id=100&to=jane%40acme.com#top", KindURI,
			`https://` + word + `:` + word + `@` + word + `\.example\.(com|org|net):8080/` + word + `/\d{3}/` + word + `\.jpg\?id=\d{3}&to=` + word + `\.` + word + `%40example\.(com|org|net)#` + word},
		{"props.url", "mailto:jane@acme.com", KindURI, `mailto:` + word + `\.` + word + `@example\.(com|org|net)`},
		{"props.url", "tel:+33612345678", KindURI, `tel:\+3363998\d{4}`},
		{"props.url", "éric://acme.com/jane", KindURI, word + `://` + word + `\.example\.(com|org|net)/` + word},
		{"props.note", "é☎https://acme.com/jane", KindText, word + `·https://` + word + `\.example\.(com|org|net)/` + word},
		{"props.token", "ghp0123456789abcdefXYZ", KindToken, `[a-z]{3}\d{10}[a-z]{6}[A-Z]{3}`},
		{"props.name", "Jane", KindText, name},
		{"props.name", "JANE d'Ornano-Müller", KindText, `[A-Z]{10} ` + word + `'` + name + `-` + name},
		{"props.name", "田中 太郎", KindText, word + " " + word},
		{"props.address", "12 bis, rue de la Paix\n75002 Paris", KindText, `\d\d ` + word + `, ` + word + ` ` + word + ` ` + word + ` ` + name + `\n[1-9]\d{4} ` + name},
		{"props.note", "Ask jane@acme.com (+33612345678), ☎ in A1!", KindText,
			name + ` ` + word + `\.` + word + `@example\.(com|org|net) \(\+3363998\d{4}\), · ` + word + ` [A-Z][a-z]{9}\d!`},
		{"props.note", "jane%2Eroe%40acme.com", KindText, word + `\.` + word + `%40example\.(com|org|net)`},
		{"props.note", "to=jane%40acme.com&name=Jane%20R%C3%B8e \\u006aane", KindText,
			word + `=` + word + `\.` + word + `%40example\.(com|org|net)&` + word + `=` + name + `%20` + name + ` \\` + word + `00\d` + word},
		{"props.note", "ticket=734e3a7b-eb17-4d3f-901d-bcff178b;on=2021-09-20&to=jane@acme.com", KindText,
			word + `=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{8};` + word + `=222[1-3]-\d\d-\d\d&` + word + `=` + word + `\.` + word + `@example\.(com|org|net)`},
		{"props.note", "50%off and 100%", KindText, `[1-9]\d%%?` + word + ` ` + word + ` [1-9]\d\d%`},
	} {
		t.Run(test.in, func(t *testing.T) {
			if test.kind != KindPosition && Classify(test.in) != test.kind {
				t.Errorf("it looks like %s", Classify(test.in))
			}
			s := testScrubber()
			got := s.Value(test.path, test.in)
			if !regexp.MustCompile("^(?:"+test.want+")$").MatchString(got) || got == test.in {
				t.Errorf("became %q", got)
			}
			if kind, kept := s.judge(s.tree.at(test.path), test.in, false); kept || kind != test.kind {
				t.Errorf("judged to be %s, kept: %t", kind, kept)
			}
			if again := testScrubber().Value(test.path, test.in); again != got {
				t.Errorf("became %q another time", again)
			}
			if other := NewScrubber(ScrubOptions{Key: []byte("another")}).Value(test.path, test.in); other == got && len(got) > 3 {
				t.Errorf("became %q with another key", other)
			}
			if again := s.Value(test.path, got); withoutNumbers(test.kind, again) != withoutNumbers(test.kind, got) {
				t.Errorf("%q became %q when scrubbed again", got, again)
			}
		})
	}
}

// withoutNumbers returns a text with zeros for the digits of numbers, the kind for which scrubbing is
// not idempotent.
func withoutNumbers(kind Kind, s string) string {
	switch kind {
	case KindInteger, KindDecimal, KindText, KindURI:
		return regexp.MustCompile(`\d`).ReplaceAllString(s, "0")
	}
	return s
}

// TestScrubPhones has phone numbers of ranges that are reserved, which stay, and others, of which the digits are
// replaced again. What is filled up with zeros is an integer.
func TestScrubPhones(t *testing.T) {
	s := testScrubber()
	for _, test := range []struct {
		in, want string // a pattern
		kind     Kind
		stays    bool
	}{
		{"+33 (0)6 12 34 56 78", `\+33 \(0\)6 39 98 \d\d \d\d`, KindPhone, true},
		{"0033612345678", `003363998\d{4}`, KindPhone, true},
		{"004407911123456", `00440\d{10}`, KindPhone, true},
		{"07911 123456", `07700 900\d{3}`, KindPhone, true},
		{"020 8123 4567", `020 7946 0\d{3}`, KindPhone, true},
		{"0014158675309", `001\d{3}55501\d\d`, KindPhone, true},
		{"+41 44 668 18 00", `\+41 00 \d{3} \d\d \d\d`, KindPhone, false},
		{"0041446681800", `004100\d{7}`, KindPhone, false},
		{"+300 0 64 08 25 95", `\+300 0 \d\d \d\d \d\d \d\d`, KindPhone, false},
		{"02 123 45 67", `00 0\d\d \d\d \d\d`, KindPhone, false},
		{"(02) 123 45 67", `\(00\) 0\d\d \d\d \d\d`, KindPhone, false},
		{"021234567", `0[1-9]\d{7}`, KindInteger, false},
		{"0010003737", `00[1-9]\d{7}`, KindInteger, false},
		{"00000001234", `0{7}[1-9]\d{3}`, KindInteger, false},
		{"00012345678", `0{3}[1-9]\d{7}`, KindInteger, false},
		{"000000012345", `0{7}[1-9]\d{4}`, KindInteger, false},
		{"001234567890", `00[1-9]\d{9}`, KindInteger, false},
		{"0010 0037 37", `00[1-9]\d 00[1-9]\d [1-9]\d`, KindText, false},
		{"00000 00000 00000001234 43", `0{5} 0{5} 0{7}[1-9]\d{3} [1-9]\d`, KindText, false},
	} {
		got := s.Value("props.a", test.in)
		again := s.Value("props.a", got)
		switch {
		case !regexp.MustCompile("^(?:" + test.want + ")$").MatchString(got), got == test.in:
			t.Errorf("%s became %s", test.in, got)
		case Classify(test.in) != test.kind, Classify(got) != test.kind:
			t.Errorf("%s is of kind %s, and %s of %s", test.in, Classify(test.in), got, Classify(got))
		case (again == got) != test.stays, !sameButDigits(again, got):
			t.Errorf("%s became %s and then %s", test.in, got, again)
		}
	}
	for _, same := range [][2]string{{"+33612345678", "06 12 34 56 78"}, {"+33612345678", "+33 (0)6 12 34 56 78"}, {"+447911123456", "07911 123456"}, {"+41446681800", "0041 44 668 18 00"}} {
		if a, b := digitsOf(s.Value("", same[0])), digitsOf(s.Value("", same[1])); a[len(a)-8:] != b[len(b)-8:] {
			t.Errorf("%v became %s and %s", same, a, b)
		}
	}
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if isDigit(r) {
			return r
		}
		return -1
	}, s)
}

// TestScrubPaddedNumbers has numbers that are filled up with zeros, none of which stays, whatever is around
// them. Those of 10 and 11 digits are no phone numbers.
func TestScrubPaddedNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := testScrubber()
	for digits := 10; digits <= 17; digits++ {
		seen := make(map[string]string)
		for range 2000 {
			in := fmt.Sprintf("%0*d", digits, 1+r.Uint64N(pow10(1+r.IntN(digits-2))-1))
			got := s.Value("a", in)
			if other, isTaken := seen[got]; isTaken && other != in && digits <= 11 {
				t.Errorf("%s and %s became %s", in, other, got)
			}
			seen[got] = in
			for _, around := range []string{"%s", "+%s", "https://acme.com/%s", "a %s b", "(%s)"} {
				if text := fmt.Sprintf(around, in); strings.Contains(s.Value("a", text), in) {
					t.Errorf("%s became %s", text, s.Value("a", text))
				}
			}
		}
	}
}

// TestScrubValuesInTexts has values in texts, each of which has the pseudonym that it has alone.
func TestScrubValuesInTexts(t *testing.T) {
	s := testScrubber()
	values := []string{
		"734e3a7b-eb17-4d3f-901d-bcff178b", "734e3a7b-eb17-4d3f-901d-bcff178b0000", "jane.roe@acme.com", "josé@acme.com", "+33612345678",
		"06.12.34.56.78", "2021-09-20", "2021-09-20T13:25:06+00:00", "10.1.2.3", "2a01:cb00::1", "https://acme.com/t/734e3a7b-eb17-4d3f-901d-bcff178b", "4211", "00000001234", "12.50",
	}
	around := []string{
		"%s", "a,%s,b", "id:%s", "a|%s|b", `a="%s">b`, "«%s»", "“%s”", "\u00a0%s\u202f", "l’%s", "'%s'", "[%s]", "→%s…", `{"a":"%s","b":1}`, `{"a": ["x", "%s"]}`,
		`[{\"a\":\"%s\"}]`, "see: %s.", "a;%s", "a=%s", "(%s)", "a`%s`", "%s€", "é:%s",
	}
	for _, value := range values {
		for _, format := range around {
			text := fmt.Sprintf(format, value)
			if got := s.Value("props.a", text); !strings.Contains(got, s.Value("props.a", value)) {
				t.Errorf("%s became %s, and alone %s", text, got, s.Value("props.a", value))
			}
		}
	}
	for _, test := range [][2]string{
		{"room_734e3a7b-eb17-4d3f-901d-bcff178b", values[0]},
		{"conv-734e3a7b-eb17-4d3f-901d-bcff178b", values[0]},
		{"room-734e3a7b-eb17-4d3f-901d-bcff178b_2021-09-20", values[0]},
		{"room-734e3a7b-eb17-4d3f-901d-bcff178b_2021-09-20", "2021-09-20"},
		{"https://host.fr/?ids=734e3a7b-eb17-4d3f-901d-bcff178b,2021-09-20", values[0]},
		{"https://host.fr/?ids=734e3a7b-eb17-4d3f-901d-bcff178b,2021-09-20", "2021-09-20"},
		{`<a href="mailto:jane@acme.com">`, "jane@acme.com"},
		{"id=mailto:jane%40acme.com", "mailto:jane%40acme.com"},
		{"a@x.fr,b@x.fr;c@x.fr", "b@x.fr"},
		{"appelez le +33 6 12 34 56 78.", "+33 6 12 34 56 78"},
		{"tél.: 06 12 34 56 78, merci", "06 12 34 56 78"},
		{"(06 12 34 56 78) 2 fois", "06 12 34 56 78"},
		{"tél.\u00a006\u00a012\u00a034\u00a056\u00a078", "06 12 34 56 78"},
		{"call (415) 867-5309 or +41 44 668 18 00, please", "(415) 867-5309"},
		{"call (415) 867-5309 or +41 44 668 18 00, please", "+41 44 668 18 00"},
		{`{"phone":"06 12 34 56 78","n":[4211]}`, "06 12 34 56 78"},
		{`{"name":"Zo\u00eb","url":"https:\/\/acme.com\/jane"}`, "https://acme.com/jane"},
		{`{"name":"Zo\u00eb","url":"https:\/\/acme.com\/jane"}`, "Zoë"},
		{`{"inner":"{\"name\":\"Zoë\"}"}`, "Zoë"},
		{"Zoe\u0308", "Zoë"},
		{"jose\u0301@acme.com", "josé@acme.com"},
	} {
		got, alone := s.Value("props.a", test[0]), s.Value("props.a", test[1])
		if !strings.Contains(got, alone) {
			t.Errorf("%s became %s, and alone %s became %s", test[0], got, test[1], alone)
		}
		if again := s.Value("props.a", got); !sameButDigits(again, got) {
			t.Errorf("%s became %s and then %s", test[0], got, again)
		}
	}
	for in, want := range map[string]string{
		`{"a":true,"b":null,"c":[0,"",{}]}`: `^\{"[a-z]+":true,"[a-z]+":null,"[a-z]+":\[0,"",\{\}\]\}$`,
		"01/02/2024 12:30":                  `^0[1-9]/0[1-9]/[1-9]\d{3} [1-9]\d:[1-9]\d$`,
		"le 06 12 34":                       `^[a-z]+ 0[1-9] [1-9]\d [1-9]\d$`,
		"https://acme.com/x»y":              `^https://[a-z.]+/[a-z]+·[a-z]+$`,
	} {
		if got := s.Value("props.a", in); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("%s became %s", in, got)
		}
	}
}

// TestScrubExponents has a number that a reader of JSON takes, and an exponent that may be a phone number.
func TestScrubExponents(t *testing.T) {
	got, err := testScrubber().JSON([]byte(`[12e-3,7E+655512345]`))
	if err != nil || !regexp.MustCompile(`^\[[1-9]\de-3,[1-9]E\+\d{9}\]$`).Match(got) || strings.Contains(string(got), "5551234") {
		t.Errorf("became %s, %v", got, err)
	}
}

func TestScrubKeeps(t *testing.T) {
	s := testScrubber("props.team", "props.agents[].role")
	for _, test := range []struct{ in, want string }{
		{`{"event":"update","time":1575976413,"object":"ticket"}`, `{"event":"update","time":1575976413,"object":"ticket"}`},
		{`{"props":{"state":"new","team":"Blue","agents":[{"role":"lead"}]}}`, `{"props":{"state":"new","team":"Blue","agents":[{"role":"lead"}]}}`},
		{"{ \"a\" : [ true, false, null, \"\", 0, {}, [], \"true\" ] }\n", `{"a":[true,false,null,"",0,{},[],"true"]}`},
		{`{"token":"****"}`, `{"token":"****"}`},
	} {
		if got, err := s.JSON([]byte(test.in)); err != nil || string(got) != test.want {
			t.Errorf("%s became %s, %v", test.in, got, err)
		}
	}
	if got := s.Header("X-Token", Masked); got != Masked {
		t.Errorf("a masked header became %q", got)
	}
	if got := s.Value("props.url", "http://localhost/?token=****&a="); got != "http://localhost/?token=****&a=" {
		t.Errorf("the URL became %q", got)
	}
}

func TestScrubRefuses(t *testing.T) {
	for _, body := range []string{"", "{", `{"a":1}x`, `{"name":"Jane"`, `{"name":"Ja` + "\x01" + `ne"}`, "{\"name\":\"\xff\"}", `{1:2}`, `{"a":01}`, "Jane", `["Jane" "Roe"]`} {
		got, err := testScrubber().JSON([]byte(body))
		if err == nil || got != nil {
			t.Errorf("%q became %q", body, got)
			continue
		}
		if strings.Contains(err.Error(), "Ja") {
			t.Errorf("%q: the error has the value: %v", body, err)
		}
	}
}

// TestScrubReferences checks that what was the same is the same, and what was not is not.
func TestScrubReferences(t *testing.T) {
	s := testScrubber()
	body, err := s.JSON([]byte(`{"objectId":4211,"parent":{"id":4211},"text":"4211","url":"https://a.fr/t/4211?id=4211","u":"https://A.fr/",
		"email":"Jane@acme.com","note":"from jane@acme.com.","name":"Jane ROE","surname":"Roe","phones":["+33612345678","06 12 34 56 78"],"jane@acme.com":"JANE"}`))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		ObjectID      int
		Parent        struct{ ID int }
		Text          string
		URL, U        string
		Email, Note   string
		Name, Surname string
		Phones        []string
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	id := strconv.Itoa(got.ObjectID)
	host := strings.TrimPrefix(got.U, "https://")
	switch {
	case got.Parent.ID != got.ObjectID, got.Text != id, !strings.HasSuffix(got.URL, "/"+id+"?id="+id):
		t.Error("the id is not the same everywhere")
	case !strings.Contains(got.URL, host):
		t.Error("the host is not the same")
	case !strings.HasSuffix(got.Note, " "+got.Email+"."), !strings.Contains(string(body), `"`+got.Email+`":`):
		t.Error("the email is not the same everywhere")
	case !strings.EqualFold(strings.Fields(got.Name)[1], got.Surname):
		t.Error("the name is not the same")
	case strings.ReplaceAll(got.Phones[1], " ", "")[1:] != got.Phones[0][3:]:
		t.Error("the phone is not the same")
	}
	if t.Failed() {
		t.Logf("%s", body)
	}
	seen := make(map[string]int)
	for n := 1000; n < 10000; n++ {
		seen[s.Value("objectId", strconv.Itoa(n))]++
	}
	if len(seen) != 9000 {
		t.Errorf("9000 ids became %d", len(seen))
	}
}

// TestPositionMovesWithin50km checks positions all over the world.
func TestPositionMovesWithin50km(t *testing.T) {
	s := testScrubber()
	for lat := -89.99; lat <= 90; lat += 7.3 {
		for lng := -179.99; lng <= 180; lng += 11.7 {
			in := [2]string{strconv.FormatFloat(lat, 'f', 6, 64), strconv.FormatFloat(lng, 'f', 6, 64)}
			out := [2]string{s.Value("geoloc.lat", in[0]), s.Value("geoloc.lng", in[1])}
			if again := [2]string{s.Value("geoloc.lat", out[0]), s.Value("geoloc.lng", out[1])}; again != out {
				t.Fatalf("%v became %v", out, again)
			}
			lat2, _ := strconv.ParseFloat(out[0], 64)
			lng2, _ := strconv.ParseFloat(out[1], 64)
			if d := distance(lat, lng, lat2, lng2); out == in || d > 50 || math.Abs(lat2) > 90 || math.Abs(lng2) > 180 {
				t.Fatalf("%v became %v, %.1f km away", in, out, d)
			}
		}
	}
}

// TestScrubWholeNumbers checks that a number that is whole remains so, and that no other becomes whole: many
// programs take it for an integer.
func TestScrubWholeNumbers(t *testing.T) {
	isWhole := func(text string) bool {
		n, err := strconv.ParseFloat(text, 64)
		return err == nil && n == math.Trunc(n)
	}
	for _, key := range []string{"a", "b", "c"} {
		s := NewScrubber(ScrubOptions{Key: []byte(key)})
		for _, path := range []string{"duration", "lat", "lng"} {
			seen := make(map[string]bool)
			check := func(text string) {
				body, err := s.JSON([]byte(`{"` + path + `":` + text + `}`))
				got := strings.TrimSuffix(strings.TrimPrefix(string(body), `{"`+path+`":`), "}")
				switch n, _ := strconv.ParseFloat(got, 64); {
				case err != nil, isWhole(got) != isWhole(text), (got == text) != (strings.Trim(text, "-0.") == "") && path == "duration":
					t.Errorf("%s: %s became %s, %v", path, text, got, err)
				case path != "duration" && math.Abs(n) > positionLimit(path):
					t.Errorf("%s: %s became %s, which is none", path, text, got)
				}
				if again, _ := s.JSON(body); path != "duration" && string(again) != string(body) {
					t.Errorf("%s: %s became %s and then %s", path, text, body, again)
				}
				seen[got] = true
			}
			for i := -90; i <= 90; i++ {
				check(strconv.Itoa(i))
				check(strconv.Itoa(i) + ".0")
			}
			for i := range 100 {
				check(fmt.Sprintf("5.%02d", i))
				check(fmt.Sprintf("0.%d", i))
			}
			if path == "duration" && len(seen) < 300 {
				t.Errorf("the numbers became %d others", len(seen))
			}
		}
	}
}

// distance returns the distance of two positions in km.
func distance(lat1, lng1, lat2, lng2 float64) float64 {
	const earth, degree = 6371, math.Pi / 180
	a := math.Pow(math.Sin((lat2-lat1)*degree/2), 2) + math.Cos(lat1*degree)*math.Cos(lat2*degree)*math.Pow(math.Sin((lng2-lng1)*degree/2), 2)
	return 2 * earth * math.Asin(math.Sqrt(a))
}

func TestScrubDatesKeepGaps(t *testing.T) {
	s := testScrubber()
	first, second := s.Value("a", "2024-02-28T23:59:00Z"), s.Value("a", "2024-03-01T00:00:00Z")
	if a, b := dayOf(t, first), dayOf(t, second); b-a != 2 {
		t.Errorf("%s and %s are %d days apart", first, second, b-a)
	}
}

// TestScrubDatesOfOtherDecades knows a date of one decade, and learns nothing about one of another.
func TestScrubDatesOfOtherDecades(t *testing.T) {
	shifts := map[int]bool{}
	for year := 1900; year < 2030; year += 10 {
		original := fmt.Sprintf("%d-05-01", year)
		shifts[dayOf(t, testScrubber().Value("a", original))-dayOf(t, original)] = true
	}
	if len(shifts) < 10 {
		t.Errorf("13 decades are moved by %d numbers of days", len(shifts))
	}
}

func dayOf(t *testing.T, s string) int {
	day, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	if err != nil {
		t.Fatal(err)
	}
	return int(day.Unix() / 86400)
}

func TestScrubHeaders(t *testing.T) {
	s := testScrubber()
	for line, want := range map[string]string{
		"Authorization: Bearer hunter2hunter2":             `Bearer [a-z]{10}\d[a-z]{10}\d`,
		"x-api-key: hunter2":                               `[a-z]{10}\d`,
		"Host: hooks.acme.com:8080":                        `[a-z]{10}\.example\.(com|org|net):8080`,
		"Host: 127.0.0.1:8279":                             `127\.0\.0\.1:8080`,
		"Accept: */*":                                      `\*/\*`,
		"X-Forwarded-For: 81.2.69.142, 10.0.0.1":           `[\d.]+, [\d.]+`,
		"Cookie: sid=abcdef1234567890abcd; theme=Blue":     `.*`,
		"Referer: https://jane:pw@acme.com/?u=jane%40a.fr": `https://[a-z]{10}:[a-z]{10}@[a-z]{10}\.example\.(com|org|net)/\?u=[a-z.]+%40example\.(com|org|net)`,
	} {
		name, value, _ := strings.Cut(line, ": ")
		got := s.Header(name, value)
		if !regexp.MustCompile("^(?:" + want + ")$").MatchString(got) {
			t.Errorf("%s became %q", line, got)
		}
		for _, part := range []string{"hunter", "acme", "jane", "81.2", "abcdef", "Blue"} {
			if strings.Contains(got, part) {
				t.Errorf("%s became %q", line, got)
			}
		}
	}
}

func TestScrubURLs(t *testing.T) {
	s := testScrubber()
	for in, want := range map[string]string{
		"/t/100?id=100&Jane=1&x":                `/[a-z]{10}/(\d{3})\?id=\d{3}&[A-Z][a-z]{9}=\d&[a-z]{10}`,
		"/h/%6aane%40acme.com/..%2f":            `/[a-z]{10}/[a-z]{10}\.[a-z]{10}%40example\.(com|org|net)/\.\.%2F`,
		"/a?next=https%3A%2F%2Facme.com%2Fjane": `/[a-z]{10}\?next=[a-z]{10}%3A%2F%2F[a-z]{10}\.[a-z]{10}%2F[a-z]{10}`,
	} {
		got := s.Value("props.url", "http://acme.com"+in)
		if !regexp.MustCompile(`^http://[a-z]{10}\.example\.(com|org|net)` + want + "$").MatchString(got) {
			t.Errorf("%s became %q", in, got)
		}
	}
}

func TestScrubNames(t *testing.T) {
	s := testScrubber("props.Customer")
	for name, kept := range map[string]bool{
		"state": true, "_parent": true, "geoloc.lat": true, "firstName": true, "line_2": true, "x-team": true, "OCR": false,
		"": false, "Jane": false, "jane@acme.com": false, "100": false, "a1b2c3": false, "jane roe": false, "+33612345678": false, "josé": false,
		"734e3a7b-eb17-4d3f-901d-bcff178b": false, "abcdefghijklmnopqrstuvwxyz": false, "dmFsdWU9NDgxNTE2MjM": false, "conversationEventTypeID": true, "userID": true, "Customer": true,
	} {
		if got := s.KeepsName("props", name); got != kept {
			t.Errorf("%q: %t", name, got)
		}
	}
}

// Texts of parts that touch each other: what replaces them stays, but for digits, when it is replaced again.
func TestScrubTwice(t *testing.T) {
	parts := []string{
		"jane", "a", "e", "x.fr", "É", "0", "00", "5", "1.5", "1e5", "48151623", "1.2.3.4", "300.1.2.3", "00.0.0.0", "10.0.0.1:80", "2a01:cb00::1", "2001:db8::1",
		"+33 6 12 34 56 78", "06 12 34 56 78", "2021-09-20", "2021-09-20T13:25:06Z", "734e3a7b-eb17-4d3f-901d-bcff178b", "ab12cd34ef56", "AKIA5Q7ZYXWQUIST9X0P",
		"a@b.fr", "https://a.fr/b", "http://", "mailto:", "tel:", "%2e", "%41", "%", "::", ":", "-", "_", "'", "\"", "/", "?", "#", "&", ";", "=", "+", "@", "(", ")",
		"[", "]", "{", "}", ",", ".", "!", "$", "*", "\\", " ", "\u00a0", "»",
	}
	s, r := testScrubber(), rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		text := ""
		for range 1 + r.IntN(5) {
			text += parts[r.IntN(len(parts))]
		}
		got := s.Value("props.a", text)
		if again := s.Value("props.a", got); !sameButDigits(again, got) {
			t.Errorf("%q became %q and then %q", text, got, again)
		}
	}
}

// TestScrubNamesDiffer has names that get the same pseudonym: by chance, and since they differ in little.
func TestScrubNamesDiffer(t *testing.T) {
	var names strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&names, `,"%c%c%cX":1,"10.0.%d.%d":1`, 'A'+i/676, 'a'+i/26%26, 'a'+i%26, i/250, i%250)
	}
	body := `{"Jane@acme.com":1,"jane@acme.com":1,"→":1,"←":1,"JAnE":1` + names.String() + "}"
	s := testScrubber()
	got, err := s.JSON([]byte(body))
	if err != nil || !jsontext.Value(got).IsValid() {
		t.Errorf("became %.200s…, %v", got, err)
	}
	again, err := s.JSON(got)
	if err != nil || !jsontext.Value(again).IsValid() || !sameButDigits(string(again), string(got)) {
		t.Errorf("and then %.200s…, %v", again, err)
	}
	if got, err := s.JSON([]byte(`{"Jane":1,"Jane":1}`)); err != nil || jsontext.Value(got).IsValid() {
		t.Errorf("one name became two: %s, %v", got, err)
	}
}

func TestScrubKeepNamesOf(t *testing.T) {
	const body = `{"props":{"by":{"jane":"Jane","total":"x"},"of":{"Kim":1,"jane":"Jane"}}}`
	s := testScrubber("props.of.*")
	s.KeepNamesOf(map[string]bool{"props": true, "props.by": true, "props.by.total": true, "props.of": true})
	want := fmt.Sprintf(`{"props":{"by":{%q:%q,"total":%q},"of":{"Kim":1,"jane":"Jane"}}}`, s.Value("", "jane"), s.Value("", "Jane"), s.Value("", "x"))
	if got, err := s.JSON([]byte(body)); err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestScrubBlank(t *testing.T) {
	const body = `{"event":"update","objectId":100,"props":{"state":"new","name":"Jane","Jane":{"lat":1.5}}}`
	got, err := testScrubber().Blank().JSON([]byte(body))
	if err != nil || string(got) != `{"event":"update","objectId":0,"props":{"state":"new","name":"","*":{"lat":0}}}` {
		t.Errorf("got %s, %v", got, err)
	}
}

// TestScrubIPStaysReserved checks that every pseudonym of an address is for documentation.
func TestScrubIPStaysReserved(t *testing.T) {
	s := testScrubber()
	for n := range 1000 {
		addr := netip.AddrFrom4([4]byte{10, byte(n >> 8), byte(n), 1})
		got := s.Value("ip", addr.String())
		if again := s.Value("ip", got); again != got {
			t.Fatalf("%s became %s and then %s", addr, got, again)
		}
	}
}
