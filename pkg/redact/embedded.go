package redact

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// isEmbedded reports whether a text is JSON: an object or an array.
func isEmbedded(text string) bool {
	return text != "" && (text[0] == '{' || text[0] == '[') && jsontext.Value(text).IsValid(jsontext.AllowDuplicateNames(true))
}

// tokens calls do with the strings and the numbers of a text that is JSON, and with what is between them. Without a
// kind the token is to be left as it is.
func tokens(text string, do func(raw, plain string, kind Kind)) {
	for text != "" {
		end, kind := 1, Kind("")
		plain := ""
		switch c := text[0]; {
		case c == '"':
			for text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			end++
			unquoted, _ := jsontext.AppendUnquote(nil, text[:end])
			plain = string(unquoted)
			kind = Classify(plain)
		case c == '-' || isDigitByte(c):
			end = separator(text, ",]} \t\r\n")
			plain, kind = text[:end], KindDecimal
		}
		if saysNothing(plain) || isMasked(plain) {
			kind = ""
		}
		do(text[:end], plain, kind)
		text = text[end:]
	}
}

// embedded returns the pseudonym of a text that is JSON: its strings and numbers have those that they have elsewhere.
func (k *secretKey) embedded(text string) string {
	var out strings.Builder
	tokens(text, func(raw, plain string, kind Kind) {
		switch {
		case kind == "":
			out.WriteString(raw)
		case raw[0] == '"':
			quoted, _ := jsontext.AppendQuote(nil, k.replace(kind, plain))
			out.Write(quoted)
		default:
			out.WriteString(k.replace(kind, plain))
		}
	})
	return out.String()
}
