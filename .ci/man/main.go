// Man writes the man pages of every command to a folder, for packages.
//
//	go -C .ci run ./man FOLDER
package main

import (
	"log"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/apizee-hooks/apizee-hooks/cmd"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: man FOLDER")
	}
	if err := os.MkdirAll(os.Args[1], 0o755); err != nil {
		log.Fatal(err)
	}
	root := cmd.Root(cmd.System{Catalog: apizee.Documented(), LookupEnv: func(string) (string, bool) { return "", false }})
	undated(root)
	// Without a date of its own, each page would differ from build to build.
	released := time.Unix(0, 0).UTC()
	header := &doc.GenManHeader{Section: "1", Source: "apizee-hooks", Manual: "apizee-hooks", Date: &released}
	if err := doc.GenManTree(root, header, os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

// undated keeps cobra from signing the pages with today's date.
func undated(c *cobra.Command) {
	c.DisableAutoGenTag = true
	for _, sub := range c.Commands() {
		undated(sub)
	}
}
