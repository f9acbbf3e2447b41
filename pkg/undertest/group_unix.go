//go:build !windows

package undertest

import (
	"os/exec"
	"syscall"
)

func shell(line string) *exec.Cmd {
	cmd := exec.Command("sh", "-c", line)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// group is the process group of a program, which bears the id of the shell. The
// id is not given to another process as long as the group has one.
type group struct{ id int }

func groupOf(cmd *exec.Cmd) (group, error) { return group{cmd.Process.Pid}, nil }

func (g group) ask() { _ = syscall.Kill(-g.id, syscall.SIGTERM) }

func (g group) end() { _ = syscall.Kill(-g.id, syscall.SIGKILL) }

func (g group) alive() bool { return syscall.Kill(-g.id, 0) == nil }

func (g group) close() {}
