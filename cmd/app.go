package cmd

import "github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"

// System is all that the program needs from outside, and Build where it comes from.
type (
	System = cli.System
	Build  = cli.Build
)

// app is what the commands of this package share.
type app struct{ *cli.App }
