// Apizee-hooks calls a webhook endpoint on a developer's machine the way Apizee
// would, and stands in for the endpoint when there is none yet.
package main

import (
	"os"

	"github.com/apizee-hooks/apizee-hooks/cmd"
)

// Set by the linker in a release build.
var version, commit, date string

func main() {
	os.Exit(cmd.Main(cmd.Build{Version: version, Commit: commit, Date: date}))
}
