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

// group is the process group of a program; its id is that of the shell. The
// system does not reuse the id while the group has a process.
type group struct{ id int }

func groupOf(cmd *exec.Cmd) (group, error) { return group{cmd.Process.Pid}, nil }

func (g group) terminate() { _ = syscall.Kill(-g.id, syscall.SIGTERM) }

func (g group) kill() { _ = syscall.Kill(-g.id, syscall.SIGKILL) }

func (g group) alive() bool { return syscall.Kill(-g.id, 0) == nil }

func (g group) close() {}
