package show

import (
	"testing"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

func TestAdvise(t *testing.T) {
	for remedy, want := range map[deliver.Remedy]string{
		"":                           "look",
		deliver.RemedyPatience:       "look, or give it longer with --timeout",
		deliver.RemedyAuthority:      "name its authority with --cacert FILE, or accept any certificate with --insecure",
		deliver.RemedyAnyCertificate: "look, or accept any certificate with --insecure",
		deliver.RemedyListener:       "look, or let `apizee-hooks listen --addr h:1` stand in for it",
		deliver.RemedyTLSListener:    "look, or let `apizee-hooks listen --addr h:1 --tls` stand in for it",
		deliver.RemedyKeep:           "look; keep connections with --keep-alive, or send fewer or more slowly, as with --count and --every",
	} {
		if got := Advise(&deliver.Failure{Hint: "look", Remedy: remedy, Address: "h:1"}); got != want {
			t.Errorf("%s: got %q, want %q", remedy, got, want)
		}
	}
}
