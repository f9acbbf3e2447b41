package cmd

import (
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// stopSignals ask this process to stop: Ctrl-C, a supervisor, a terminal that is closed,
// unless nohup has it outlive that.
func stopSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// guard calls end before a second signal, or a reader of the output that is gone, ends
// this process. What it has started would otherwise go on without it.
func guard(end func()) (release func()) {
	signals, released := make(chan os.Signal, 4), make(chan struct{})
	signal.Notify(signals, append(stopSignals(), syscall.SIGPIPE)...)
	go func() {
		if s, ok := fatal(signals, released); ok {
			end()
			signal.Stop(signals)
			raise(s)
		}
	}()
	return func() {
		signal.Stop(signals)
		close(released)
	}
}

// fatal waits for the signal that is not to be survived.
func fatal(signals <-chan os.Signal, released <-chan struct{}) (os.Signal, bool) {
	for asked := false; ; asked = true {
		select {
		case <-released:
			return nil, false
		case s := <-signals:
			if asked || !slices.Contains(stopSignals(), s) {
				return s, true
			}
		}
	}
}

// raise ends this process by a signal, as if it had never been caught.
func raise(s os.Signal) {
	signal.Reset(s)
	self, err := os.FindProcess(os.Getpid())
	if err == nil && self.Signal(s) != nil {
		_ = self.Kill() // there are no signals on Windows
	}
}
