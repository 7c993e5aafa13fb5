package controller_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/controller"
	"github.com/netstacks/netstacks-plugin/sdk/contract"
)

// TestRequestsOfTheVectorsAreTaken: what client libraries send by the contract, the local
// Controller understands: it answers, or does not know the resource.
func TestRequestsOfTheVectorsAreTaken(t *testing.T) {
	c := at(noon, controller.Options{})
	var capabilities []string
	for _, op := range documented {
		capabilities = append(capabilities, op.capability)
	}
	token := serviceToken(t, c, capabilities...)
	names, err := fs.Glob(contract.Vectors(), "*.json")
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, name := range names {
		content, err := fs.ReadFile(contract.Vectors(), name)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Vectors []struct {
				Name     string
				Exchange []struct {
					Request struct {
						Method, Path string
						Query        map[string]string
						Body         json.RawMessage
					}
					Response struct{ Status int }
				}
			}
		}
		if err := json.Unmarshal(content, &file); err != nil {
			t.Fatal(err)
		}
		for _, v := range file.Vectors {
			for _, x := range v.Exchange {
				if x.Response.Status/100 != 2 || !strings.HasPrefix(x.Request.Path, "/internal/") || strings.Contains(string(x.Request.Body), "$repeat") {
					continue
				}
				query := url.Values{}
				for name, value := range x.Request.Query {
					query.Set(name, value)
				}
				r := httptest.NewRequest(x.Request.Method, x.Request.Path, strings.NewReader(string(x.Request.Body)))
				r.URL.RawQuery = query.Encode()
				r.Header.Set("Authorization", "Bearer "+token)
				w := httptest.NewRecorder()
				c.Handler().ServeHTTP(w, r)
				if sent++; w.Code/100 != 2 && w.Code != http.StatusNotFound {
					t.Errorf("%s: %d %s", v.Name, w.Code, w.Body)
				}
			}
		}
	}
	if sent < 100 {
		t.Errorf("%d requests were sent", sent)
	}
}
