//go:build unix

package cmd

import (
	"os/exec"
	"syscall"
)

// ownGroup makes a command end with every process that it started.
func ownGroup(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}
