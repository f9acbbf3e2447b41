// Kill starts `apizee-hooks listen --record` again and again on one recording, with and
// without --sync, and kills it under load at a random moment. Acknowledged events must be in
// the recording once, and the recording must stay readable.
//
//	go -C .ci run ./soak/kill
package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

// perSender keeps the numbers of two senders apart.
const perSender = 1_000_000_000

// killTest is the state of one recording.
type killTest struct {
	l       *lab.Lab
	path    string
	flags   []string
	random  *rand.Rand
	senders int
	sent    []int64 // the next number of each sender

	mu           sync.Mutex // guards what follows
	acknowledged []int64
	other        int // responses other than 204
}

func main() {
	kills := flag.Int("kills", 20, "number of kills, with and without --sync each")
	senders := flag.Int("senders", 16, "number of senders")
	longest := flag.Duration("longest", 500*time.Millisecond, "maximum time before a kill")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "random seed of the moments")
	flag.Parse()
	fmt.Fprintln(os.Stderr, "seed", *seed)
	l := lab.Open("kill")
	for _, flags := range [][]string{nil, {"--sync"}} {
		k := &killTest{
			l: l, path: l.File("events" + strings.Join(flags, "") + ".ndjson"), flags: flags,
			random: rand.New(rand.NewPCG(*seed, 0)), senders: *senders, sent: make([]int64, *senders),
		}
		for range *kills {
			k.kill(time.Duration(k.random.Int64N(int64(*longest))))
		}
		k.check(*kills)
	}
	l.Close()
}

// kill runs the listener for a time and kills it.
func (k *killTest) kill(life time.Duration) {
	p, addr := k.l.Listen(io.Discard, append([]string{"--record", k.path}, k.flags...)...)
	var all sync.WaitGroup
	for sender := range k.senders {
		all.Go(func() { k.send(addr, sender) })
	}
	time.Sleep(life)
	p.End(os.Kill, time.Minute)
	all.Wait()
}

// send posts events until there is no response. Every tenth is long, so that a kill may interrupt
// its write.
func (k *killTest) send(addr string, sender int) {
	s := lab.Sender{Addr: addr, Once: true}
	defer s.Close()
	for {
		n := int64(sender)*perSender + k.sent[sender]
		k.sent[sender]++
		s.Padding = 0
		if n%10 == 0 {
			s.Padding = 200 << 10
		}
		status, err := s.Post(n, time.Minute)
		if err != nil {
			return
		}
		k.mu.Lock()
		if status == 204 {
			k.acknowledged = append(k.acknowledged, n)
		} else {
			k.other++
		}
		k.mu.Unlock()
	}
}

func (k *killTest) check(kills int) {
	counts := map[int64]int{}
	truncated, err := lab.Recorded(k.path, func(n int64) { counts[n]++ })
	lost, twice, unexpected := 0, 0, 0
	for _, n := range k.acknowledged {
		if counts[n] == 0 {
			lost++
		}
	}
	for n, count := range counts {
		if count > 1 {
			twice++
		}
		if sender := n / perSender; sender >= int64(k.senders) || n%perSender >= k.sent[sender] {
			unexpected++
		}
	}
	name := strings.Join(append([]string{"listen --record"}, k.flags...), " ")
	k.l.Check(fmt.Sprintf("%s, killed %d times: nothing is lost", name, kills), lost == 0 && len(k.acknowledged) >= kills,
		"%d acknowledged, %d recorded, %d lost", len(k.acknowledged), len(counts), lost)
	k.l.Check("  each event is recorded once, and no other", twice == 0 && unexpected == 0 && k.other == 0, "%d twice, %d others, %d rejected", twice, unexpected, k.other)
	k.l.Check("  the recording can be read to its end", err == nil && truncated <= kills, "%d truncated lines, error %v", truncated, err)
	validate := k.l.Command("validate", k.path)
	k.l.Must(validate.Begin())
	ended := validate.Await(time.Minute)
	k.l.Check("  `apizee-hooks validate` reads it too", ended && validate.ProcessState.ExitCode() <= 1, "exit code %d", validate.ProcessState.ExitCode())
}
