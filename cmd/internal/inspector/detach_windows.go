package inspector

import "os/exec"

// detach has nothing to do: the program that opens a page there ends at once.
func detach(*exec.Cmd) {}
