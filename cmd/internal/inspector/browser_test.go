package inspector

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBrowsers(t *testing.T) {
	const url = "http://127.0.0.1:1/?token=A"
	for name, test := range map[string]struct {
		goos, own string
		want      [][]string
	}{
		"Linux":           {"linux", "", [][]string{{"xdg-open", url}, {"wslview", url}, {"x-www-browser", url}}},
		"macOS":           {"darwin", " ", [][]string{{"open", url}}},
		"Windows":         {"windows", "", [][]string{{"rundll32", "url.dll,FileProtocolHandler", url}}},
		"own":             {"darwin", "firefox", [][]string{{"firefox", url}}},
		"with arguments":  {"linux", "firefox --new-window %s -a", [][]string{{"firefox", "--new-window", url, "-a"}}},
		"a list":          {"linux", "a --url=%s::b", [][]string{{"a", "--url=" + url}, {"b", url}}},
		"a Windows path":  {"windows", `C:\firefox.exe`, [][]string{{`C:\firefox.exe`, url}}},
		"more than one %": {"linux", "a %s %s", [][]string{{"a", url, url}}},
	} {
		got := browsers(test.goos, func(string) (string, bool) { return test.own, true }, url)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
