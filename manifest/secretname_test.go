package manifest

import (
	"strings"
	"testing"
)

func TestNamesOfSecretsAreToldFromThoseThatSoundAlike(t *testing.T) {
	for _, name := range strings.Fields(`
		password passwd passphrase secret token api_key apikey apiKey APIKey API_KEY api-key private_key privateKey credential credentials
		kafka.sasl_password smtp.password db_password databasePassword PGPASSWORD_password admin_password bind_password root-password user.password
		client_secret clientSecret webhook_secret jwt_secret shared_secret oauth.client_secret app_secret consumer_secret secret_key
		access_token refresh_token bearer_token auth_token github_token slackToken bot_token service_token NETSTACKS_TOKEN personal_access_token
		aws_secret_access_key aws_access_key signing_key encryption_key tls_private_key ssh_private_key key_passphrase snmp_community community_string
		api_key_primary api_key_2 password2_confirm token_value old_password password_old smtp_pass ldap_pwd llm_api_keys private_key_pem
		pagerduty_api_key openai_apikey servicenow_credential vault_passphrase enable_password enable_secret x_api_key password1 token2`) {
		if !saysSecret(name) {
			t.Errorf("%s is the name of a secret", name)
		}
	}
	for _, name := range strings.Fields(`
		token_url token_endpoint token_limit token_ttl token_type token_expiry_seconds token_count max_tokens min_tokens tokens tokens_per_minute
		stop_token next_token page_token csrf_token eos_token token_field public_token prompt_tokens
		password_min_length password_policy password_field password_hint password_file password_env password_rotation_days
		secret_name secret_path secret_backend secret_id secret_store_url secrets_manager_region secretary secretariat
		public_key ssh_public_key sort_key primary_key partition_key key keys keyboard api_key_header api_key_name api_key_id api_key_url api_keys_path
		private_key_path private_key_file credential_id credential_type credentials_file credential_provider
		use_password require_password has_token disable_password show_secret reset_password rotate_secret validate_token
		passenger compass bypass passive password_length access_key_id access_level community community_id tokenizer tokenized username host port`) {
		if saysSecret(name) {
			t.Errorf("%s is no name of a secret", name)
		}
	}
}

func TestTitlesOfSecretsAreToldFromThoseThatSoundAlike(t *testing.T) {
	for _, title := range []string{
		"Password", "API key", "API Key (read only)", "Client secret", "Token of the service this plugin talks to", "The token for Slack", "Private key in PEM", "Passphrase used to decrypt", "Slack bot token",
	} {
		if !titleSaysSecret(title) {
			t.Errorf("%q is the title of a secret", title)
		}
	}
	for _, title := range []string{
		"", "of", "Name of the secret", "Token lifetime", "Password policy", "Where the token is stored", "Length of a password", "Public key", "Header with the API key name", "Use a password", "Maximum tokens",
	} {
		if titleSaysSecret(title) {
			t.Errorf("%q is no title of a secret", title)
		}
	}
}

func TestWordsOfAName(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "apiKey": "api key", "APIKey": "api key", "kafka.sasl_password": "kafka sasl password", "OAuth2Token": "o auth2 token", "__x__": "x", "Schlüssel-Wort": "schlüssel wort", "clientID": "client id",
	} {
		if got := strings.Join(nameWords(name), " "); got != want {
			t.Errorf("the words of %q are %q, want %q", name, got, want)
		}
	}
	if got := nameWords(strings.Repeat("a", 1000) + "_token"); got[len(got)-1] != "token" {
		t.Errorf("the last word of a long name is %q", got[len(got)-1])
	}
}
