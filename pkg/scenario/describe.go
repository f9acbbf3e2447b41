package scenario

import "github.com/goccy/go-yaml"

// Description is what a scenario says of itself in a list, or "". Mistakes
// elsewhere in the file do not matter.
func Description(text []byte) string {
	var head struct {
		Description string `yaml:"description"`
	}
	if len(text) > MaxFile || yaml.Unmarshal(text, &head) != nil {
		return ""
	}
	return head.Description
}
