package deliver

// Kind is a class of failures with the same remedy.
type Kind string

const (
	KindRefused     Kind = "refused"      // the connection was refused
	KindDNS         Kind = "dns"          // the host was not found
	KindTimeout     Kind = "timeout"      // the timeout passed
	KindTLS         Kind = "tls"          // TLS failed, or the certificate is not trusted
	KindReset       Kind = "reset"        // the server closed the connection early
	KindBadResponse Kind = "bad-response" // the response is not HTTP
	KindUnreachable Kind = "unreachable"  // no route to the host
	KindProxy       Kind = "proxy"        // a proxy failed, or responded instead of the endpoint
	KindCanceled    Kind = "canceled"     // the context was canceled
	KindOther       Kind = "other"
)

// IsUnsent reports whether nothing was sent, because there was no connection.
func (k Kind) IsUnsent() bool {
	switch k {
	case KindRefused, KindDNS, KindTLS, KindUnreachable, KindProxy:
		return true
	}
	return false
}

// Remedy is what the sender can do about a failure, besides its hint.
type Remedy string

const (
	RemedyTimeout        Remedy = "timeout"         // increase the timeout
	RemedyAuthority      Remedy = "authority"       // trust the certificate's authority, or any certificate
	RemedyAnyCertificate Remedy = "any-certificate" // trust any certificate
	RemedyListener       Remedy = "listener"        // listen on the address
	RemedyTLSListener    Remedy = "tls-listener"    // the same, with TLS
	RemedyNoProxy        Remedy = "no-proxy"        // use no proxy
	RemedyKeepAlive      Remedy = "keep-alive"      // keep connections alive, or open fewer
)

// Failure is why there is no complete response.
type Failure struct {
	Kind    Kind
	Message string // one sentence in lowercase, without a full stop
	Hint    string // the next step, in the same form; may be empty
	Remedy  Remedy // may be empty
	Address string // HOST:PORT of the endpoint
	Err     error  // of the network or of net/http
}

func (f *Failure) Error() string { return f.Message }

func (f *Failure) Unwrap() error { return f.Err }
