package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhichFile(t *testing.T) {
	root := t.TempDir()
	for _, directory := range []string{"both", "user", "none", "named.yaml"} {
		if err := os.Mkdir(filepath.Join(root, directory), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(root, "both", FileName), "to: here")
	user := write(t, filepath.Join(root, "user", FileName), "to: user")
	named := write(t, filepath.Join(root, "other.yaml"), "to: named")
	inEnv := write(t, filepath.Join(root, "env.yaml"), "to: env")
	in := func(name string) string { return filepath.Join(root, name) }

	tests := []struct {
		name     string
		dir      string // in root, the current one
		options  Options
		env      environment
		wantFile string
		wantTo   string
		wantErr  string
	}{
		{name: "the directory first", dir: "both", options: Options{UserDir: in("user")}, wantFile: FileName, wantTo: "here"},
		{name: "the user's second", dir: "none", options: Options{UserDir: in("user")}, wantFile: user, wantTo: "user"},
		{name: "none", dir: "none"},
		{name: "folders that are none", options: Options{UserDir: named}},
		{name: "named by flag", dir: "both", options: Options{File: named}, env: environment{"APIZEE_HOOKS_CONFIG": inEnv}, wantFile: named, wantTo: "named"},
		{name: "named by environment", dir: "both", env: environment{"APIZEE_HOOKS_CONFIG": inEnv}, wantFile: inEnv, wantTo: "env"},
		{name: "named by flag and missing", dir: "both", options: Options{File: in("x.yaml")},
			wantErr: "the configuration file " + in("x.yaml") + ", named by --config, does not exist"},
		{name: "named by environment and missing", env: environment{"APIZEE_HOOKS_CONFIG": in("x.yaml")},
			wantErr: "the configuration file " + in("x.yaml") + ", named by APIZEE_HOOKS_CONFIG, does not exist"},
		{name: "a directory", options: Options{File: in("named.yaml")},
			wantErr: "read the configuration file " + in("named.yaml") + ": is a directory"},
		{name: "profile without a file", dir: "none", options: Options{UserDir: in("missing"), Profile: "qa"},
			wantErr: `profile "qa" (--profile) requires a configuration file; looked for ` +
				FileName + " and " + filepath.Join(in("missing"), FileName)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.options.LookupEnv = tt.env.lookup
			t.Chdir(in(tt.dir))
			got, err := Load(t.Context(), tt.options)
			if tt.wantErr != "" {
				if err == nil || err.Error() != tt.wantErr {
					t.Fatalf("error = %v\nwant    %s", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.File != tt.wantFile || got.Config.To != tt.wantTo {
				t.Errorf("read %q with to %q, want %q with %q", got.File, got.Config.To, tt.wantFile, tt.wantTo)
			}
		})
	}
}

func TestFileInCurrentDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, FileName, "profiles: {b: {to: x}, a: {}}")
	got, err := Load(t.Context(), Options{Profile: "b"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, got.Profiles); diff != "" {
		t.Errorf("profiles (-want +got):\n%s", diff)
	}
	if got.Profile != "b" {
		t.Errorf("profile = %q", got.Profile)
	}
	if to := got.Values[0]; to.Source != "profile b (apizee-hooks.yaml:1)" {
		t.Errorf("source = %q", to.Source)
	}
}

func TestUserDir(t *testing.T) {
	home := environment{"HOME": "/home/me", "AppData": `C:\Users\me\AppData\`}
	tests := []struct {
		name string
		goos string
		env  environment
		want string
	}{
		{"linux", "linux", home, "/home/me/.config/apizee-hooks"},
		{"macOS", "darwin", home, "/home/me/.config/apizee-hooks"},
		{"windows", "windows", home, `C:\Users\me\AppData\apizee-hooks`},
		{"xdg", "linux", environment{"HOME": "/home/me", "XDG_CONFIG_HOME": "/cfg/"}, "/cfg/apizee-hooks"},
		{"xdg on windows", "windows", environment{"AppData": `C:\x`, "XDG_CONFIG_HOME": `D:\cfg`}, `D:\cfg\apizee-hooks`},
		{"unknown", "linux", environment{"HOME": ""}, ""},
		{"unknown on windows", "windows", environment{"HOME": "/home/me"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := UserDir(tt.env.lookup, tt.goos); got != tt.want {
				t.Errorf("UserDir = %q, want %q", got, tt.want)
			}
		})
	}
}
