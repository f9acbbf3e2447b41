package inspector

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// Open opens the page in the user's browser, in the background, with a URL that can be used once. A note
// says why none was opened.
func (s *Server) Open() {
	var tried []string
	for _, command := range browsers(s.app.GOOS, s.app.LookupEnv, s.with(s.code)) {
		err := startBrowser(command, s.noteFailed)
		if err == nil {
			return
		}
		tried = append(tried, fmt.Sprintf("%s (%s)", command[0], textfile.Reason(err)))
	}
	s.noteFailed(strings.Join(tried, ", "))
}

func (s *Server) noteFailed(why string) {
	s.app.Note(fmt.Sprintf("no browser was opened: %s; set BROWSER to the command of one, or open %s yourself.", why, s.URL()))
}

// browsers returns the commands that open a URL, the best first: those of $BROWSER, which are separated
// by colons where a path has none, else the system's.
func browsers(goos string, lookupEnv func(string) (string, bool), url string) [][]string {
	if own, _ := lookupEnv("BROWSER"); strings.TrimSpace(own) != "" {
		list := []string{own}
		if goos != "windows" {
			list = strings.Split(own, ":")
		}
		var commands [][]string
		for _, line := range list {
			if words := strings.Fields(line); len(words) > 0 {
				commands = append(commands, withURL(words, url))
			}
		}
		return commands
	}
	switch goos {
	case "windows":
		return [][]string{{"rundll32", "url.dll,FileProtocolHandler", url}}
	case "darwin":
		return [][]string{{"open", url}}
	}
	return [][]string{{"xdg-open", url}, {"wslview", url}, {"x-www-browser", url}}
}

// withURL puts the URL in place of %s, or at the end.
func withURL(words []string, url string) []string {
	replaced := false
	for i, word := range words {
		if strings.Contains(word, "%s") {
			words[i], replaced = strings.ReplaceAll(word, "%s", url), true
		}
	}
	if !replaced {
		words = append(words, url)
	}
	return words
}

// patience is how long a browser may take to fail. One that has opened the page may run for hours.
const patience = 5 * time.Second

// startBrowser starts a command apart from this terminal, whose Ctrl-C is not for the browser. failed is
// called when the command fails soon afterwards.
func startBrowser(command []string, failed func(why string)) error {
	cmd := exec.CommandContext(context.Background(), command[0], command[1:]...)
	detach(cmd)
	if err := cmd.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return errors.New("not found")
		}
		return err
	}
	began := time.Now()
	go func() {
		if err := cmd.Wait(); err != nil && time.Since(began) < patience {
			failed(filepath.Base(command[0]) + " failed: " + err.Error())
		}
	}()
	return nil
}
