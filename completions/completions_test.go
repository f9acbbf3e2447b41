// Package completions holds the completion script of each shell, as packages
// install them.
package completions

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/cmd"

	"gotest.tools/v3/golden"
)

// TestCurrent compares the scripts with what the program prints.
func TestCurrent(t *testing.T) {
	for shell, file := range map[string]string{
		"bash": "apizee-hooks.bash", "zsh": "_apizee-hooks", "fish": "apizee-hooks.fish", "powershell": "apizee-hooks.ps1",
	} {
		var out bytes.Buffer
		system := cmd.System{Stdout: &out, Stderr: &out, LookupEnv: func(string) (string, bool) { return "", false }}
		if code := cmd.Run(t.Context(), system, []string{"completion", shell}); code != 0 {
			t.Fatalf("%s: exit code %d: %s", shell, code, &out)
		}
		if golden.FlagUpdate() {
			if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		kept, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(kept), out.String()); diff != "" {
			t.Errorf("%s is not current; run `go test ./completions -update` (-kept +current):\n%s", file, diff)
		}
	}
}
