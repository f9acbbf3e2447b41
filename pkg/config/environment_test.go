package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMisnamed(t *testing.T) {
	got := Misnamed([]string{
		"APIZEE_HOOKS_TO=x", "APIZEE_HOOKS_CONFIG=x", "APIZEE_HOOKS_LISTEN_ADDR=x", "HOME=/", "TIMEOT=x", "",
		"APIZEE_HOOKS_TIMEOT=1s", "APIZEE_HOOKS_ADDR=x", "APIZEE_HOOKS_HEADER=x", "APIZEE_HOOKS_profile=ci",
		"APIZEE_HOOKS_TOKEN=mine", "APIZEE_HOOKS_=x", "APIZEE_HOOKS_LISTEN_MAXBODY=1", "APIZEE_HOOKS_TIMEOUTS=",
	})
	want := map[string]string{
		"APIZEE_HOOKS_TIMEOT":         "APIZEE_HOOKS_TIMEOUT",
		"APIZEE_HOOKS_ADDR":           "APIZEE_HOOKS_LISTEN_ADDR",
		"APIZEE_HOOKS_HEADER":         "APIZEE_HOOKS_HEADERS",
		"APIZEE_HOOKS_profile":        "APIZEE_HOOKS_PROFILE",
		"APIZEE_HOOKS_LISTEN_MAXBODY": "APIZEE_HOOKS_LISTEN_MAX_BODY",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
