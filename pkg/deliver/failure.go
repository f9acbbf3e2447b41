package deliver

// Kind sorts failures by what somebody would do about them.
type Kind string

const (
	KindRefused     Kind = "refused"     // nothing listens on the port
	KindDNS         Kind = "dns"         // the name of the host was not found
	KindTimeout     Kind = "timeout"     // time was up
	KindTLS         Kind = "tls"         // no trusted encrypted connection
	KindReset       Kind = "reset"       // the server closed the connection too early
	KindBadReply    Kind = "bad-reply"   // what came back is not HTTP
	KindUnreachable Kind = "unreachable" // there is no way to the host
	KindProxy       Kind = "proxy"       // a proxy on the way failed, or responded itself
	KindCanceled    Kind = "canceled"    // the sender was told to stop
	KindOther       Kind = "other"
)

// IsUnsent says whether no connection came about, so that nothing was sent.
func (k Kind) IsUnsent() bool {
	switch k {
	case KindRefused, KindDNS, KindTLS, KindUnreachable, KindProxy:
		return true
	}
	return false
}

// Remedy is what the sender could do about a failure itself, beside what its hint says.
type Remedy string

const (
	RemedyPatience       Remedy = "patience"        // give it a longer timeout
	RemedyAuthority      Remedy = "authority"       // trust the certificate's authority, or any certificate
	RemedyAnyCertificate Remedy = "any-certificate" // trust any certificate
	RemedyListener       Remedy = "listener"        // listen at the address oneself
	RemedyTLSListener    Remedy = "tls-listener"    // the same, with TLS
	RemedyNoProxy        Remedy = "no-proxy"        // use no proxy
	RemedyKeep           Remedy = "keep"            // keep connections, or open fewer of them
)

// Failure says why no whole reply came.
type Failure struct {
	Kind    Kind
	Message string // what went wrong: one plain sentence, in lower case, without a full stop
	Hint    string // what to do next, in the same form; may be empty
	Remedy  Remedy // may be empty
	Address string // HOST:PORT that the request was to go to
	Err     error  // what the network or the HTTP library said
}

// Error makes a Failure an error, for those who pass it on as one.
func (f *Failure) Error() string { return f.Message }

func (f *Failure) Unwrap() error { return f.Err }
