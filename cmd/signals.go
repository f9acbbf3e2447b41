package cmd

import (
	"os"
	"os/signal"
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

// outliveReader has a write to a pipe that nobody reads fail, rather than end this process.
// It is not inherited by programs that are started, as an ignored signal would be.
func outliveReader() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// guard calls end before a second signal ends this process. What it has started would
// otherwise go on without it.
func guard(end func()) (release func()) {
	signals, released := make(chan os.Signal, 4), make(chan struct{})
	signal.Notify(signals, stopSignals()...)
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

// fatal waits for the second signal, which is not to be survived.
func fatal(signals <-chan os.Signal, released <-chan struct{}) (os.Signal, bool) {
	var s os.Signal
	for range 2 {
		select {
		case <-released:
			return nil, false
		case s = <-signals:
		}
	}
	return s, true
}

// raise ends this process by a signal, as if it had never been caught.
func raise(s os.Signal) {
	signal.Reset(s)
	self, err := os.FindProcess(os.Getpid())
	if err == nil && self.Signal(s) != nil {
		_ = self.Kill() // there are no signals on Windows
	}
}
