//go:build !windows

package console

import (
	"context"
	"os/exec"
	"syscall"
)

const (
	defaultEditor = "vi"
	exitNotFound  = 127 // of env when the command does not exist (POSIX)
)

// editorCommand lets the shell parse the editor's command line, and passes the path
// as a separate argument, so that nothing in it is parsed. The shell and env are
// replaced by the editor (exec), so that signals reach it. env accepts assignments
// before the command, as a shell does.
func editorCommand(ctx context.Context, editor, path string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", `exec env `+editor+` "$@"`, editor, path)
	// On SIGTERM a terminal editor restores the terminal.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd
}
