package controller_test

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/controller"
)

// claimsOf decodes a token's claims without verifying them.
func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestServiceTokensCarryExactlyTheDocumentedClaims(t *testing.T) {
	c := at(noon, controller.Options{})
	start := float64(noon.Unix())
	for name, capabilities := range map[string][]string{
		"as listed, order and repetition kept": {"invoke_llm", "read_devices", "invoke_llm", "made_up"},
		"none":                                 {},
	} {
		t.Run(name, func(t *testing.T) {
			token, err := c.MintServiceToken("shop", "e168ceaa", capabilities)
			if err != nil {
				t.Fatal(err)
			}
			list := []any{}
			for _, s := range capabilities {
				list = append(list, s)
			}
			want := map[string]any{
				"iss": "netstacks-controller", "sub": "shop", "org_id": "e168ceaa", "capabilities": list,
				"iat": start, "nbf": start, "exp": start + 30*24*3600,
			}
			if got := claimsOf(t, token); !reflect.DeepEqual(got, want) {
				t.Errorf("claims %v", got)
			}
		})
	}
}

func TestWildcardsAreNeverMinted(t *testing.T) {
	c := at(noon, controller.Options{})
	for _, capabilities := range [][]string{{"*"}, {"read_devices", "*"}, {" *"}} {
		token, err := c.MintServiceToken("shop", "x", capabilities)
		if err == nil || token != "" || !strings.Contains(err.Error(), "capabilities_required") {
			t.Errorf("%q: %q, %v", capabilities, token, err)
		}
	}
	if _, err := c.MintServiceToken("", "x", nil); err == nil {
		t.Error("a token without a plugin")
	}
}

func TestAccessTokensCarryTheUser(t *testing.T) {
	c := at(noon, controller.Options{})
	acme, globex := claimsOf(t, userToken(t, c, 0)), claimsOf(t, userToken(t, c, 1))
	if acme["org_id"] != c.Orgs()[0].ID || globex["org_id"] != c.Orgs()[1].ID || acme["sub"] == globex["sub"] {
		t.Errorf("%v, %v", acme, globex)
	}
	if !reflect.DeepEqual(acme["roles"], []any{"admin"}) || !reflect.DeepEqual(acme["permissions"], []any{"*"}) {
		t.Errorf("%v", acme)
	}
	if _, err := c.UserToken(controller.Org{}); err == nil {
		t.Error("a token without an organisation")
	}
}

func TestATokenThatWasGoodOnceStillExpires(t *testing.T) {
	now := noon
	c := controller.New(controller.Options{Secret: secret, Now: func() time.Time { return now }})
	token := serviceToken(t, c, "read_devices")
	steps := []struct {
		to     time.Time
		status int
		says   string
	}{
		{noon, 200, ""},
		{noon.Add(30*24*time.Hour - time.Second), 200, ""},
		{noon.Add(30 * 24 * time.Hour), 401, "has expired"},
		{noon.Add(-time.Second), 401, "not valid yet"},
		{noon.Add(time.Hour), 200, ""},
	}
	for _, s := range steps {
		now = s.to
		if w := ask(c, "GET", "/internal/v1/devices?limit=1", token, nil); w.Code != s.status || !strings.Contains(w.Body.String(), s.says) {
			t.Errorf("at %s: %d %s", s.to, w.Code, w.Body)
		}
		if w := ask(c, "GET", "/api/capabilities", token, nil); w.Code != 401 {
			t.Errorf("at %s the service token passes for a user's: %d", s.to, w.Code)
		}
	}
}

func TestOrganisationsAreTwoAndStable(t *testing.T) {
	want := []controller.Org{
		{ID: "e168ceaa-dc72-4742-8f6f-f3a822fa8132", Slug: "acme", Name: "Acme Networks"},
		{ID: "727efd2a-6ae5-4f35-b909-13138313d24d", Slug: "globex", Name: "Globex Telecom"},
	}
	if got := controller.New(controller.Options{}).Orgs(); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

func TestSecretsAreRandomAndEndWithTheController(t *testing.T) {
	one, two := controller.New(controller.Options{}), controller.New(controller.Options{})
	if w := ask(two, "GET", "/internal/v1/devices", serviceToken(t, one, "read_devices"), nil); w.Code != 401 {
		t.Errorf("another Controller's token is answered %d", w.Code)
	}
}
