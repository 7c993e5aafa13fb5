package netstacks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
)

// What errors.Is finds in errors of this package.
var (
	// ErrMissingToken: no service token was given, and NETSTACKS_SERVICE_TOKEN is
	// not set.
	ErrMissingToken = errors.New("no service token")
	// ErrMissingURL: no address was given, and CONTROLLER_API_URL is not set.
	ErrMissingURL = errors.New("no address of the Controller")

	// ErrUnauthorized is an [*APIError] with status 401.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden is an [*APIError] with status 403.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound is an [*APIError] with status 404.
	ErrNotFound = errors.New("not found")
	// ErrTooManyRequests is an [*APIError] with status 429.
	ErrTooManyRequests = errors.New("too many requests")
)

// APIError is an answer of the Controller that is not a success.
type APIError struct {
	// Status is that of the HTTP answer.
	Status int
	// Message is what the Controller says, or this package's words where it says
	// nothing.
	Message string
	// Required is the capability that a 403 misses, or "".
	Required string
	// Body is the answer as it came, the service token masked.
	Body []byte
}

func (e *APIError) Error() string {
	text := "the Controller answered " + strconv.Itoa(e.Status) + ": " + e.Message
	if e.Required != "" {
		text += fmt.Sprintf(" (add %q to capabilities_required in manifest.json)", e.Required)
	}
	return text
}

// Is tells whether the status is the one that target stands for.
func (e *APIError) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrTooManyRequests:
		return e.Status == http.StatusTooManyRequests
	}
	return false
}

// ConnectionError says that the Controller could not be reached, or that the
// connection broke off.
type ConnectionError struct {
	message string
	cause   error
}

func (e *ConnectionError) Error() string { return e.message }

// Unwrap returns what went wrong, such as a *net.OpError.
func (e *ConnectionError) Unwrap() error { return e.cause }

// TimeoutError says that the time was up: that of the attempt ([WithTimeout]), or
// that of the caller's context. errors.Is finds context.DeadlineExceeded and
// os.ErrDeadlineExceeded in it.
type TimeoutError struct{ message string }

func (e *TimeoutError) Error() string { return e.message }

// Is tells whether target is one of the errors of the standard library for it.
func (e *TimeoutError) Is(target error) bool {
	return target == context.DeadlineExceeded || target == os.ErrDeadlineExceeded
}

// Timeout is true; with Temporary it makes the error a net.Error.
func (e *TimeoutError) Timeout() bool { return true }

// Temporary is true.
func (e *TimeoutError) Temporary() bool { return true }

// CanceledError says that the caller's context was cancelled. errors.Is finds
// context.Canceled in it, and the context's cause.
type CanceledError struct {
	message string
	cause   error
}

func (e *CanceledError) Error() string { return e.message }

// Is tells whether target is context.Canceled.
func (e *CanceledError) Is(target error) bool { return target == context.Canceled }

// Unwrap returns the context's cause.
func (e *CanceledError) Unwrap() error { return e.cause }

// TLSError says that the Controller's certificate is not trusted, or that the
// certificates to trust cannot be read.
type TLSError struct {
	message string
	cause   error
}

func (e *TLSError) Error() string { return e.message }

// Unwrap returns what went wrong, such as a *tls.CertificateVerificationError.
func (e *TLSError) Unwrap() error { return e.cause }

// DecodeError says that the Controller answered a success that cannot be read. It
// does not quote the answer, in which there may be secrets.
type DecodeError struct {
	// Operation is what was asked for, such as "GET /devices".
	Operation string
	// Status is that of the HTTP answer.
	Status int
	reason string
}

func (e *DecodeError) Error() string {
	return fmt.Sprintf("the answer to %s (status %d) cannot be read: %s", e.Operation, e.Status, e.reason)
}

// ArgumentError says that an argument was refused before a request was made.
type ArgumentError struct {
	// Argument is its name, as on the wire.
	Argument string
	reason   string
}

func (e *ArgumentError) Error() string { return e.Argument + ": " + e.reason }

// ConfigError says that a client cannot be made of what was given and what is in
// the environment.
type ConfigError struct {
	// Variable is the environment variable that would hold the value.
	Variable string
	message  string
	kind     error
}

func (e *ConfigError) Error() string { return e.message }

// Unwrap returns [ErrMissingToken], [ErrMissingURL], or nil for a value that
// cannot be used.
func (e *ConfigError) Unwrap() error { return e.kind }
