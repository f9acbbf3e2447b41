package cmd

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"

	"gotest.tools/v3/golden"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		cli.Program: func() { os.Exit(Main(cli.Build{Version: "test"})) },
	})
}

// TestScripts runs each testdata/*.txtar: the real program, as a process, against
// real sockets.
func TestScripts(t *testing.T) {
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: golden.FlagUpdate(),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"endpoint":  endpoint,
			"twice":     twice,
			"stale":     stale,
			"requests":  requests,
			"raw":       raw,
			"wire":      wire,
			"mute":      mute,
			"endpoint6": endpoint6,
			"releases":  releases,
			"shape":     shape,
			"listener":  startListener,
			"stopped":   stopListener,
		},
		Setup: func(env *testscript.Env) error {
			env.Values[inboxKey{}] = &inbox{}
			env.Values[listenerKey{}] = new(*listener)
			env.Defer(func() {
				if err := checkRecordings(env.WorkDir); err != nil {
					t.Errorf("a recording does not follow its schema: %v", err)
				}
			})
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Setenv("CHECKOUT", checkout)
			env.Setenv("NO_COLOR", "")
			env.Setenv("COLUMNS", "")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector delays the end of each process by 1 s
			return nil
		},
	})
}
