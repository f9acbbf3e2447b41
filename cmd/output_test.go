package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// compileSchema compiles what `apizee-hooks schema ARGS...` prints. It then allows no members that the
// schema does not name, so that it must name all.
func compileSchema(args ...string) (*jsonschema.Schema, error) {
	var out bytes.Buffer
	if code := Run(context.Background(), testSystem(&out), append([]string{"schema"}, args...)); code != 0 {
		return nil, errors.New(out.String())
	}
	doc, err := jsonschema.UnmarshalJSON(&out)
	if err != nil {
		return nil, err
	}
	if args[0] != "json-schema" {
		closeObjects(doc)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("schema.json")
}

func closeObjects(schema any) {
	switch s := schema.(type) {
	case []any:
		for _, each := range s {
			closeObjects(each)
		}
	case map[string]any:
		if _, open := s["additionalProperties"]; s["type"] == "object" && !open {
			s["additionalProperties"] = false
		}
		for _, each := range s {
			closeObjects(each)
		}
	}
}

// validateJSON checks each JSON value of a text, and returns how many there are.
func validateJSON(schema *jsonschema.Schema, text string) (n int, err error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			return n, errors.New(string(raw) + "\n" + err.Error())
		}
		n++
	}
}

// shape is a script command: it checks what `apizee-hooks NAME -o json` has just printed, or a file of
// its output.
func shape(ts *testscript.TestScript, _ bool, args []string) {
	schema, err := compileSchema("output", args[0])
	ts.Check(err)
	file := "stdout"
	if len(args) > 1 {
		file = args[1]
	}
	n, err := validateJSON(schema, ts.ReadFile(file))
	ts.Check(err)
	if n == 0 {
		ts.Fatalf("%s has no JSON", file)
	}
	if file == "stdout" {
		schema, err := compileSchema("output", "stderr")
		ts.Check(err)
		_, err = validateJSON(schema, ts.ReadFile("stderr"))
		ts.Check(err)
	}
}

// TestEveryOutputIsChecked wants each output in a script, where shape checks it.
func TestEveryOutputIsChecked(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	checked := []string{"stderr"} // with every other
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range shapeLine.FindAllSubmatch(text, -1) {
			checked = append(checked, string(found[1]))
		}
	}
	for _, o := range outputs() {
		if !slices.Contains(checked, o.Name) {
			t.Errorf("no script has `shape %s`", o.Name)
		}
	}
	eachCommand(func(c *cobra.Command) {
		name := strings.ReplaceAll(strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" "), " ", "-")
		has := c.Flags().Lookup("output") != nil
		if listed := slices.ContainsFunc(outputs(), func(o cli.Output) bool {
			return o.Name == name || strings.HasPrefix(name, o.Name+"-")
		}); has && !listed {
			t.Errorf("%s has -o json, and nothing says what it prints", c.CommandPath())
		}
	})
}

// TestErrorsAreJSON gives every command a mistake, which it must report as one line of JSON.
func TestErrorsAreJSON(t *testing.T) {
	schema, err := compileSchema("output", "stderr")
	if err != nil {
		t.Fatal(err)
	}
	eachCommand(func(c *cobra.Command) {
		for _, mistake := range [][]string{{"--no-such-flag"}, {"--config"}, {"--color=pink"}, {"--quiet", "--verbose"}, {"--config=missing.yaml", "no", "such", "arguments"}} {
			var out bytes.Buffer
			args := slices.Concat(strings.Fields(c.CommandPath())[1:], []string{"-o", "json"}, mistake)
			system := testSystem(&out)
			system.Stdout = io.Discard
			code := Run(t.Context(), system, args)
			if code == cli.ExitOK && c.Name() == cli.HelpCommand || c.HasParent() && c.Parent().Name() == cli.HelpCommand {
				return // help is text
			}
			if n, err := validateJSON(schema, out.String()); err != nil || n != 1 || !strings.Contains(out.String(), fmt.Sprintf(`"exitCode":%d}`, code)) {
				t.Errorf("%q: exit code %d, %v:\n%s", args, code, err, &out)
			}
		}
	})
}

var shapeLine = regexp.MustCompile(`(?m)^shape (\S+)`)

// checkRecordings checks every entry of every recording below a directory.
func checkRecordings(dir string) error {
	schema, err := compileSchema("recording")
	if err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !strings.HasSuffix(path, ".ndjson") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			if _, err := recording.Parse([]byte(line)); err != nil {
				continue // a script about other lines
			}
			if _, err := validateJSON(schema, line); err != nil {
				return errors.New(path + ": " + err.Error())
			}
		}
		return nil
	})
}
