package show

import "github.com/apizee-hooks/apizee-hooks/pkg/deliver"

// Advise says what to do about a failed delivery: the failure's own hint, and the flag or
// the command that is its remedy. It may be "".
func Advise(f *deliver.Failure) string {
	switch f.Remedy {
	case deliver.RemedyPatience:
		return f.Hint + ", or give it longer with --timeout"
	case deliver.RemedyAuthority:
		return "name its authority with --cacert FILE, or accept any certificate with --insecure"
	case deliver.RemedyAnyCertificate:
		return f.Hint + ", or accept any certificate with --insecure"
	case deliver.RemedyListener:
		return f.Hint + ", or let `apizee-hooks listen --addr " + f.Address + "` stand in for it"
	case deliver.RemedyTLSListener:
		return f.Hint + ", or let `apizee-hooks listen --addr " + f.Address + " --tls` stand in for it"
	case deliver.RemedyKeep:
		return f.Hint + "; keep connections with --keep-alive, or send fewer or more slowly, as with --count and --every"
	}
	return f.Hint
}
