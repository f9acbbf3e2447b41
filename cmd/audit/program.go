package audit

import (
	"context"
	"net/http"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

// program is the program under test of --exec. Without one, Start waits for the endpoints of --wait-for.
type program struct {
	options   *options
	transport *http.Transport
	waiting   func(what string) // is told what the first start waits for; nil afterwards

	running *cli.UnderTest
	exited  bool           // whether it was reported that it exited early
	crashed *cli.UnderTest // the first that failed; nil if none did
}

func (p *program) Start(ctx context.Context) (err error) {
	p.exited = false
	p.running, err = p.options.StartPrograms(ctx, &p.options.programs, p.transport, cli.ProgramView{
		BeforeLine: func() {},
		Waiting: func(what string) func() {
			if p.waiting != nil {
				p.waiting(what)
			}
			return func() {}
		},
	})
	p.waiting = nil
	if err == nil {
		p.running.Mute() // requests by the hundred make it write a lot
	}
	return err
}

// look reports a program that exited early, with the end of its output.
func (p *program) look() {
	if p.running == nil || p.exited {
		return
	}
	p.exited = p.running.Exited() != nil
	if p.crashed == nil && p.running.Crash() != nil {
		p.crashed = p.running
	}
}

func (p *program) Stop() {
	p.look()
	p.end()
}

func (p *program) Kill() {
	p.look()
	if p.running != nil {
		p.running.Kill()
	}
	p.end()
}

func (p *program) end() {
	if p.running != nil {
		p.running.Stop()
		p.running = nil
	}
}
