package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// secrets are planted, one of each kind. Their core is what may not survive, in any encoding.
func secrets() []string {
	return []string{
		"Zyxwquist", "zyxw.quist87@private.example", "+33655512345", "06 55 51 23 45", "734e3a7b-eb17-4d3f-901d-bcff178b", "AKIA5Q7ZYXWQUIST9X0P",
		"Zyxw Quist, 17 rue Quistzy", "https://zyxw:quist@zyxwquist.host/u/zyxwquist?k=quistzyxw#zyxw", "85.17.203.99", "2a01:cb00:1234::99", "48151623", "-8151.6234",
		"zyxwquist%40private", `zyxw"quist\zyxw`, "Žyxwqüist 山田", "zyxw\tquist\nzyxw", "mailto:zyxwquist@host.fr", "zyxwquist@private.fr,quistzyxw@private.fr",
	}
}

// cores are texts of each secret that a scrubbed text may not have.
func cores(secret string) []string {
	cores := []string{secret}
	for _, core := range []string{"zyxw", "quist", "private.", "üist", "山田"} {
		if strings.Contains(strings.ToLower(secret), core) {
			cores = append(cores, core)
		}
	}
	return cores
}

// plant writes a secret in one of the ways in which it comes in a body.
func plant(r *rand.Rand, secret string) string {
	quoted, _ := json.Marshal(secret)
	text := strings.Trim(string(quoted), `"`)
	switch r.IntN(12) {
	case 0:
		text = escaped(secret)
	case 1:
		text = url.QueryEscape(secret)
	case 2:
		text = url.PathEscape(secret)
	case 3:
		text = base64.StdEncoding.EncodeToString([]byte("value=" + secret))
	case 4:
		text = "https://host.fr/a?next=" + url.QueryEscape(url.QueryEscape(secret))
	case 5:
		text = "https://host.fr/" + url.PathEscape(secret) + "/b#" + url.QueryEscape(secret)
	case 6:
		text = "a text about " + text + ", and (" + text + ")"
	case 7:
		quoted, _ = json.Marshal(string(quoted))
		text = strings.TrimSuffix(strings.TrimPrefix(string(quoted), `"`), `"`)
	case 8:
		text = url.QueryEscape("https://" + secret + "@host.fr")
	}
	return text
}

// event is a random event with a secret somewhere.
func event(r *rand.Rand, planted string) string {
	quoted := `"` + planted + `"`
	switch r.IntN(9) {
	case 0:
		return `{"event":"update","object":"ticket","objectId":` + quoted + `}`
	case 1:
		return `{"event":` + quoted + `,"time":1}`
	case 2:
		return `{"object":"ticket","props":{"state":` + quoted + `,"state":"new"}}`
	case 3:
		return `{"props":{"agents":[{"email":` + quoted + `},[` + quoted + `]]}}`
	case 4:
		return `{"props":{` + `"@` + planted + `":1,"Y` + planted + `":{` + quoted + `:[]}}}`
	case 5:
		return `[` + quoted + `]`
	case 6:
		return quoted
	case 7:
		return `{"props":{"geoloc":{"lat":` + quoted + `,"lng":` + quoted + `}},"path":` + quoted + `,"time":"` + strings.ToUpper(planted) + `"}`
	}
	return `{"props":{"name":"` + planted + planted + `","phone":"tel:` + planted + `","mail":"mailto:` + planted + `","url":"http://` + planted + `/"}}`
}

// FuzzScrub plants secrets in random events, headers and targets, in every encoding, and checks that
// none survives, and that scrubbing again changes nothing but numbers.
func FuzzScrub(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed, "")
	}
	for _, text := range append(secrets(), "5%be", "\xc3%00", "?%4a=jane.jpg", "%2e::1", "::@%20&-", "9%2e5e12", "a.fr@%2janeF.fr", "a 2001:db8::0",
		`["a\c"]`, `["\"a\c"]`, "[\"a\x14\"]", "0010003737", "00000001234", "0010 0037 37", "+300 0 64 08 25 95", "0041 00 123 45 67", "02 123 45 67",
		"«a@b.fr»", "l’a@b.fr", "\u00a0a@b.fr", "a@x.fr,b@x.fr", "room_734e3a7b-eb17-4d3f-901d-bcff178b", "a:2021-09-20T13:25:06Z", `{"a":"x@y.fr","b":[1.5,"{\"c\":\"é\"}"]}`,
		"appelez le +33 6 12 34 56 78.", "(415) 867-5309 x", "tel:06%2012", "a--5:::1", "Zoe\u0308", "x,https://a.fr/%5%41", "mailto:a%40b.fr", "5%be-5%off",
		"http://a.fr/» 12", "%41http://*", "=tel:$$http://", ":06 12 34 56 78:ab12cd34ef56", "-::1e5", "!'12::010.1.2.3.", "/#mailto:$", "(-734e3a7b-eb17-4d3f-901d-bcff178b000",
		"http://a.fr/%.:(415) 867-5309", "«%41http://x/http://.", "&:tel:+", "::00.0.0.0", "[::00.0.0.0]:81") {
		f.Add(uint64(1), text)
	}
	f.Add(uint64(89), "?%4a=jane.jpg")                // behind a uid, which is one without the escape too
	f.Add(uint64(305), "1E--15----$ 15----")          // behind an email with dashes, of which its pseudonym has fewer
	f.Add(uint64(148), "%2e:\x01\x00\x00\x001:1")     // behind mailto: and an email
	f.Add(uint64(181), ">;::0::0")                    // behind a URL, which the text is without the address
	f.Add(uint64(1), "666666666666666666666666e-9 x") // a number whose run of letters and digits is a uid
	f.Add(uint64(95), "0://")                         // behind a uid, whose pseudonym may start with a letter
	f.Add(uint64(95), "X://")
	f.Add(uint64(221), "0 10000000") // behind a host, which may start a phone number
	f.Add(uint64(127), "1::'")       // an address behind hexadecimal digits, and before one that are a word
	f.Add(uint64(494), "0")          // behind an address behind a word
	f.Add(uint64(271), ":")          // between two addresses
	f.Fuzz(func(t *testing.T, seed uint64, own string) {
		r := rand.New(rand.NewPCG(seed, 0))
		secret := secrets()[r.IntN(len(secrets()))]
		s := testScrubber()
		planted := plant(r, secret)
		// A core in a text of its own may be in the name of a parameter, which stays.
		hasCore := slices.ContainsFunc(cores(secret), func(core string) bool { return strings.Contains(strings.ToLower(own), core) })
		if quoted, err := json.Marshal(own); err == nil && r.IntN(3) == 0 && !hasCore {
			planted += strings.TrimSuffix(strings.TrimPrefix(string(quoted), `"`), `"`)
		}
		if body := event(r, planted); json.Valid([]byte(body)) {
			got, err := s.JSON([]byte(body))
			if err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			checkScrubbed(t, body, string(got), secret)
			again, err := s.JSON(got)
			if err != nil || !json.Valid(got) {
				t.Fatalf("%s: %v", got, err)
			}
			if !sameButDigits(string(again), string(got)) {
				t.Errorf("%s\nbecame %s\nand then %s", body, got, again)
			}
		}
		var plain string
		if err := json.Unmarshal([]byte(`"`+planted+`"`), &plain); err != nil {
			plain = secret
		}
		for _, name := range []string{"Authorization", "X-Team", "Cookie", "Host", "Referer", "X-Forwarded-For"} {
			checkScrubbed(t, name+": "+plain, s.Header(name, plain), secret)
			checkScrubbed(t, name+": a="+plain, s.Header(name, "Bearer a="+plain), secret)
		}
		for _, target := range []string{"/apizeehooks/" + plain, "/?a=" + plain, "/?" + plain + "=1", "/#" + plain, "@" + plain + "/", "/x;" + plain + "&" + plain} {
			got := s.Value("props.url", "http://host.fr"+target)
			checkScrubbed(t, target, got, secret)
			if again := s.Value("props.url", got); !sameButDigits(again, got) {
				t.Errorf("%s\nbecame %s\nand then %s", target, got, again)
			}
		}
		got := s.Value("props.own", own)
		if again := s.Value("props.own", got); !sameButDigits(again, got) {
			t.Errorf("%q became %q and then %q", own, got, again)
		}
	})
}

// checkScrubbed checks that nothing of a secret is in a text, however it is decoded.
func checkScrubbed(t *testing.T, in, out, secret string) {
	t.Helper()
	for _, text := range decodings(out) {
		for range 3 {
			lower := strings.ToLower(text)
			for _, core := range cores(secret) {
				if strings.Contains(lower, strings.ToLower(core)) {
					t.Fatalf("%q is in %s\nwhich was %s", core, text, in)
				}
			}
			text, _ = unescape(text, `\&%+`, false)
		}
	}
}

// TestScrubShapes checks that a scrubbed body has the same structure as before.
func TestScrubShapes(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		body := event(r, plant(r, secrets()[r.IntN(len(secrets()))]))
		got, err := testScrubber().JSON([]byte(body))
		if err != nil {
			continue
		}
		if a, b := shape(t, []byte(body)), shape(t, got); a != b {
			t.Fatalf("%s\nbecame %s", body, got)
		}
	}
}

func shape(t *testing.T, body []byte) string {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return shapeOf(v)
}

func shapeOf(v any) string {
	switch v := v.(type) {
	case map[string]any:
		total := 0
		for _, member := range v {
			total += len(shapeOf(member))
		}
		return fmt.Sprintf("{%d %d}", len(v), total)
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, shapeOf(item))
		}
		return fmt.Sprint(items)
	}
	return fmt.Sprintf("%T", v)
}
