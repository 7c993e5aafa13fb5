package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/docker/docker/client"
)

// Kind is the class of reasons why an engine cannot be used.
type Kind string

// The kinds of reasons.
const (
	KindConfig     Kind = "config"     // the docker configuration cannot be read
	KindContext    Kind = "context"    // the named context is missing or broken
	KindAddress    Kind = "address"    // the endpoint is not an address
	KindNotRunning Kind = "notrunning" // nothing listens at the endpoint
	KindPermission Kind = "permission" // the socket may not be opened by this user
	KindDNS        Kind = "dns"        // the host name does not resolve
	KindTLS        Kind = "tls"        // certificates are missing, wrong or not trusted
	KindSSH        Kind = "ssh"        // the ssh command failed
	KindTimeout    Kind = "timeout"    // no answer in time
	KindProtocol   Kind = "protocol"   // something answers that is no container engine
	KindLost       Kind = "lost"       // the engine went away in the middle of an operation
	KindUnknown    Kind = "unknown"    // the raw error says it all
)

// UnavailableError says that the container engine cannot be used: what is
// wrong and what to do next. It unwraps to the raw error.
type UnavailableError struct {
	Kind     Kind
	Endpoint string // "" when the failure came before one was chosen
	Context  string
	Cause    string // a clause: "nothing listens on /var/run/docker.sock"
	Hint     string // what to do next: "start the engine …"
	Err      error  // the raw error
}

// Error returns one sentence with the cause and the next step.
func (e *UnavailableError) Error() string {
	return fmt.Sprintf("no container engine: %s; %s", e.Cause, e.Hint)
}

// Unwrap returns the raw error.
func (e *UnavailableError) Unwrap() error { return e.Err }

// errNotAnEngine is what a server that answers, but not as an engine, earns.
var errNotAnEngine = errors.New("no API version in the answer")

// addressError and certificateError mark failures of our own set-up code, which
// the raw error alone does not tell apart.
type (
	addressError     struct{ error }
	certificateError struct{ error }
)

func (e *addressError) Unwrap() error     { return e.error }
func (e *certificateError) Unwrap() error { return e.error }

// Explain turns an error that an operation on the engine met into an
// *UnavailableError when the engine is no longer there: a refused, reset or cut
// connection. Every other error, also a cancelled or expired context, is
// returned as it is.
func (e *Engine) Explain(err error) error {
	var gone *UnavailableError
	if err == nil || errors.As(err, &gone) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || !cut(err) {
		return err
	}
	return e.Lost(err)
}

// Lost is the *UnavailableError for an engine that went away in the middle of
// an operation. It is for callers that know so by other means than the error
// itself; the rest use Explain.
func (e *Engine) Lost(err error) error {
	return &UnavailableError{
		Kind: KindLost, Endpoint: e.Endpoint, Context: e.Context, Err: err,
		Cause: fmt.Sprintf("%s at %s went away in the middle of the work", e.String(), e.Endpoint),
		Hint:  "see that the engine runs (`docker info`) and try again",
	}
}

// cut tells the errors of a broken connection from answers of the engine.
func cut(err error) bool {
	if client.IsErrConnectionFailed(err) {
		return true
	}
	for _, target := range []error{
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	var op *net.OpError
	return errors.As(err, &op)
}

func (t *target) fail(kind Kind, err error, cause, hint string) error {
	return &UnavailableError{Kind: kind, Endpoint: t.host, Context: t.context, Cause: cause, Hint: hint, Err: err}
}

// unavailable explains why connecting to the target failed.
func (t *target) unavailable(err error) error {
	for _, explain := range []func(error) (Kind, string, string){
		t.explainSetup, t.explainSSH, t.explainSocket, t.explainNetwork, t.explainTLS, t.explainAnswer,
	} {
		if kind, cause, hint := explain(err); kind != "" {
			return t.fail(kind, err, cause, hint)
		}
	}
	return t.fail(KindUnknown, err, fmt.Sprintf("%s does not answer: %v", t.host, err),
		"see that the engine runs, or name another with --host or --context")
}

func (t *target) explainSetup(err error) (Kind, string, string) {
	var address *addressError
	var cert *certificateError
	switch {
	case errors.As(err, &address):
		return KindAddress, fmt.Sprintf("%q is not an engine's address", t.host),
			"write it as unix:///path/to/socket, tcp://host:port or ssh://user@host in --host or DOCKER_HOST"
	case errors.As(err, &cert):
		return KindTLS, fmt.Sprintf("the TLS files for %s cannot be used: %v", t.host, cert.error),
			"point DOCKER_CERT_PATH to the folder that holds ca.pem, cert.pem and key.pem"
	}
	return "", "", ""
}

func (t *target) explainSSH(err error) (Kind, string, string) {
	if !t.isSSH() {
		return "", "", ""
	}
	if errors.Is(err, exec.ErrNotFound) {
		return KindSSH, "the ssh command that " + t.host + " needs is not installed", "install an OpenSSH client"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return KindSSH, t.host + " did not answer in time", "try `ssh` to that host by hand and see that docker runs there"
	}
	said := err.Error()
	if _, stderr, ok := strings.Cut(said, "stderr="); ok {
		said = strings.Join(strings.Fields(stderr), " ")
	}
	return KindSSH, fmt.Sprintf("ssh to %s failed: %s", t.host, said),
		"log in once by hand; keys must work without a question (ssh-agent) and docker must be installed there"
}

func (t *target) explainSocket(err error) (Kind, string, string) {
	path := t.socketPath()
	switch {
	case path == "":
		return "", "", ""
	case errors.Is(err, fs.ErrPermission):
		return KindPermission, "this user may not open " + path,
			"add yourself to the group that owns it (`sudo usermod -aG docker $USER`, then log in again) or use a rootless engine"
	case errors.Is(err, fs.ErrNotExist):
		return KindNotRunning, "there is no socket " + path, t.startHint(path)
	case errors.Is(err, syscall.ECONNREFUSED):
		return KindNotRunning, "nothing listens on " + path, t.startHint(path)
	case errors.Is(err, syscall.ENOTSOCK):
		return KindAddress, path + " is not a socket", "name the engine's socket with --host or DOCKER_HOST"
	}
	return "", "", ""
}

// startHint names another engine's socket when there is one on this machine.
func (t *target) startHint(path string) string {
	for _, other := range t.sockets {
		if info, err := os.Stat(other); err == nil && other != path && info.Mode()&fs.ModeSocket != 0 {
			return fmt.Sprintf("start it (`sudo systemctl start docker`), or use the one at unix://%s with --host or DOCKER_HOST", other)
		}
	}
	return "start it (`sudo systemctl start docker`, or Docker Desktop), or name another with --host, DOCKER_HOST or --context"
}

func (t *target) explainNetwork(err error) (Kind, string, string) {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return KindDNS, fmt.Sprintf("the host %q of %s is not known", dns.Name, t.host),
			"check the spelling and the network"
	case errors.Is(err, syscall.ECONNREFUSED):
		return KindNotRunning, "nothing listens at " + t.host,
			"see that the engine runs there and that it listens on that port"
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		return KindTimeout, fmt.Sprintf("%s did not answer in %s", t.host, answerTimeout),
			"the engine may hang or a firewall be in the way: try `docker version`, or restart the engine"
	}
	return "", "", ""
}

// tlsSigns are texts of errors that carry no type of their own after the
// client wrapped them.
var tlsSigns = []string{
	"HTTP request to an HTTPS server", "HTTP response to HTTPS client", "malformed HTTP response",
	"--tlsverify", "remote error: tls",
}

func (t *target) explainTLS(err error) (Kind, string, string) {
	var (
		record   tls.RecordHeaderError
		verify   *tls.CertificateVerificationError
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
	)
	typed := errors.As(err, &record) || errors.As(err, &verify) || errors.As(err, &unknown) ||
		errors.As(err, &hostname) || errors.As(err, &invalid)
	for _, sign := range tlsSigns {
		typed = typed || strings.Contains(err.Error(), sign)
	}
	if !typed {
		return "", "", ""
	}
	return KindTLS, fmt.Sprintf("TLS with %s failed: %s", t.host, firstLine(err)),
		"check DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, or the context's certificates, against what the engine uses"
}

func (t *target) explainAnswer(err error) (Kind, string, string) {
	if errors.Is(err, errNotAnEngine) {
		return KindProtocol, fmt.Sprintf("what answers at %s is not a container engine (%s)", t.host, firstLine(err)),
			"check the address in --host, DOCKER_HOST or the context"
	}
	return "", "", ""
}

// firstLine keeps a message of several lines in one sentence.
func firstLine(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return strings.TrimSpace(strings.TrimPrefix(lines[0], "* "))
}
