package cmd

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// An object is one entry in the catalog. This one is in a catalog of the tests alone.
const extraObject = "payment"

func extendedCatalog(recipientFlag string) *apizee.Catalog {
	c := apizee.Documented()
	c.Objects = append(c.Objects, apizee.Object{
		Name: extraObject, Description: "a payment",
		ID: apizee.Identifier{Types: []apizee.Type{apizee.Integer}, Example: "7", Description: "the database id"},
		Props: []apizee.Prop{
			{
				Path: "state", Flag: "state", Type: apizee.Text, Description: "last recorded state",
				Values: []string{"queued", "sent", "delivered"}, Example: `"sent"`, Default: true,
			},
			{Path: "to", Flag: recipientFlag, Type: apizee.Text, Description: "number of the recipient", Example: `"+33600000000"`},
		},
	})
	return c
}

// runExtended runs a command line with the extended catalog.
func runExtended(t *testing.T, stdin string, args ...string) (code int, out string) {
	t.Helper()
	var text bytes.Buffer
	system := extendedSystem(&text)
	system.Stdin = strings.NewReader(stdin)
	return Run(t.Context(), system, args), text.String()
}

func extendedSystem(out interface{ Write([]byte) (int, error) }) System {
	system := testSystem(out)
	system.Catalog = extendedCatalog("recipient")
	system.Now, system.Sleep, system.Transport = time.Now, deliver.Sleep, deliver.NewTransport
	return system
}

// TestOneEntryIsAnObject runs the commands with an object that is nothing but an entry in
// the catalog.
func TestOneEntryIsAnObject(t *testing.T) {
	received := make(chan apizee.Report, 10_000)
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := new(bytes.Buffer)
		body.ReadFrom(r.Body)
		received <- extendedCatalog("recipient").Validate(body.Bytes())
		w.WriteHeader(http.StatusNoContent)
	}))
	defer endpoint.Close()

	event := `{"event":"create","time":1575976413,"object":"payment","objectId":7,"props":{"state":"sent","to":"+336"}}`
	scenario := filepath.Join(t.TempDir(), "payment.yaml")
	if err := os.WriteFile(scenario, []byte("steps:\n  - {send: payment create, props: {state: queued, to: '+336'}}\n  - send: payment\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args, stdin string
		code        int
		want        string
	}{
		"help":           {args: "send --help", want: "payment            Send an event about a payment"},
		"help of it":     {args: "send payment --help", want: "--recipient TEXT"},
		"complete it":    {args: "__complete send pay", want: "payment\tSend an event about a payment"},
		"complete state": {args: "__complete send payment --state q", want: "queued"},
		"complete after": {args: "__complete send payment --to localhost:1 --timeout 1s --state q", want: "queued"},
		"complete mix":   {args: "__complete generate --mix ticket=1,p", want: "ticket=1,payment="},
		"complete key":   {args: "__complete listen --filter props.t", want: "props.to="},
		"dry run":        {args: "send payment create --state queued --recipient +336 --time 1 --dry-run", want: `{"event":"create","time":1,"object":"payment","objectId":7,"props":{"state":"queued","to":"+336"}}`},
		"send":           {args: "send payment --to " + endpoint.URL, want: "→ payment 7 update  state=sent"},
		"wrong word":     {args: "send payment --state quewed --dry-run", code: cli.ExitUsage, want: `did you mean "queued"?`},
		"wrong object":   {args: "send payments", code: cli.ExitUsage, want: `did you mean "payment"?`},
		"generate":       {args: "generate --mix payment=1 --count 1 --seed 1", want: `"props":{"state":"queued","to":"+33600000000"}}`},
		"load":           {args: "load --mix payment=1 --rate 50/s --duration 100ms --to " + endpoint.URL, want: "5 sent"},
		"events":         {args: "events payment", want: "--recipient"},
		"all events":     {args: "events", want: "queued, sent, delivered"},
		"schema":         {args: "schema json-schema", want: `"$ref": "#/$defs/payment"`},
		"openapi":        {args: "schema openapi", want: "a ticket, a media, a conversation or a payment"},
		"scenario":       {args: "schema scenario", want: `"payment update"`},
		"validate":       {args: "validate", stdin: event, want: ": valid"},
		"invalid":        {args: "validate", stdin: strings.Replace(event, "sent", "snt", 1), code: cli.ExitNegative, want: `"snt" is not a documented payment state; did you mean "sent"?`},
		"rules":          {args: "audit --rules", want: "payment-events"},
		"audit":          {args: "audit --skip slow-body --settle 0 --to " + endpoint.URL, code: cli.ExitNegative, want: "Every documented payment event"},
		"run":            {args: "run --loopback " + scenario, want: "payment 7 create  state=queued  to=+336"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			code, out := runExtended(t, test.stdin, strings.Fields(test.args)...)
			if code != test.code || !strings.Contains(out, test.want) {
				t.Errorf("%s: exit code %d, want %d and %q:\n%s", test.args, code, test.code, test.want, out)
			}
		})
	}
	if len(received) == 0 {
		t.Fatal("nothing was received")
	}
}

// TestGenerateAnyObject wants each event of the object, and nothing undocumented.
func TestGenerateAnyObject(t *testing.T) {
	code, out := runExtended(t, "", "generate", "--mix", "payment=1,media=1", "--count", "2000", "--seed", "3")
	if code != cli.ExitOK {
		t.Fatal(out)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(out) {
		report := extendedCatalog("recipient").ValidateText(line)
		if len(report.Findings) > 0 {
			t.Fatalf("%s%v", line, report.Findings)
		}
		if e := report.Event; e.Object == extraObject {
			state, _ := e.Prop("state")
			seen[e.Name+" "+state.Text()] = true
		}
	}
	for _, want := range []string{"create queued", "update sent", "update delivered", "delete "} {
		if !seen[want] {
			t.Errorf("no %q in %v", want, seen)
		}
	}
}

// TestListenKnowsTheObject sends an event that the filter excludes and one that it selects.
func TestListenKnowsTheObject(t *testing.T) {
	out := &syncBuffer{grown: make(chan struct{}, 1)}
	ctx, stop := context.WithTimeout(t.Context(), waitAtMost)
	defer stop()
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, extendedSystem(out), []string{"listen", "--addr", "127.0.0.1:0", "--count", "2", "--filter", "props.to=+336"})
	}()
	out.waitFor(t, "Ctrl-C")
	url := regexp.MustCompile(`http://[0-9.:]+`).FindString(out.String())
	for _, to := range []string{"+337", "+336", "+336"} {
		if code, shown := runExtended(t, "", "send", extraObject, "--recipient", to, "--to", url, "-q"); code != cli.ExitOK {
			t.Fatal(shown)
		}
	}
	if code := <-ended; code != cli.ExitOK {
		t.Errorf("exit code %d", code)
	}
	if shown := out.String(); !strings.Contains(shown, "2 events: payment 2") || strings.Contains(shown, "+337") {
		t.Error(shown)
	}
}

// TestFlagsOfPropsAreUnique refuses a prop whose flag has another meaning.
func TestFlagsOfPropsAreUnique(t *testing.T) {
	for _, problem := range takenFlags(apizee.Documented()) {
		t.Error(problem)
	}
	want := []string{`payment: the flag --to of the prop "to" is taken; name another in the catalog (Prop.Flag)`}
	if got := takenFlags(extendedCatalog("to")); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := takenFlags(extendedCatalog("state")); len(got) != 1 {
		t.Errorf("a flag of two props: %q", got)
	}
}

// takenFlags returns the flags of props that send, the program or another prop has, too.
func takenFlags(c *apizee.Catalog) []string {
	system := testSystem(new(bytes.Buffer))
	system.Catalog = &apizee.Catalog{}
	send, _, err := Root(system).Find([]string{"send"})
	if err != nil {
		panic(err)
	}
	var problems []string
	for _, o := range c.Objects {
		taken := map[string]bool{"id": true, "": true}
		for _, set := range []*pflag.FlagSet{send.Flags(), send.PersistentFlags(), send.InheritedFlags()} {
			set.VisitAll(func(f *pflag.Flag) { taken[f.Name] = true })
		}
		for _, p := range o.Props {
			flags := []string{p.Flag}
			if p.HasPairFlag() {
				flags = append(flags, p.Pair.Flag)
			}
			for _, flag := range flags {
				if taken[flag] {
					problems = append(problems, fmt.Sprintf("%s: the flag --%s of the prop %q is taken; name another in the catalog (Prop.Flag)", o.Name, flag, p.Path))
				}
				taken[flag] = true
			}
		}
	}
	return problems
}

// catalogFiles are the only files that may contain a documented word.
var catalogFiles = []string{"pkg/apizee/documented.go", "pkg/apizee/partly_documented.go"}

// TestDocumentedWordsAreTypedOnce looks for documented words outside the catalog.
func TestDocumentedWordsAreTypedOnce(t *testing.T) {
	words := documentedWords(apizee.Documented())
	// Words that the program also uses in another sense, such as learn --update.
	for _, ordinary := range []string{apizee.Update, apizee.PropName, apizee.StateError, apizee.StateOpen, apizee.StateRejected} {
		delete(words, ordinary)
	}
	files := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		name := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (strings.HasPrefix(name, ".") && path != ".." || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || slices.Contains(catalogFiles, name):
			return nil
		}
		files++
		for _, place := range typedWords(t, path, words) {
			t.Errorf("%s; use the constant of package apizee, or the catalog", place)
		}
		return nil
	})
	if err != nil || files < 50 {
		t.Errorf("%d files were read: %v", files, err)
	}
}

func documentedWords(c *apizee.Catalog) map[string]bool {
	words := map[string]bool{}
	add := func(list ...string) {
		for _, word := range list {
			words[word] = true
		}
	}
	add(append(c.EventNames(), c.ObjectNames()...)...)
	for _, o := range c.Objects {
		for _, p := range o.Props {
			add(p.Path)
			add(p.Values...)
			add(p.PartlyDocumented...)
		}
	}
	return words
}

// typedWords returns the positions in a file where a string is one of the words.
func typedWords(t *testing.T, path string, words map[string]bool) []string {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && words[text] {
				places = append(places, fmt.Sprintf("%s: the documented word %s is typed here", set.Position(n.Pos()), n.Value))
			}
		}
		return true
	})
	return places
}
