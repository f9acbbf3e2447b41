package payload

import (
	"math"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	tests := []struct {
		value     any
		text, err string
	}{
		{Decode([]byte(`"<a>"`)), `<a>`, ""},
		{Decode([]byte(`123456789012345678901234567890`)), `123456789012345678901234567890`, ""},
		{Decode([]byte(`1.50`)), `1.50`, ""},
		{Decode([]byte(`1e400`)), `1e400`, ""},
		{true, `true`, ""},
		{Decode([]byte(`{"b":[1,null,"<\n"],"a":{}}`)), `{"a":{},"b":[1,null,"<\n"]}`, ""},
		{[]string{"a"}, `["a"]`, ""},
		{nil, "", "null cannot be printed"},
		{"\xff", "", "the text is not UTF-8"},
		{math.Inf(1), "", "the value cannot be written as JSON"},
		{func() {}, "", "the value cannot be written as JSON"},
	}
	for _, tt := range tests {
		got, err := Text(tt.value)
		if tt.err == "" && (err != nil || got != tt.text) {
			t.Errorf("Text(%v) = %s, %v", tt.value, got, err)
		}
		if tt.err != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.err)) {
			t.Errorf("Text(%v): %v, want %s", tt.value, err, tt.err)
		}
	}
}

// The output or the error of an action, where .nu is null, .o an object, .l a
// list, .i an integer, .big one of 30 digits, and .f a fraction.
func TestFunctions(t *testing.T) {
	vars := vars(t, "nu=null", `o={"a":1}`, `l=[1,{"b":null}]`, "i=7", "f=1.50", "big=123456789012345678901234567890", "s=é\"x")
	tests := []struct{ action, want, err string }{
		{`print .o .i .f`, `{"a":1}71.50`, ""},
		{`println .l`, "[1,{\"b\":null}]\n", ""},
		{`cat .o "x" .i`, `{"a":1} x 7`, ""},
		{`squote .o .i`, `'{"a":1}' '7'`, ""},
		{`join "," .l`, `1,{"b":null}`, ""},
		{`join "," .i`, `7`, ""},
		{`toString .o`, `{"a":1}`, ""},
		{`quote .o`, `"{\"a\":1}"`, ""},
		{`quote .s`, `"é\"x"`, ""},
		{`toJson .nu`, `null`, ""},
		{`html .s`, `é&#34;x`, ""},
		{`urlquery .o`, `%7B%22a%22%3A1%7D`, ""},
		{`first .l`, `1`, ""},
		{`last .l`, `{"b":null}`, ""},
		{`substr 0 1 .s`, `é`, ""},
		{`substr 5 -1 .s`, ``, ""},
		{`trunc -2 .s`, `"x`, ""},
		{`trunc 2 .s`, `é"`, ""},
		{`b64dec "w6k="`, `é`, ""},
		{`regexReplaceAll "x+" "axxb" "-"`, `a-b`, ""},
		{`printf "%d|%03d|%5.1f|%x|%s|%v|%q|%%|%t" .i .i .f .i .i .o .s true`, `7|007|  1.5|7|7|{"a":1}|"é\"x"|%|true`, ""},
		{`printf "%d %v" .big .f`, `123456789012345678901234567890 1.50`, ""},
		{`printf "%[2]d %[1]s" .s 5`, `5 é"x`, ""},
		{`printf "%s" "%!d(1)"`, `%!d(1)`, ""},
		{`add .i "1" | mul 2`, `16`, ""},
		{`sub 1 2`, `-1`, ""},
		{`div 7 2`, `3`, ""},
		{`mod -7 2`, `-1`, ""},
		{`max 1 .i 2`, `7`, ""},
		{`min 3 .i 2`, `2`, ""},
		{`add1 .i`, `8`, ""},
		{`int .f`, `1`, ""},
		{`int "9007199254740993"`, `9007199254740993`, ""},
		{`round 2.345 2`, `2.35`, ""},
		{`ceil .f`, `2`, ""},
		{`add (floor .f) 1000000`, `1000001`, ""},
		{`eq .i 7.0`, `true`, ""},
		{`eq .f 1.5`, `true`, ""},
		{`lt .i .big`, `true`, ""},
		{`gt .f 1.4`, `true`, ""},
		{`le "a" "b"`, `true`, ""},
		{`ge "a" "b"`, `false`, ""},
		{`eq .i 1 2 7`, `true`, ""},
		{`ne .s "x"`, `true`, ""},
		{`eq .o .o`, `true`, ""},
		{`eq .nu nil`, `true`, ""},
		{`ne .i nil`, `true`, ""},
		{`eq true .nu`, `false`, ""},
		{`.i | eq 7`, `true`, ""},

		{`index .o "a"`, `1`, ""},
		{`index .l (sub 1 1)`, `1`, ""},
		{`index .l 1 "b" | toJson`, `null`, ""},
		{`hasKey .o "a"`, `true`, ""},
		{`hasKey .o "zz"`, `false`, ""},

		{`.nu`, "", ".nu: null cannot be printed"},
		{`print "a" .nu`, "", `print "a" .nu: null cannot be printed`},
		{`join "," (list .nu)`, "", `join "," (list .nu): null cannot be printed`},
		{`index .o "zz"`, "", `index .o "zz": there is no "zz"`},
		{`index .o 1`, "", `index .o 1: the key of an object must be a string, not 1`},
		{`index .l "a"`, "", `index .l "a": the index of a list must be an integer, not "a"`},
		{`index .l -1`, "", `index .l -1: the list has no item -1`},
		{`quote .nu`, "", `quote .nu: null cannot be printed; use toJson`},
		{`.o.zz`, "", `.o.zz: there is no "zz"`},
		{`.nu.zz`, "", `.nu.zz: null has no "zz"`},
		{`.i.zz`, "", `.i.zz: the value has no "zz"`},
		{`index .l 9`, "", `index .l 9: the list has no item 9`},
		{`index .i 1`, "", `index .i 1: a number has no items`},
		{`index .nu 1`, "", `index .nu 1: null has no items`},
		{`.s 1`, "", `.s: s is not a function`},
		{`nil`, "", `nil: null cannot be printed`},
		{`print .nu (repeat 100 .s)`, "", `print .nu (repeat 100 .s): null cannot be printed`},
		{`printf "%d" (repeat 100 .s)`, "", `printf "%d" (repeat 100 .s): %d cannot print "` + strings.Repeat(`é\"x`, 14) + `é\"…`},
		{`len .i`, "", `len .i: an integer has no length`},
		{`seq 1`, "", `seq: needs 0 arguments, not 1`},
		{`upper .i`, "", `.i: must be a string, not an integer`},
		{`upper .nu`, "", `.nu: must be a string, not null`},
		{`first .i`, "", `first .i: must be a list`},
		{`eq .i "a"`, "", `eq .i "a": a number cannot be compared with a string`},
		{`eq .i`, "", `eq: needs 2 arguments or more, not 1`},
		{`lt 1 "a"`, "", `lt 1 "a": a number cannot be compared with a string`},
		{`lt .o .o`, "", `lt .o .o: only numbers and strings have an order`},
		{`lt .nu 1`, "", `lt .nu 1: null cannot be compared with a number`},
		{`b64dec "é"`, "", `b64dec "é": "é" is not valid Base64`},
		{`b64dec "/w=="`, "", `b64dec "/w==": the text is not UTF-8`},
		{`repeat -1 "x"`, "", `repeat -1 "x": the count must be 0 or more, not -1`},
		{`regexMatch "(" "x"`, "", `regexMatch "(" "x": "(" is not a valid regular expression: missing closing )`},
		{`printf "%d" .s`, "", `printf "%d" .s: %d cannot print "é\"x"`},
		{`printf "%d" .f`, "", `printf "%d" .f: %d cannot print 1.50`},
		{`printf "%s" .nu`, "", `printf "%s" .nu: null cannot be printed`},
		{`printf "%d"`, "", `printf "%d": the format "%d" does not fit its values`},
		{`printf "%d" 1 2`, "", `printf "%d" 1 2: the format "%d" does not fit its values`},
		{`printf "%T" 1`, "", `printf "%T" 1: the format "%T" does not fit its values`},
		{`printf "%*d" 3 1`, "", `printf "%*d" 3 1: the format "%*d" does not fit its values`},
		{`mul 3 1.5`, "", `mul 3 1.5: 1.5 is not an integer of at most 64 bits`},
		{`add 1 .s`, "", `add 1 .s: "é\"x" is not a number`},
		{`add 1 .nu`, "", `add 1 .nu: null is not a number`},
		{`add 1 .big`, "", `add 1 .big: 123456789012345678901234567890 is not an integer of at most 64 bits`},
		{`mul 9223372036854775807 2`, "", `mul 9223372036854775807 2: the result has more than 64 bits`},
		{`div 1 0`, "", `div 1 0: division by 0`},
		{`atoi "x"`, "", `atoi "x": "x" is not a number`},
		{`0100`, "", `0100 is octal here; write 100, or 0o100 for 64`},
		{`add 1 -017`, "", `-017 is octal here; write -17, or -0o17 for -15`},
		{`'a'`, "", `strings need double quotes or backquotes, not 'a'`},
		{`'ab'`, "", `strings need double quotes or backquotes`},
		{`2i`, "", `2i is not a valid number`},
	}
	for _, tt := range tests {
		tpl, err := Parse("t", "{{ "+tt.action+" }}")
		var got []byte
		if err == nil {
			bound := Bound{}
			run, _ := tpl.parsed.Clone()
			got, err = bound.Execute(run.Funcs(bound.Funcs(Funcs(sources()))).Funcs(bound.Prepared()), map[string]any(vars))
			if err != nil {
				err = templateError("t", err)
			}
		}
		if tt.err == "" && (err != nil || string(got) != tt.want) {
			t.Errorf("%s: got %s, %v", tt.action, got, err)
		}
		if tt.err != "" && (err == nil || !strings.HasPrefix(strings.TrimPrefix(err.Error(), "t:1: "), tt.err)) {
			t.Errorf("%s: got %s, %v", tt.action, got, err)
		}
	}
}
