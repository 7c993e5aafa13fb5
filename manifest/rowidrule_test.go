package manifest

import (
	"strings"
	"testing"
)

func TestAnIDIsOneOnlyWhereItStandsAsAKey(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{`{"id": 1}`, true},
		{`row['id']`, true},
		{"`id`", true},
		{"`json:\"id,omitempty\"`", true},
		{"id: string", true},
		{"id?: string", true},
		{"pub id: Uuid,", true},
		{"row.id\n", true},
		{"id = 1", true},
		{"Item(id=1)", true},
		{"{ id, name }", true},
		{"CREATE TABLE a (\n\tid UUID PRIMARY KEY,\n", true},
		{"id   BIGSERIAL\n", true},
		{"SELECT id FROM alerts", true},
		{"SELECT name, key AS id\nFROM alerts", true},
		{"RETURNING id", true},
		{"public int Id { get; set; }", true},
		{"long getId() {", true},
		{"private Long id;", true},
		{"attr :id", true},
		{"id serial", true},
		{"id", false},
		{"", false},
		{"i", false},
		{"I", false},
		{"the id of an alert", false},
		{"# tells each id once", false},
		{"org_id: UUID", false},
		{"identity = 1", false},
		{`"idle"`, false},
		{"data-id=1", false},
		{"idé: 1", false},
		{"width: 1", false},
		{"\"valid\": 1", false},
		{"iD: 1", false},
	}
	for _, tt := range tests {
		if got := namesIDKey([]byte(tt.text)); got != tt.want {
			t.Errorf("%q: %t, want %t", tt.text, got, tt.want)
		}
	}
}

func TestLookingForAnIDIsLinear(t *testing.T) {
	if underRace {
		t.Skip("how long something takes says nothing under the race detector")
	}
	for _, part := range []string{"i", "id ", "id\t", "I", " id"} {
		if namesIDKey([]byte(strings.Repeat(part, maxServiceText/len(part)))) {
			t.Errorf("%q names a key", part)
		}
	}
}
