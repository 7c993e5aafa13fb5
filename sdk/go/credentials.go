package netstacks

import (
	"context"
	"time"
)

// CredentialType says what the secret of a credential is. A newer Controller may
// have more types than these.
type CredentialType string

// The types of the contract.
const (
	SSHPassword   CredentialType = "ssh_password"
	SSHKey        CredentialType = "ssh_key"
	APIToken      CredentialType = "api_token"
	SNMPCommunity CredentialType = "snmp_community"
	GenericSecret CredentialType = "generic_secret"
)

// Credential is a decrypted credential.
type Credential struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	CredentialType CredentialType `json:"credential_type"`
	// Username is "" where the type has none.
	Username string `json:"username,omitzero"`
	// Secret is the password, private key, token or community: Secret.Reveal().
	Secret    Secret    `json:"secret"`
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// GetCredential returns a credential, decrypted, and whether there is one with this
// id. The Controller writes each read into its audit log. It needs the capability
// read_credentials.
func (c *Client) GetCredential(ctx context.Context, id string) (credential Credential, found bool, err error) {
	return get[Credential](ctx, c, "/credentials/", id)
}
