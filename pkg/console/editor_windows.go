package console

import (
	"context"
	"os/exec"
	"syscall"
)

const (
	defaultEditor = "notepad"
	exitNotFound  = 9009 // of cmd.exe when the command does not exist
)

// editorCommand lets cmd.exe parse the editor's command line, because many editors
// are started by a .cmd file. With /s it removes only the outer quotes, so those
// around a program or the path stay.
func editorCommand(ctx context.Context, editor, path string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /d /s /c "` + editor + ` "` + path + `""`}
	return cmd
}
