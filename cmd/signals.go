package cmd

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// stopSignals returns the signals that stop this process: of Ctrl-C, of a supervisor, and of a
// terminal that is closed, unless nohup ignores that.
func stopSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// catchStop returns a context that ends with the first signal that stops this process; the second ends
// the process. Signals are caught once wait returns. To catch each, a thread is woken and waited for,
// which takes a tenth of a send: meanwhile the command is prepared.
func catchStop() (ctx context.Context, wait func()) {
	ctx, stop := context.WithCancelCause(context.Background())
	caught := make(chan struct{})
	go func() {
		signaled, release := signal.NotifyContext(context.Background(), stopSignals()...)
		close(caught)
		<-signaled.Done()
		release()
		stop(context.Cause(signaled))
	}()
	return ctx, func() { <-caught }
}

// outliveReader makes a write to a closed pipe fail instead of ending this process. Unlike an
// ignored signal, this is not inherited by started programs.
func outliveReader() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// guard calls end before a second signal ends this process, whose started programs would
// otherwise continue to run.
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

// fatal waits for the second signal, which ends the process.
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

// raise ends this process by a signal, as if it were not caught.
func raise(s os.Signal) {
	signal.Reset(s)
	self, err := os.FindProcess(os.Getpid())
	if err == nil && self.Signal(s) != nil {
		_ = self.Kill() // Windows has no signals
	}
}
