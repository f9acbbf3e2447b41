package scenario

import "testing"

func TestSafeSource(t *testing.T) {
	tests := map[string]bool{
		"  - sned: ticket create":                     true,
		"    expect: {status: 2xxx, within: 5}":       true,
		"    X-Team: blue":                            true,
		"    X-Token: hunter2":                        false,
		"    'X-Api-Key' : hunter2":                   false,
		"  - {send: x, headers: {Cookie: hunter2}}":   false,
		"    url: http://localhost:3000/?page=2":      true,
		"    url: 'http://u:hunter2@localhost:3000/'": false,
		"  - probe: GET http://h/?token=hunter2":      false,
		"name: the token of a ticket":                 true,
		"":                                            true,
	}
	for line, shown := range tests {
		want := ""
		if shown {
			want = line
		}
		if got := safeSource(line); got != want {
			t.Errorf("%q became %q", line, got)
		}
	}
}
