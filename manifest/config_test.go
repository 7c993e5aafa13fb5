package manifest

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestAWaivedFindingStaysInTheReportWithItsReason(t *testing.T) {
	fsys := plugin(strings.Replace(complete(t), devices, index, 1))
	fsys[ConfigName] = &fstest.MapFile{Data: []byte(waive(`rule = "NSP3011"`, `line = 10`, `reason = "an old Controller"`)[ConfigName])}
	r := Check(fsys, Options{})
	if !r.OK || len(r.Findings) != 0 || len(r.Waived) != 1 {
		t.Fatalf("report %+v", r)
	}
	if w := r.Waived[0]; w.Rule != ruleUnenforced || w.Line != 10 || w.Reason != "an old Controller" {
		t.Errorf("waived %+v", w)
	}
}

func TestARaisedSeverityMakesTheReportFail(t *testing.T) {
	fsys := plugin(strings.Replace(complete(t), devices, index, 1))
	for severity, want := range map[string]bool{"error": false, "warning": true, "info": true} {
		fsys[ConfigName] = &fstest.MapFile{Data: []byte("[validate.severity]\nNSP3011 = \"" + severity + "\"\n")}
		r := Check(fsys, Options{})
		if r.OK != want || len(r.Findings) != 1 || r.Findings[0].Severity != Severity(severity) {
			t.Errorf("%s: OK is %t, findings %+v", severity, r.OK, r.Findings)
		}
	}
}

func TestRepairLeavesWaivedFindingsAlone(t *testing.T) {
	fsys := plugin(strings.Replace(complete(t), devices, index, 1))
	fsys[ConfigName] = &fstest.MapFile{Data: []byte(waive(`rule = "NSP3011"`, `line = 10`, `reason = "an old Controller"`)[ConfigName])}
	if r := Repair(fsys, Options{}, true); len(r.Changes) != 0 {
		t.Errorf("repaired %+v", r.Applied)
	}
}

func FuzzConfig(f *testing.F) {
	for _, d := range configDeviations {
		f.Add([]byte(d.files[ConfigName]))
	}
	text := strings.Replace(complete(f), devices, index, 1)
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := plugin(text)
		fsys[ConfigName] = &fstest.MapFile{Data: data}
		r := Check(fsys, Options{})
		if len(r.Findings)+len(r.Waived) == 0 {
			t.Fatalf("%q made a finding vanish without a reason", data)
		}
		for _, w := range r.Waived {
			if strings.TrimSpace(w.Reason) == "" {
				t.Fatalf("%q waives without a reason: %+v", data, w)
			}
		}
	})
}
