// Man writes the man pages of every command and help topic to a directory, for packages.
//
//	go -C .ci run ./man DIRECTORY
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: man DIRECTORY")
	}
	if err := os.MkdirAll(os.Args[1], 0o755); err != nil {
		log.Fatal(err)
	}
	pages := cmd.Pages(cmd.System{Catalog: apizee.Documented(), LookupEnv: func(string) (string, bool) { return "", false }})
	for _, page := range pages {
		file := filepath.Join(os.Args[1], manName(page)+"."+section(page))
		if err := os.WriteFile(file, []byte(roff(page, pages)), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// manName is "apizee-hooks-send", and "apizee-hooks-faults" for a topic.
func manName(p cmd.Page) string {
	words := strings.Fields(p.Name)
	if p.IsTopic {
		words = []string{words[0], words[len(words)-1]}
	}
	return strings.Join(words, "-")
}

// section is that of commands, or that of conventions.
func section(p cmd.Page) string {
	if p.IsTopic {
		return "7"
	}
	return "1"
}

// roff is a page in the language of man(7).
func roff(p cmd.Page, pages []cmd.Page) string {
	var out strings.Builder
	name := manName(p)
	// The date is left out, so that a page does not differ from build to build.
	fmt.Fprintf(&out, ".TH %q %q %q %q\n", strings.ToUpper(name), section(p), "", "apizee-hooks")
	fmt.Fprintf(&out, ".SH NAME\n%s \\- %s\n", escape(name), escape(p.Short))
	if p.Usage != "" {
		fmt.Fprintf(&out, ".SH SYNOPSIS\n\\fB%s\\fR\n", escape(p.Usage))
	}
	out.WriteString(".SH DESCRIPTION\n")
	for i, s := range p.About {
		switch {
		case s.Text != "":
			if i > 0 {
				out.WriteString(".PP\n")
			}
			out.WriteString(text(s.Text))
		case s.Title != "":
			fmt.Fprintf(&out, ".SS %s\n", escape(s.Title))
			list(&out, s.Rows)
		default:
			list(&out, s.Rows)
		}
	}
	for _, s := range append(p.Commands, p.Flags...) {
		fmt.Fprintf(&out, ".SH %s\n", strings.ToUpper(escape(s.Title)))
		list(&out, s.Rows)
	}
	for _, r := range p.Elsewhere {
		fmt.Fprintf(&out, ".SH %s\n%s", strings.ToUpper(r.Title), text(strings.Join(r.Flags, ", ")+": see `"+r.See+"`."))
	}
	if p.ExitCodes != nil {
		out.WriteString(".SH EXIT STATUS\n")
		list(&out, p.ExitCodes)
	}
	if p.Examples != "" {
		fmt.Fprintf(&out, ".SH EXAMPLES\n.nf\n%s\n.fi\n", protect(escape(p.Examples)))
	}
	if see := related(p, pages, out.String()); see != "" {
		fmt.Fprintf(&out, ".SH SEE ALSO\n%s\n", see)
	}
	return out.String()
}

func list(out *strings.Builder, rows []cmd.Row) {
	for _, r := range rows {
		fmt.Fprintf(out, ".TP\n\\fB%s\\fR\n%s", escape(strings.TrimSpace(r.Term)), text(r.Text))
	}
}

var code = regexp.MustCompile("`([^`]*)`")

// text is a paragraph, with code in bold.
func text(s string) string { return protect(code.ReplaceAllString(escape(s), `\fB$1\fR`)) + "\n" }

// escape takes their meaning from characters that roff reads.
func escape(s string) string { return strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s) }

// protect keeps lines from being read as requests.
func protect(s string) string {
	return regexp.MustCompile(`(?m)^([.'])`).ReplaceAllString(s, `\&$1`)
}

// related lists the page above, those below, and the topics that the text names.
func related(p cmd.Page, pages []cmd.Page, text string) string {
	var names []string
	for _, other := range pages {
		above := strings.HasPrefix(p.Name, other.Name+" ")
		below := strings.HasPrefix(other.Name, p.Name+" ")
		_, topic, _ := strings.Cut(other.Name, " ") // "help faults"
		named := other.IsTopic && strings.Contains(text, escape(topic))
		if above || below || named {
			names = append(names, fmt.Sprintf("\\fB%s\\fR(%s)", escape(manName(other)), section(other)))
		}
	}
	return strings.Join(names, ", ")
}
