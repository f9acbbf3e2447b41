package undertest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// marked returns the processes that have the mark in their environment, outside the groups of
// the programs, as "name (pid 12)".
func marked(mark string, programs []*program) []string {
	var found []string
	dirs, _ := filepath.Glob("/proc/[1-9]*")
	for _, dir := range dirs {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil || pid == os.Getpid() {
			continue
		}
		environ, err := os.ReadFile(filepath.Join(dir, "environ")) // empty for a zombie
		if err != nil || !slices.ContainsFunc(bytes.Split(environ, []byte{0}), func(entry []byte) bool { return string(entry) == mark }) {
			continue
		}
		groupID, err := syscall.Getpgid(pid)
		if err != nil || slices.ContainsFunc(programs, func(p *program) bool { return p.group.id == groupID }) {
			continue // it is about to exit
		}
		name, _ := os.ReadFile(filepath.Join(dir, "comm"))
		found = append(found, fmt.Sprintf("%s (pid %d)", strings.TrimSpace(string(name)), pid))
	}
	return found
}
