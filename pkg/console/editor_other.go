//go:build !windows

package console

import (
	"context"
	"os/exec"
	"syscall"
)

const (
	defaultEditor = "vi"
	exitNotFound  = 127 // what env ends with when there is no such command (POSIX)
)

// editorCommand has the shell read the editor's command line, and hands it the
// path as an argument of its own, so that nothing in the path is read as shell.
// The shell gives way to the editor, so that a signal reaches it; env does so in
// turn, and takes assignments before the command as a shell would.
func editorCommand(ctx context.Context, editor, path string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", `exec env `+editor+` "$@"`, editor, path)
	// Asked politely, a terminal editor puts the terminal back in order.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd
}
