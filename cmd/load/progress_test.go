package load

import "testing"

func TestDrawBar(t *testing.T) {
	tests := map[string]struct {
		done, planned uint64
		columns       int
		want          string
	}{
		"wide":        {1, 3, 30, "██████████░░░░░░░░░░░░░░░░░░░░"},
		"narrow":      {1, 2, 4, "██░░"},
		"done":        {5, 4, 4, "████"},
		"no room":     {1, 2, 0, ""},
		"less than 0": {1, 2, -7, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := drawBar(tt.done, tt.planned, tt.columns); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
