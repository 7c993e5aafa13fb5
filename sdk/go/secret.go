package netstacks

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
)

// hidden is how a secret looks in logs.
const hidden = "***"

// Secret is a text that no way to print, log or encode it shows. [Secret.Reveal]
// returns it. The zero value is the empty text.
type Secret struct{ value *string } // a pointer is not followed in a field of a field

// NewSecret returns the secret that reveals value.
func NewSecret(value string) Secret { return Secret{&value} }

// Reveal returns the text.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Equal tells whether both reveal the same; == does not.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// String returns three asterisks.
func (Secret) String() string { return hidden }

// Format prints three asterisks for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText returns three asterisks; encoding/json and log/slog use it.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalJSON reads a text.
func (s *Secret) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &s.value)
}
