package knowledge_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/netstacks/netstacks-plugin/controller/knowledge"
)

const acme, globex = "E168CEAA-dc72-4742-8f6f-f3a822fa8132", "727efd2a-6ae5-4f35-b909-13138313d24d"

func base(t testing.TB) *knowledge.Base {
	t.Helper()
	b, err := knowledge.New(t.Context(), []knowledge.Document{
		{ID: "mtu", Org: acme, Title: "Finding an MTU mismatch", Content: "Small packets pass, large ones vanish. Ping with the do-not-fragment bit.\n\nTunnels take their share."},
		{ID: "bgp", Org: acme, Title: "BGP session flaps", Content: "The hold timer expired because of a path MTU that is too small.\n\nLook at the last notification of the neighbours."},
		{ID: "ospf", Org: globex, Title: "OSPF in EXSTART", Content: "Adjacencies do not form: compare the interfaces of both routers. Größe zählt."},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func ids(results []knowledge.Result) string {
	var all []string
	for _, r := range results {
		all = append(all, r.ID)
	}
	return strings.Join(all, " ")
}

func TestSearchRanksByRelevance(t *testing.T) {
	b := base(t)
	tests := []struct{ name, org, question, want string }{
		{"the title counts more", "", "mtu", "mtu bgp"},
		{"words are stemmed", "", "flapping sessions", "bgp"},
		{"any word is enough, more are better", "", "hold timer of a tunnel", "bgp mtu"},
		{"words that tell nothing are left out", "", "what is the exstart of a", "ospf"},
		{"accents do not matter", "", "grosse größe", "ospf"},
		{"one organisation", strings.ToLower(acme), "router mtu", "mtu bgp"},
		{"another organisation", strings.ToUpper(globex), "mtu router", "ospf"},
		{"nothing fits", "", "zebra", ""},
		{"no words at all", "", "?! --", ""},
		{"operators are words", "", `mtu AND NOT "tunnels" NEAR(x) * ^ body:`, "mtu bgp"},
		{"quotes do not end a word", "", `"mtu`, "mtu bgp"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := b.Search(t.Context(), tt.org, tt.question, 10)
			if err != nil || got == nil || ids(got) != tt.want {
				t.Errorf("%q, %v; want %q", ids(got), err, tt.want)
			}
			for i, r := range got {
				if r.Title == "" || r.Snippet == "" || i > 0 && r.Score > got[i-1].Score {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

func TestNewDocumentsAreFoundByTheNextSearch(t *testing.T) {
	b := base(t)
	source := "runbook"
	n, err := b.Add(t.Context(), knowledge.Document{ID: "new", Org: acme, Title: "Zebra crossings", Content: strings.Repeat("stripes of the zebra ", 200) + "\n\n" + strings.Repeat("more ", 500), Source: &source})
	if err != nil || n < 4 {
		t.Fatalf("%d passages, %v", n, err)
	}
	got, err := b.Search(t.Context(), "", "zebras", 10)
	if err != nil || ids(got) != "new" || *got[0].Source != "runbook" || len(got[0].Snippet) > 500 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, _ := b.Search(t.Context(), "", "mtu", 1); len(got) != 1 {
		t.Errorf("the limit does not hold: %d", len(got))
	}
	if _, err := b.Add(t.Context(), knowledge.Document{ID: "other", Title: "x", Content: "y"}, knowledge.Document{ID: "new", Title: "x", Content: "y"}); err == nil {
		t.Error("one id twice")
	}
	if got, _ := b.Search(t.Context(), "", "y", 10); len(got) != 0 {
		t.Errorf("half of what failed is there: %v", ids(got))
	}
}

func TestManyMaySearchAndWriteAtOnce(t *testing.T) {
	b := base(t)
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			if _, err := b.Add(t.Context(), knowledge.Document{ID: fmt.Sprint(i), Org: acme, Title: "t", Content: "giraffe"}); err != nil {
				t.Error(err)
			}
			if got, err := b.Search(t.Context(), "", "giraffe", 100); err != nil || len(got) == 0 {
				t.Error(len(got), err)
			}
		})
	}
	wait.Wait()
}
