package console

import (
	"context"
	"os/exec"
	"syscall"
)

const (
	defaultEditor = "notepad"
	exitNotFound  = 9009 // what cmd.exe ends with when there is no such command
)

// editorCommand has cmd.exe read the editor's command line, since many editors
// are started by a .cmd file. With /s it takes off the outer quotes alone, so
// those around a program or the path stay.
func editorCommand(ctx context.Context, editor, path string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /d /s /c "` + editor + ` "` + path + `""`}
	return cmd
}
