// Package cli is what the commands share: an [App] with the streams, the clock, the
// environment and the global flags; errors with hints and exit codes; flags with
// their help and completion; the configuration, and the endpoint of a delivery.
package cli
