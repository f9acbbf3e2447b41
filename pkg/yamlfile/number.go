package yamlfile

import (
	"cmp"
	"math/big"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// The numbers of YAML 1.2 (its core schema, section 10.3.2). The parser also accepts
// numbers of YAML 1.1, such as 1_000 and 0b11, and reads 010 as eight.
var (
	decimal = pattern(`^([-+]?)(?:0*([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))([eE][-+]?[0-9]+)?$`)
	based   = pattern(`^0(o[0-7]+|x[0-9a-fA-F]+)$`)
	notJSON = pattern(`^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// pattern returns a regular expression that is compiled when it is first used, since most
// commands read no YAML.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// retag distinguishes numbers and strings as YAML 1.2 does, in a node and its children.
func retag(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Style == 0 && (n.Tag == "!!str" || n.Tag == "!!int" || n.Tag == "!!float") {
		n.Tag = tagOf(n.Value)
	}
	for _, inner := range n.Content {
		retag(inner)
	}
}

// SetValue changes the value of a scalar. Without quotes or a tag of its own, the scalar has
// the type of the new value, unless that is empty.
func SetValue(n *yaml.Node, value string) {
	n.Value = value
	if n.Style == 0 && value != "" {
		n.Tag = ""
		n.Tag = n.ShortTag()
		retag(n)
	}
}

func tagOf(text string) string {
	switch {
	case text == "" || !strings.ContainsRune("-+.0123456789", rune(text[0])): // soon said of most
		return "!!str"
	case based().MatchString(text):
		return "!!int"
	case notJSON().MatchString(text), decimal().MatchString(text) && strings.ContainsAny(text, ".eE"):
		return "!!float"
	case decimal().MatchString(text):
		return "!!int"
	}
	return "!!str"
}

// Number returns a number as JSON, with all its digits. It is "" for infinity and for text
// that is not a number.
func Number(n *yaml.Node) string {
	if based().MatchString(n.Value) {
		value, _ := new(big.Int).SetString(n.Value, 0)
		return value.String()
	}
	m := decimal().FindStringSubmatch(n.Value)
	if m == nil {
		return ""
	}
	sign, whole, fraction, exponent := strings.TrimPrefix(m[1], "+"), cmp.Or(m[2], "0"), m[3]+m[4], m[5]
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction + exponent
}
