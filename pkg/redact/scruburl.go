package redact

import (
	"iter"
	"net/url"
	"strings"
)

// uri replaces what a URL says: the user, the host, the path and the values of the query. A fragment
// is a path.
func (k *secretKey) uri(text string) string {
	scheme, rest, _ := strings.Cut(text, ":")
	if isPersonScheme(scheme) {
		text := unescapePercent(rest)
		before, person, after := trimField(text)
		if kind := Classify(person); kind == KindEmail || kind == KindPhone {
			return scheme + ":" + escapeSegment(before) + strings.ReplaceAll(k.replace(kind, person), " ", "%20") + escapeSegment(after)
		}
		return scheme + ":" + escapeSegment(k.part(text))
	}
	if !strings.HasPrefix(rest, "//") {
		return k.text(text)
	}
	user, host, rest := cutAuthority(rest[len("//"):])
	var out strings.Builder
	out.WriteString(k.scheme(scheme) + "://")
	if user != "" {
		for i, part := range strings.SplitN(strings.TrimSuffix(user, "@"), ":", 2) {
			if i > 0 {
				out.WriteByte(':')
			}
			out.WriteString(escapeSegment(k.part(unescapePercent(part))))
		}
		out.WriteByte('@')
	}
	out.WriteString(k.host(host))
	out.WriteString(k.path(rest))
	return out.String()
}

// cutAuthority splits a URL without its scheme. The user ends with the @.
func cutAuthority(text string) (user, host, rest string) {
	end := separator(text, "/?#")
	at := strings.LastIndexByte(text[:end], '@') + 1
	return text[:at], text[at:end], text[end:]
}

func (k *secretKey) scheme(scheme string) string {
	switch strings.ToLower(scheme) {
	case "http", "https", "ws", "wss", "ftp", "file":
		return scheme
	}
	return k.word(scheme)
}

// host replaces a host, perhaps with a port, by a name of a domain that is reserved for examples.
func (k *secretKey) host(text string) string {
	if text == "" {
		return ""
	}
	if isIP(text) {
		return k.ip(text)
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		if address, rest, found := strings.Cut(inner, "]"); found && isIP(address) && rest == "" {
			return "[" + k.ip(address) + "]"
		}
	}
	name, portText, hasPort := strings.Cut(text, ":")
	lower := folded(name)
	label, domain, _ := strings.Cut(lower, ".")
	if lower != "localhost" && !(isExampleDomain(domain) && k.isWord(label)) {
		name = k.word("host "+lower) + "." + k.exampleDomain(domain)
	}
	if hasPort {
		name += ":" + port(portText)
	}
	return name
}

// path replaces the segments of a path, and the values of a query and a fragment. The names of
// parameters that are names of fields stay, and the usual extensions of files.
func (k *secretKey) path(text string) string {
	var out strings.Builder
	for raw, segment := range segments(text) {
		switch {
		case segment == nil || isMasked(segment.text) || segment.isName && isFieldName(segment.text):
			out.WriteString(raw)
		default:
			name, extension := cutExtension(segment.text)
			out.WriteString(escapeSegment(k.part(name)) + extension)
		}
	}
	return out.String()
}

// segment is a part of a path, a query or a fragment.
type segment struct {
	text   string // without escapes
	isName bool   // of a parameter
}

// pathSeparators separate the segments of a URL.
const pathSeparators = "/?#&;="

// segments splits what is behind the host of a URL into segments and what separates them, for which the
// segment is nil.
func segments(text string) iter.Seq2[string, *segment] {
	return func(yield func(string, *segment) bool) {
		inQuery := false
		for before := byte(0); text != ""; {
			raw, s := text[:1], (*segment)(nil)
			if strings.IndexByte(pathSeparators, text[0]) >= 0 {
				before = text[0]
				inQuery = before == '?' || inQuery && before != '#'
			} else {
				raw = text[:separator(text, pathSeparators)]
				isName := inQuery && before != '=' && strings.HasPrefix(text[len(raw):], "=") // = also ends base64
				s = &segment{unescapePercent(raw), isName}
			}
			if !yield(raw, s) {
				return
			}
			text = text[len(raw):]
		}
	}
}

// isEscaped reports whether a text is escaped as a part of a URL: it has a %, and all are those of escapes.
func isEscaped(text string) bool {
	for rest := text; ; {
		_, after, found := strings.Cut(rest, "%")
		if !found {
			return len(rest) < len(text)
		}
		if _, ok := hexadecimal(after, 2); !ok {
			return false
		}
		rest = after
	}
}

// escapeSegment escapes what would end a segment, or not be in a URL.
func escapeSegment(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// cutExtension splits off the extension of a file, if it is a usual one.
func cutExtension(name string) (base, extension string) {
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		switch name[dot:] {
		case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".pdf", ".mp4", ".webm", ".json", ".xml", ".html", ".php":
			return name[:dot], name[dot:]
		}
	}
	return name, ""
}

// part replaces a part of a URL.
func (k *secretKey) part(text string) string {
	if kind := Classify(text); !isWords(kind) && kind != KindURI {
		return k.replace(kind, text)
	}
	return k.unescaped(text)
}
