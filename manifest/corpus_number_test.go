package manifest

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"
)

// intervalText is the complete manifest's interval of the health check.
const intervalText = "\"interval_seconds\": 30,\n    \"timeout"

var numberDeviations = []deviation{
	{"a port with a zero fraction", `"port": 8080`, `"port": 8080.0`, "NSP2017 9:11", "port is written 8080.0: the schema takes that for the whole number 8080, but", `"port": 8080`},
	{"a port with an exponent", `"port": 8080`, `"port": 8.08e3`, "NSP2017 9:11", "port is written 8.08e3", `"port": 8080`},
	{"a port with a negative exponent", `"port": 8080`, `"port": 80800E-1`, "NSP2017 9:11", "write 8080", `"port": 8080`},
	{"a port with many zeros", `"port": 8080`, `"port": 8080.` + strings.Repeat("0", 300), "NSP2017 9:11", "port is written 8080.000", `"port": 8080`},
	{"memory with an exponent", "268435456", "2.68435456e8", "NSP2017 13:21", "memory_limit is written 2.68435456e8", "268435456"},
	{"the most memory with a fraction", "268435456", "4294967296.0", "NSP2017 13:21", "write 4294967296", "4294967296"},
	{"an interval with a zero fraction", intervalText, "\"interval_seconds\": 30.0,\n    \"timeout", "NSP2017 17:25", "interval_seconds is written 30.0", intervalText},
	{"a time for a probe with an exponent", `"timeout_seconds": 10`, `"timeout_seconds": 1e1`, "NSP2017 18:24", "timeout_seconds is written 1e1", `"timeout_seconds": 10`},
	{"retries with a zero fraction", `"retries": 3`, `"retries": 3.0`, "NSP2017 19:16", "retries is written 3.0", `"retries": 3`},
	{"no retries, with sign and fraction", `"retries": 3`, `"retries": -0.0`, "NSP2017 19:16", "write 0", `"retries": 0`},
	{"a start with an exponent", `"start_period_seconds": 15`, `"start_period_seconds": 1.5E+1`, "NSP2017 20:29", "start_period_seconds is written 1.5E+1", `"start_period_seconds": 15`},
	{"polling with a zero fraction, which is no whole number", `"refresh_interval_seconds": 30`, `"refresh_interval_seconds": 30.0`, "", "", ""},
	{"CPU with an exponent, which is no whole number", `"cpu_limit": 0.5`, `"cpu_limit": 1e0`, "", "", ""},
	{"a port with a zero fraction that is too low", `"port": 8080`, `"port": 80.0`, "NSP2016 9:11", "port is 80.0, the Controller takes a whole number", `"port": 8080`},
	{"memory with an exponent that is too little", "268435456", "2.56e2", "NSP2031 13:21", "memory_limit is 2.56e2", "268435456"},
	{"a port next to a whole number", `"port": 8080`, `"port": 8080.0000000000000000000001`, "NSP2016 9:11", "write a whole number", `"port": 8080`},
	{"a port with a huge exponent", `"port": 8080`, `"port": 1e300`, "NSP2016 9:11", "port is 1e300", `"port": 8080`},
	{"a probe longer than the pause, oddly written", intervalText + "_seconds\": 10", "\"interval_seconds\": 30,\n    \"timeout_seconds\": 3e1", "NSP2017 18:24; NSP3043 18:24", "", intervalText + "_seconds\": 30"},
	{"another port in the health command than an oddly written one", `"port": 8080`, `"port": 9e3`, "NSP2017 9:11; NSP3040 16:93", "", `"port": 9000`},
}

func TestWholeNumbersAreTakenHoweverTheyAreWritten(t *testing.T) {
	text := strings.NewReplacer(
		`"port": 8080`, `"port": 8.08e3`, "268435456", "4294967296.00", `"interval_seconds": 30,`, `"interval_seconds": 3e1,`,
		`"timeout_seconds": 10`, `"timeout_seconds": 100e-1`, `"retries": 3`, `"retries": 3.0`, `"start_period_seconds": 15`, `"start_period_seconds": 0.15e2`,
	).Replace(complete(t))
	m, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	h := m.HealthCheck
	if m.Port != 8080 || m.Resources.MemoryLimit != 4294967296 || *h.IntervalSeconds != 30 || *h.TimeoutSeconds != 10 || *h.Retries != 3 || *h.StartPeriodSeconds != 15 {
		t.Errorf("decoded %+v with %+v and %+v", m, m.Resources, h)
	}
	if r := Check(plugin(text), Options{}); !r.OK || r.Score.Passed != r.Score.Total || r.Manifest == nil || len(r.Findings) != 6 {
		t.Errorf("report %+v", r)
	}
}

func TestIntegersAreReadToTheLastDigit(t *testing.T) {
	for _, text := range []string{
		"0", "-0", "0.000", "-0e-5", "0e99999", "7", "-7", "7.0", "70e-1", "0.7e1", "7e-1", "7.5", "1e2", "1.25e1", "1.25e2", "1234500e-2", "1234500e-3",
		"9007199254740993", "9007199254740993.0", "900719925474099.3e1", "9223372036854775807.0", "9223372036854775808", "-9223372036854775808", "-9223372036854775809.0",
		"922337203685477580700e-2", "1e18", "1e19", "1e20", "100000000000000000000000e-22", "8080.0000000000000000000001",
	} {
		want, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatal(text)
		}
		got, taken := integer(text)
		if fits := want.IsInt() && want.Num().IsInt64(); taken != fits || fits && got != want.Num().Int64() {
			t.Errorf("%s is read as %d, %t; it is %s", text, got, taken, want)
		}
		if isWhole(text) != want.IsInt() {
			t.Errorf("isWhole(%s) is %t", text, isWhole(text))
		}
	}
	for _, text := range []string{"", "-", "+7", "07", "0x7", "7.", ".7", "7e", "1_0", " 7", "7 ", "seven", "1e99999999999999999999"} {
		if v, ok := integer(text); ok {
			t.Errorf("%q is read as %d", text, v)
		}
	}
}

func TestHugeExponentsCostNothing(t *testing.T) {
	from := time.Now()
	for _, text := range []string{"1e2000000000", "1e-2000000000", "0e2000000000", "1." + strings.Repeat("0", 1<<20) + "e2000000000"} {
		integer(text)
		isWhole(text)
	}
	if took := time.Since(from); took > time.Second {
		t.Errorf("took %v", took)
	}
}

func TestTheSchemaAndTheListOfWholeNumbersAgree(t *testing.T) {
	listed := map[string]bool{}
	for _, pointer := range wholeFields {
		listed[pointer] = true
	}
	for pattern, node := range schemaPlaces() {
		types, _ := json.Marshal(node["type"])
		if whole := strings.Contains(string(types), `"integer"`); whole != listed[pattern] {
			t.Errorf("%s has the type %s, in the list of whole numbers: %t", pattern, types, listed[pattern])
		}
	}
}
