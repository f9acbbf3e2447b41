package scenario

import "go.yaml.in/yaml/v3"

// Description is what a scenario says of itself in a list, or "". Mistakes
// elsewhere in the file do not matter.
func Description(text []byte) string {
	var head struct {
		Description string `yaml:"description"`
	}
	if len(text) <= MaxFile {
		_ = yaml.Unmarshal(text, &head)
	}
	return head.Description
}
