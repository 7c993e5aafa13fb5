package nspkg

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// measured names the archive that a process of this test binary is to read, and
// nothing else: the memory and the processor time that it takes are measured.
const measured = "NSPKG_MEASURED_ARCHIVE"

// The bounds of what any archive may take to be read: bytes and time.
const (
	memoryBound = 64 << 20
	timeBound   = 2 * time.Second
)

func TestMain(m *testing.M) {
	name := os.Getenv(measured)
	if name == "" {
		os.Exit(m.Run())
	}
	a, err := Open(name)
	if err == nil {
		_, err = a.Digests(context.Background())
	}
	var used syscall.Rusage // processor time: what others do on the machine does not count
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	took := time.Duration(used.Utime.Nano() + used.Stime.Nano())
	status, _ := os.ReadFile("/proc/self/status")
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	refused := &RefusedError{}
	if err != nil && !errors.As(err, &refused) {
		refused.Trick = Trick(err.Error())
	}
	verdict, _ := json.Marshal(refused) // it holds nothing that cannot be
	fmt.Printf("%s %d\n%s\n", strings.Fields(peak)[0], took, verdict)
	os.Exit(0)
}

// bomb is an entry that declares honestly how far it grows.
func bomb(name string, size int) forged {
	return forged{name: name, content: strings.Repeat("\x00", size), method: methodDeflated}
}

// random returns bytes that do not shrink.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b) // it has no error
	return string(b)
}

// greedy are archives that try to take memory or time.
func greedy() []hostile {
	inner := forgedArchive{entries: []forged{bomb("zeros", 4<<20)}}.bytes()
	nested := forgedArchive{entries: []forged{honest("manifest.json", "{}")}}
	for i := range 16 {
		nested.entries = append(nested.entries, honest(fmt.Sprintf("lib%d.zip", i), string(inner)))
	}
	zeros := forged{content: strings.Repeat("\x00", 8<<20), method: methodDeflated}
	zeros.raw = deflated(zeros.content)
	liar := forged{raw: deflated(strings.Repeat("\x00", 64<<20)), method: methodDeflated, both: func(h *header) { h.size = 1000 }}
	padding := forged{name: "padding", content: random(11 << 20)} // so that what grows stays below the ratio
	var spread, liars, large []forged
	for i := range 63 {
		zeros.name, liar.name = fmt.Sprintf("zeros%d", i), fmt.Sprintf("liar%d", i)
		spread, liars, large = append(spread, zeros), append(liars, liar), append(large, zeros)
	}
	large = append(large[:62], padding)
	claim := func(h *header) { h.size, h.packed, h.method = maxFile, 100, methodDeflated }
	honestRatio := forged{name: "claim", raw: bytes.Repeat([]byte{0xff}, 6<<20), method: methodDeflated, both: func(h *header) { h.size = maxFile }}
	long := strings.Repeat("a/", 50) + strings.Repeat("b", 50)

	return []hostile{
		{"100,001 entries", many(100_001, func(i int) string { return fmt.Sprintf("%x", i) }, func(e *endRecord) { e.here, e.count = max16, max16 }), TooManyEntries, ""},
		{"20,000 entries", many(20_000, func(i int) string { return fmt.Sprintf("service/some/Folder%d/a-name-of-some-length-%x", i%50, i) }, nil), "", ""},
		{"20,000 entries of Greek names", many(20_000, func(i int) string { return "Ὀδυσσεύς/" + strings.Repeat("Ά", 60) + fmt.Sprint(i) }, nil), "", ""},
		{"names of all characters", many(20_000, func(i int) string { return everyCharacter(i*50, 50) + fmt.Sprint(i) }, nil), "", ""},
		{"combining characters", many(20_000, func(i int) string { return strings.Repeat("\u0301\u0323", 30) + fmt.Sprint(i) }, nil), "", ""},
		{"list of 9 MiB", many(32_000, func(i int) string { return fmt.Sprintf("%0250d", i) }, nil), TooManyEntries, ""},
		{"a million folders", many(20_000, func(i int) string { return fmt.Sprintf("%x/%s", i, long) }, nil), TooManyEntries, anyEntry},
		{"one bomb", with(bomb("zeros", 64<<20)), RatioTooHigh, "zeros"},
		{"as large as is allowed", with(large...), "", ""},
		{"63 bombs", with(spread...), RatioTooHigh, ""},
		{"63 liars", with(liars...), SizeLie, "liar0"},
		{"archives in the archive", nested.bytes(), "", ""},
		{"claim without content", with(forged{name: "claim", content: strings.Repeat("x", 100), both: claim}), RatioTooHigh, "claim"},
		{"claim with some content", with(honestRatio), BrokenData, "claim"},
		{"claim of 4 GiB", with(forged{name: "claim", content: "x", both: func(h *header) { h.size, h.method = max32-1, methodDeflated }}), EntryTooLarge, "claim"},
		{"claims of all files together", with(claims(4)...), TooLarge, ""},
		{"empty blocks without end", with(forged{name: "blocks", raw: bytes.Repeat([]byte{0, 0, 0, 0xff, 0xff}, 4<<20), method: methodDeflated}), BrokenData, "blocks"},
		{"extra fields of 64 KiB each", many64(400), "", ""},
	}
}

// everyCharacter returns so many characters from one on.
func everyCharacter(from, count int) string {
	var b strings.Builder
	for r := rune(0xa1 + from); count > 0; r++ {
		if r = 0xa1 + (r-0xa1)%0xffff; !unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) && utf8.ValidRune(r) {
			b.WriteRune(r)
		}
		count--
	}
	return b.String()
}

// claims are entries that each claim nearly as much as one file may have.
func claims(n int) []forged {
	raw := bytes.Repeat([]byte{0xff}, 3<<20)
	var all []forged
	for i := range n {
		all = append(all, forged{name: fmt.Sprint(i), raw: raw, method: methodDeflated, both: func(h *header) { h.size = maxFile - 1 }})
	}
	return all
}

// many64 is an archive whose local headers are as long as they can be.
func many64(count int) []byte {
	field := numbers(uint16(0x9999), uint16(65000), make([]byte, 65000))
	entries := []forged{honest("manifest.json", "{}")}
	for i := range count {
		entries = append(entries, forged{name: fmt.Sprint(i), local: func(h *header) { h.extra = field }})
	}
	return forgedArchive{entries: entries}.bytes()
}

func TestNoArchiveTakesMoreThanTheBounds(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector takes a multiple of the memory and of the time")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range greedy() {
		t.Run(h.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "x.nspkg")
			if err := os.WriteFile(name, h.archive, 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), self)
			cmd.Env = append(os.Environ(), measured+"="+name, "GOGC=400") // as the commands run
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var peak int64
			var took time.Duration
			var refused RefusedError
			figures, verdict, _ := strings.Cut(string(out), "\n")
			_, err = fmt.Sscan(figures, &peak, (*int64)(&took))
			if err = errors.Join(err, json.Unmarshal([]byte(verdict), &refused)); err != nil {
				t.Fatalf("%v in %s", err, out)
			}
			peak <<= 10
			t.Logf("%d MiB, %v, archive of %d KiB: %s", peak>>20, took, len(h.archive)>>10, verdict)
			if peak > memoryBound || took > timeBound {
				t.Errorf("%d bytes and %v; %d and %v are allowed", peak, took, memoryBound, timeBound)
			}
			if refused.Trick != h.trick || refused.Entry != h.entry && h.entry != anyEntry {
				t.Errorf("want %s of %q", h.trick, h.entry)
			}
		})
	}
}
