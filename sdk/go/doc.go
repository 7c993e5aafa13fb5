// Package netstacks is the client of the internal API of the NetStacks Controller,
// /internal/v1, for plugins that are written in Go. It needs nothing but the
// standard library.
//
// [New] reads what the Controller gives to every plugin's container. Explicit
// values win ([WithBaseURL], [WithToken]):
//
//	CONTROLLER_API_URL        where the Controller is
//	NETSTACKS_SERVICE_TOKEN   what the plugin may do there
//	NETSTACKS_CA_CERT         a PEM file (or its text) with certificates to trust
//	                          beside those of the system
//	NETSTACKS_TLS_VERIFY      "false" switches the check of certificates off
//
// # Calls
//
// Every call takes a context. Ending it ends the call at once and gives its
// connection back. A [Client] is safe for use by any number of goroutines, which
// share its connections.
//
// What a call may be given is an option, such as [DeviceType] or [Temperature]: an
// option that is given is sent, whatever its value, and one that is not given is
// left out. In the request structs of gNMI, NETCONF and agents, the zero value of a
// field means "not given"; a slice or map that is empty but not nil is sent.
//
// In answers, the zero value of a field is what the Controller does not know.
//
// # Errors
//
// Each error of a call has one of these types, for [errors.As]:
//
//   - [*APIError]: the Controller refused; errors.Is tells [ErrUnauthorized],
//     [ErrForbidden], [ErrNotFound] and [ErrTooManyRequests] apart
//   - [*ConnectionError]: it could not be reached, or the connection broke off
//   - [*TimeoutError]: the time was up, also that of the caller's context
//   - [*TLSError]: its certificate is not trusted
//   - [*DecodeError]: it answered something that cannot be read
//   - [*ArgumentError]: an argument was refused before a request was made
//   - [*ConfigError]: the client cannot be made; see [ErrMissingToken] and
//     [ErrMissingURL]
//   - [*CanceledError]: the caller's context was cancelled
//
// The service token and the secrets of credentials are in none of them.
//
// # Retries
//
// A GET is tried again, twice at most, after 429, 502, 503, 504, and when the
// connection failed. Retry-After is honoured up to ten seconds; without it the
// client waits about 200 and then 400 ms. What changes something is never sent
// twice, and what timed out is not tried again. The time-out is for each attempt.
//
// # Tests of plugins
//
// Package netstackstest is a Controller in memory for the unit tests of plugins.
package netstacks

// Version is the version of this package.
const Version = "1.0.0"
