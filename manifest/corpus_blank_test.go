package manifest

import (
	"strings"
	"testing"
)

var blankDeviations = []deviation{
	{"a blank display name", `"Alert Ingestion & Pipeline"`, `" "`, "NSP3008 5:19", "display_name is blank: it holds nothing but white space, so that the plugin has no name where plugins are listed; write what it is called", `"Notice"`},
	{"a display name that nobody sees", `"Alert Ingestion & Pipeline"`, `"\u200b\u00a0\t"`, "NSP3008 5:19", "display_name is blank", `"Notice"`},
	{"a blank description", `"Multi-source alert ingestion with deduplication and a notification pipeline"`, `"   "`, "NSP3008 6:18", "so that nobody is told what the plugin is for; write a sentence", `"Alert Ingestion & Pipeline"`},
	{"an empty description", `"Multi-source alert ingestion with deduplication and a notification pipeline"`, `""`, "", "", ""},
	{"a blank label of a panel", `"label": "Sources"`, `"label": "\n"`, "NSP3008 55:16", "terminal_panels[1].label is blank", `"label": "Sources"`},
	{"a blank label of a column", `"label": "State"`, `"label": " "`, "NSP3008 33:36", "terminal_panels[0].columns[2].label is blank", `"label": "State"`},
	{"an empty label of a column", `"label": "State"`, `"label": ""`, "", "", ""},
	{"a blank label of an action", `"label": "Clear all"`, `"label": "\u2003"`, "NSP3008 45:20", "terminal_panels[0].actions[1].label is blank", `"label": "Clear"`},
	{"a label with spaces around it", `"label": "Sources"`, `"label": " Sources "`, "", "", ""},
	{"a blank display name that is too long", `"Alert Ingestion & Pipeline"`, `"` + strings.Repeat(" ", 101) + `"`, "NSP2012 5:19; NSP3008 5:19", "", `"Notice"`},
}

func TestBlankTexts(t *testing.T) {
	for _, text := range []string{" ", "\t\n", "\u200b", "\u2003\u2060", "\ufeff"} {
		if !isBlank(text) {
			t.Errorf("%q is not blank", text)
		}
	}
	for _, text := range []string{"", "a", " a ", "é", ".", "😀"} {
		if isBlank(text) {
			t.Errorf("%q is blank", text)
		}
	}
}
