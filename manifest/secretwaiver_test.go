package manifest

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestSecretWaiversAreReadWithTheirPlace(t *testing.T) {
	tests := []struct {
		name, toml string
		want       []SecretWaiver
		err        string
	}{
		{"none", "[validate]\n", nil, ""},
		{
			"two", "[[package.allow-secret]]\nrule = \"a\"\nfile = \"./x/y\"\nline = 3\nreason = \"r\"\n\n[[package.allow-secret]]\nrule = \"b\"\nfile = \"z\"\nfingerprint = \"f\"\nreason = \"q\"\n",
			[]SecretWaiver{{Rule: "a", File: "x/y", Line: 3, Reason: "r", At: 1}, {Rule: "b", File: "z", Fingerprint: "f", Reason: "q", At: 7}}, "",
		},
		{"one is wrong, so none counts", "[[package.allow-secret]]\nrule = \"a\"\nfile = \"x\"\nline = 3\nreason = \"r\"\n[[package.allow-secret]]\nrule = \"a\"\nfile = \"x\"\n", nil, "netstacks.toml:6: the waiver of a secret needs rule, file"},
		{"no TOML", "\n[[", nil, "netstacks.toml:2 cannot be read as TOML"},
		{"not UTF-8", "# \xff", nil, "not UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := SecretWaivers(fstest.MapFS{ConfigName: {Data: []byte(tt.toml)}})
			if !slices.Equal(got, tt.want) || (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	if got, err := SecretWaivers(fstest.MapFS{}); got != nil || err != nil {
		t.Errorf("without the file: %v, %v", got, err)
	}
}

func TestKindsOfSecretsKeepTheirNames(t *testing.T) {
	// They stand in the waivers of plugins.
	var ids []string
	for _, k := range SecretKinds() {
		ids = append(ids, k.ID)
		if k.What == "" || k.Revoke == "" || len(k.Marks) == 0 {
			t.Errorf("%+v says too little", k)
		}
	}
	got := strings.Join(ids, " ")
	if want := "private-key json-web-token putty-private-key aws-access-key-id aws-secret-access-key github-token gitlab-token slack-token slack-webhook-address " +
		"discord-webhook-address microsoft-teams-webhook-address telegram-bot-token google-api-key google-oauth-client-secret stripe-live-key webhook-signing-secret " +
		"npm-token pypi-token rubygems-key docker-hub-token azure-storage-key azure-shared-access-key microsoft-entra-client-secret openai-key " +
		"anthropic-key hugging-face-token sendgrid-key digitalocean-token hashicorp-vault-token terraform-token grafana-token " +
		"new-relic-key atlassian-token databricks-token shopify-token linear-key postman-key square-token tailscale-key age-secret-key address-password authorization-header"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if strings.ContainsAny(got, "/.,") || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		t.Error("two kinds have one name, or one is no word")
	}
}
