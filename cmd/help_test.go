package cmd

import (
	"bytes"
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// The tests here read the help of the whole tree and check what can be checked by rule.

// eachCommand visits every command and help topic.
func eachCommand(visit func(*cobra.Command)) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		visit(c)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(testRoot())
}

// verbs are those that the summary of a command begins with.
var verbs = []string{
	"Audit", "Check", "Copy", "Describe", "Generate", "List", "Print", "Receive", "Run", "Send", "Show", "Test", "Wait", "Write",
}

const maxShort = 60 // characters

func TestShorts(t *testing.T) {
	eachCommand(func(c *cobra.Command) {
		verb, _, _ := strings.Cut(strings.ReplaceAll(c.Short, ",", ""), " ")
		if !slices.Contains(verbs, verb) {
			t.Errorf("%s: %q does not begin with one of %q", c.CommandPath(), c.Short, verbs)
		}
		if len(c.Short) > maxShort || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: %q is longer than %d characters, or ends with a full stop", c.CommandPath(), c.Short, maxShort)
		}
	})
}

func TestArguments(t *testing.T) {
	eachCommand(func(c *cobra.Command) {
		if c.Runnable() && c.Args == nil {
			t.Errorf("%s does not say which arguments it accepts", c.CommandPath())
		}
	})
}

// ordinary are names of arguments that are words of their own, too.
var ordinary = []string{"ID", "URL"}

// TestFlags checks that each flag is described by a phrase without the name of its argument,
// has a name for the argument, completes it if it is a file, and says whether it may be repeated.
func TestFlags(t *testing.T) {
	eachCommand(func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			flag, argument := c.CommandPath()+" --"+f.Name, cli.Argument(f)
			if f.Usage == "" || strings.HasSuffix(f.Usage, ".") || strings.Contains(f.Usage, "`") {
				t.Errorf("%s: %q is no phrase in plain words", flag, f.Usage)
			}
			switch argument {
			case "string", "stringArray", "stringSlice", "float64":
				t.Errorf("%s does not name its argument", flag)
			}
			if len(argument) > 1 && argument == strings.ToUpper(argument) && !slices.Contains(ordinary, argument) && regexp.MustCompile(`\b`+regexp.QuoteMeta(argument)+`\b`).MatchString(f.Usage) {
				t.Errorf("%s: the argument %s stands in the sentence %q", flag, argument, f.Usage)
			}
			if _, completes := c.GetFlagCompletionFunc(f.Name); !completes && (argument == "FILE" || argument == "DIR") {
				t.Errorf("%s completes no files", flag)
			}
			_, isList := f.Value.(cobra.SliceValue)
			if says := strings.Contains(f.Usage, "repeatable"); says != isList {
				t.Errorf("%s may be repeated: %t, and its help says so: %t", flag, isList, says)
			}
		})
	})
}

// retired are words that the help used to have and has others for.
var retired = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
	"answers?", "answered", "repl(y|ies|ied)", "folders?", "colours?", "coloured", "neighbours?", "neighbouring", "cancelled",
	"torn", "broke", "broken", "breaks?", "broken off", "hangs up", "give up", "report card", "whole numbers?", "plays?", "played",
	"pass(ed|es)? on", "comes? back", "notices?", "remarks?", "awkward", "on purpose", "receiver", "under way", "time is up",
	"speaks?", "small letters", "made on the spot", "there is no", "it takes", "a (second|minute|line)", "hold against",
	"such fast", "kept", "yours",
}, "|") + `)\b|\d %`)

func TestRetiredWords(t *testing.T) {
	for _, page := range Pages(testSystem(new(bytes.Buffer))) {
		texts := []string{page.Short, page.Examples}
		rows := slices.Clone(page.ExitCodes)
		for _, s := range slices.Concat(page.About, page.Commands, page.Flags) {
			texts = append(texts, s.Title, s.Text)
			rows = append(rows, s.Rows...)
		}
		for _, r := range rows {
			texts = append(texts, r.Text)
		}
		for _, text := range texts {
			if word := retired.FindString(text); word != "" {
				t.Errorf("%s: %q has the retired words %q", page.Name, text, word)
			}
		}
	}
}

// maxLines is how long the help of a command may be, without its subcommands.
const maxLines = 60

func TestHelpFitsAScreen(t *testing.T) {
	eachCommand(func(c *cobra.Command) {
		if c.HasParent() && c.Parent().Name() == cli.HelpCommand {
			return
		}
		var out bytes.Buffer
		code := Run(t.Context(), testSystem(&out), append(strings.Fields(c.CommandPath())[1:], "--help"))
		if lines := strings.Count(out.String(), "\n"); code != cli.ExitOK || lines > maxLines {
			t.Errorf("%s --help: exit code %d, %d lines", c.CommandPath(), code, lines)
		}
	})
}

// TestExamples parses the examples of each command with the flags of the program, and wants
// one that shows the command itself.
func TestExamples(t *testing.T) {
	eachCommand(func(c *cobra.Command) {
		shown := c.HasSubCommands() || c.HasParent() && c.Parent().Name() == cli.HelpCommand
		for _, words := range commandLines(c.Example) {
			root := testRoot()
			named, rest, err := root.Find(words)
			if err == nil {
				err = named.ParseFlags(rest)
			}
			if err == nil {
				err = named.ValidateArgs(named.Flags().Args())
			}
			if err != nil {
				t.Errorf("%s: the example %q: %v", c.CommandPath(), words, err)
				continue
			}
			shown = shown || named.CommandPath() == c.CommandPath()
		}
		if c.Example == "" || !shown {
			t.Errorf("%s has no example of its own", c.CommandPath())
		}
	})
}

var shellWord = regexp.MustCompile(`^\s*(?:(\|\|?|&&|;|>|<\(|\)|#.*|$)|((?:'[^']*'|"[^"]*"|[^\s|&;<>()'"])+))`)

// commandLines are the arguments of every call of this program in a script.
func commandLines(script string) [][]string {
	var calls [][]string
	for line := range strings.Lines(strings.NewReplacer("\\\n", " ", "|\n", "| ", `"$(`, "; ", `)"`, " ;").Replace(script)) {
		var words []string
		end := func() {
			if i := slices.Index(words, cli.Program); i >= 0 {
				calls = append(calls, words[i+1:])
			}
			words = nil
		}
		for line = strings.TrimSuffix(line, "\n"); line != ""; {
			found := shellWord.FindStringSubmatch(line)
			if found == nil {
				break
			}
			line = line[len(found[0]):]
			if found[2] == "" {
				end()
				continue
			}
			words = append(words, strings.NewReplacer("'", "", `"`, "").Replace(found[2]))
		}
		end()
	}
	return calls
}

// TestFunctionsTopic wants every function of templates in the topic that lists them.
func TestFunctionsTopic(t *testing.T) {
	topic, _, err := testRoot().Find([]string{"help", "functions"})
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.FieldsFunc(topic.Long, func(r rune) bool { return strings.ContainsRune(" ,\t\n()", r) })
	for name := range payload.Funcs(payload.Sources{}) {
		if !slices.Contains(listed, name) {
			t.Errorf("the function %s is not listed", name)
		}
	}
}

// TestExitCodesTopic wants the exit codes of every command in the topic that lists them.
func TestExitCodesTopic(t *testing.T) {
	topic, _, err := testRoot().Find([]string{"help", "exit-codes"})
	if err != nil {
		t.Fatal(err)
	}
	eachCommand(func(c *cobra.Command) {
		name := strings.TrimPrefix(c.CommandPath(), cli.Program+" ")
		if rows := cli.NewPage(c).ExitCodes; rows != nil && !strings.Contains(topic.Long, cli.ListRows(name, rows...)) {
			t.Errorf("those of %s are not listed", name)
		}
	})
}

var environmentRead = regexp.MustCompile(`(?:[lL]ookupEnv|Getenv)\("(\w+)"\)`)

// TestEnvironmentTopic wants every variable that the program reads in the topic that lists them.
func TestEnvironmentTopic(t *testing.T) {
	topic, _, err := testRoot().Find([]string{"help", "environment"})
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{".", "../pkg"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil || d.Name() == "testdata":
				return cmp.Or(err, fs.SkipDir)
			case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			text, err := os.ReadFile(path)
			for _, found := range environmentRead.FindAllStringSubmatch(string(text), -1) {
				if !regexp.MustCompile(`\b` + found[1] + `\b`).MatchString(topic.Long) {
					t.Errorf("%s reads %s, which is not listed", path, found[1])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
