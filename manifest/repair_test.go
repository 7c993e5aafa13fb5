package manifest

import (
	"slices"
	"strings"
	"testing"
)

// A secret that a fix takes out of a file is no longer one of the report after
// the repair, but it stands in what is told of the repair and in its diff.
func TestRepairHidesTheSecretsThatItRemoved(t *testing.T) {
	const secret = "hunter2-hunter2"
	before := beyondSchema
	t.Cleanup(func() { beyondSchema = before })
	beyondSchema = append(slices.Clone(before), func(p *project) []issue {
		n := p.doc.root.get("author")
		if n == nil || n.text != secret {
			return nil
		}
		return []issue{{
			rule: ruleSecret, offset: n.start, pointer: "/author", found: p.doc.found(n), message: "author is " + quoteShort(n.text), secret: secret,
			fixes: []Fix{safeFix("write nobody for "+secret, replace(n, "nobody"))},
		}}
	})
	r := Repair(plugin(strings.Replace(complete(t), "Zoë Müller", secret, 1)), Options{}, false)
	if len(r.Applied) != 1 || len(r.Changes) != 1 || !strings.Contains(string(r.Changes[0].After), `"author": "nobody"`) {
		t.Fatalf("made %+v", r.Applied)
	}
	if a := r.Applied[0]; strings.Contains(a.Finding.Message+a.Finding.Found+a.Fix.Title, secret) {
		t.Errorf("it says %+v", a)
	}
	if masked := r.Mask(string(r.Changes[0].Before)); strings.Contains(masked, secret) || !strings.Contains(masked, strings.Repeat("•", len(secret))) {
		t.Errorf("the file before is shown as\n%s", masked)
	}
}
