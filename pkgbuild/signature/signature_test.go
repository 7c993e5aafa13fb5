package signature

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

const trusted = "timestamp:0\tfile:x.nspkg\thashed\tsha256:ab"

// archive is a signed file in a folder of its own; what it holds does not matter here.
type archive struct {
	path, signature string
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func publicKey(t *testing.T, name string) PublicKey {
	t.Helper()
	key, err := ReadPublicKey(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// signed signs content with testdata/open.key.
func signed(t *testing.T, content string) archive {
	t.Helper()
	a := archive{path: filepath.Join(t.TempDir(), "x.nspkg")}
	write(t, a.path, content)
	key, err := ReadSecretKey("testdata/open.key")
	if err != nil {
		t.Fatal(err)
	}
	d, err := digest(t.Context(), strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	text, err := key.Sign(t.Context(), strings.NewReader(content), d.sha256, trusted)
	if err != nil {
		t.Fatal(err)
	}
	a.signature = string(text)
	write(t, a.path+Ending, a.signature)
	return a
}

func (a archive) verify(t *testing.T, key PublicKey) Verdict {
	t.Helper()
	v, err := Verify(t.Context(), a.path, key)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSignedArchiveIsGood(t *testing.T) {
	a := signed(t, "content")
	v := a.verify(t, publicKey(t, "open.pub"))
	if v.Status != Good || v.Comment != trusted || v.KeyID != "7E57000000000001" || v.SHA256 == "" {
		t.Errorf("got %+v", v)
	}
	if again := signed(t, "content"); again.signature != a.signature {
		t.Errorf("the same content and comment gave another signature:\n%s\n%s", a.signature, again.signature)
	}
	if key := publicKey(t, "open.pub"); !strings.Contains(read(t, "testdata/open.pub"), "\n"+key.String()+"\n") {
		t.Errorf("the key is printed as %s", key)
	}
}

// changed returns text with the line of that number, from 0, made by change.
func changed(text string, line int, change func(string) string) string {
	lines := strings.Split(text, "\n")
	lines[line] = change(lines[line])
	return strings.Join(lines, "\n")
}

// flipped returns base64 with one bit of one byte flipped; bytes count from the end when negative.
func flipped(at int) func(string) string {
	return func(line string) string {
		data, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			panic(err)
		}
		data[(at+len(data))%len(data)] ^= 1
		return base64.StdEncoding.EncodeToString(data)
	}
}

func TestWhatIsNotTheArchivesSignatureIsFound(t *testing.T) {
	good := signed(t, "content")
	other := signed(t, "other content")
	tests := []struct {
		name, text string
		status     Status
		detail     string
	}{
		{"the signature of another file", other.signature, Bad, "x.nspkg.minisig is not that of this archive"},
		{"one flipped bit", changed(good.signature, 1, flipped(-1)), Bad, "is not that of this archive"},
		{"another trusted comment", changed(good.signature, 2, func(s string) string { return strings.Replace(s, "file:x", "file:y", 1) }), Bad, "the trusted comment of x.nspkg.minisig was changed"},
		{"another comment's signature", changed(good.signature, 3, flipped(0)), Bad, "the trusted comment"},
		{"another untrusted comment", changed(good.signature, 0, func(s string) string { return s + ", really" }), Good, "made with the key"},
		{"line ends of Windows", strings.ReplaceAll(good.signature, "\n", "\r\n"), Good, "made with the key"},
		{"another key's number", changed(good.signature, 1, flipped(2)), OtherKey, "claims to be made with the key 7E57000000000000"},
		{"a hashed signature that claims to be plain", changed(good.signature, 1, func(s string) string { return "RWQ" + s[3:] }), Bad, "is not that of this archive"},
		{"an unknown algorithm", changed(good.signature, 1, flipped(0)), Bad, "its algorithm"},
		{"its first half", good.signature[:len(good.signature)/2], Bad, "is no signature: it is cut off or damaged"},
		{"without the last line", strings.Join(strings.Split(good.signature, "\n")[:3], "\n"), Bad, "it is cut off or damaged"},
		{"more behind it", good.signature + good.signature, Bad, "it is cut off or damaged"},
		{"without a trusted comment", changed(good.signature, 2, func(string) string { return "trusted: x" }), Bad, "no trusted comment"},
		{"nothing", "", Bad, "it is not a file of minisign's"},
		{"a public key", read(t, "testdata/open.pub"), Bad, "cut off or damaged"},
		{"a PGP signature", "-----BEGIN PGP SIGNATURE-----\n", Bad, "another program"},
		{"too much", "untrusted comment: " + strings.Repeat("x", maxText), Bad, "it has more than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			write(t, good.path+Ending, test.text)
			v := good.verify(t, publicKey(t, "open.pub"))
			if v.Status != test.status || !strings.Contains(v.Detail, test.detail) || (v.Comment != "") != (test.status == Good) {
				t.Errorf("got %+v, want %s: %s", v, test.status, test.detail)
			}
		})
	}
}

func TestArchiveThatChangedIsNotSigned(t *testing.T) {
	key, err := ReadSecretKey("testdata/open.key")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := key.Sign(t.Context(), strings.NewReader("other"), strings.Repeat("0", 64), trusted); err == nil || !strings.Contains(err.Error(), "was changed before it could be signed") {
		t.Error(err)
	}
}

func TestSecretKeysAreToldFromOtherFiles(t *testing.T) {
	open, locked := read(t, "testdata/open.key"), read(t, "testdata/locked.key")
	tests := []struct {
		name, text, want string
	}{
		{"a key", open, ""},
		{"a key without its comment", strings.Split(open, "\n")[1], ""},
		{"a locked key", locked, ""},
		{"its public half", read(t, "testdata/open.pub"), "is a public key, and not a minisign secret key"},
		{"a signature", signed(t, "x").signature, "is a signature, and not"},
		{"a PEM key", "-----BEGIN " + "PRIVATE KEY-----\n", "is a key of another program (PEM)"},
		{"nothing", "", "is not a file of minisign's"},
		{"half of one", open[:120], "is not a file of minisign's"},
		{"a key of two halves", changed(open, 1, flipped(100)), "is damaged"},
		{"an unknown algorithm", changed(open, 1, flipped(0)), "is damaged"},
		{"a key that asks for all memory", changed(locked, 1, flipped(52)), "is damaged"},
		{"a large file", strings.Repeat("A", maxText+1), "it has more than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "k")
			write(t, path, test.text)
			_, err := ReadSecretKey(path)
			if (err == nil) != (test.want == "") || err != nil && (!strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestLockedKeyNeedsItsPassword(t *testing.T) {
	key, err := ReadSecretKey("testdata/locked.key")
	if err != nil || !key.Locked() {
		t.Fatal(err)
	}
	if _, err := key.Sign(t.Context(), strings.NewReader(""), "", trusted); err == nil {
		t.Error("a locked key signs")
	}
	for _, wrong := range []string{"", "correct hors", "Correct horse", "correct horse\n"} {
		if err := key.Unlock(wrong); !errors.Is(err, ErrWrongPassword) || !key.Locked() {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if err := key.Unlock("correct horse"); err != nil || key.Locked() || key.Public() != publicKey(t, "locked.pub") {
		t.Errorf("%v, the public key is %s", err, key.Public())
	}
}

// runMinisign runs the real tool, whose password comes from standard input.
func runMinisign(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), machine.Program(t, "minisign", "minisign"), args...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestMinisignTakesWhatIsSignedHere(t *testing.T) {
	a := signed(t, "content")
	if out, err := runMinisign(t, "", "-V", "-H", "-p", "testdata/open.pub", "-m", a.path); err != nil || !strings.Contains(out, trusted) {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := runMinisign(t, "", "-V", "-P", publicKey(t, "locked.pub").String(), "-m", a.path); err == nil {
		t.Errorf("with another key: %s", out)
	}
	write(t, a.path, "content!")
	if out, err := runMinisign(t, "", "-V", "-p", "testdata/open.pub", "-m", a.path); err == nil {
		t.Errorf("another content: %s", out)
	}
}

func TestWhatMinisignSignsIsVerifiedHere(t *testing.T) {
	tests := []struct {
		key, password string
		flags         []string
	}{
		{"open", "", nil},
		{"open", "", []string{"-l"}},
		{"open", "", []string{"-t", "a comment: with\tmore", "-c", "untrusted"}},
		{"locked", "correct horse\n", nil},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.key, test.flags), func(t *testing.T) {
			a := archive{path: filepath.Join(t.TempDir(), "x.nspkg")}
			write(t, a.path, "content")
			args := append([]string{"-S", "-s", "testdata/" + test.key + ".key", "-m", a.path}, test.flags...)
			if out, err := runMinisign(t, test.password, args...); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if v := a.verify(t, publicKey(t, test.key+".pub")); v.Status != Good {
				t.Errorf("got %+v", v)
			}
			write(t, a.path, "content!")
			if v := a.verify(t, publicKey(t, test.key+".pub")); v.Status != Bad {
				t.Errorf("another content: %+v", v)
			}
		})
	}
}

func TestKeyThatMinisignMakesSignsHere(t *testing.T) {
	dir := t.TempDir()
	secret, public := filepath.Join(dir, "k.key"), filepath.Join(dir, "k.pub")
	if out, err := runMinisign(t, "", "-G", "-W", "-s", secret, "-p", public); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	key, err := ReadSecretKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ReadPublicKey(public)
	if err != nil || key.Public() != want || !strings.Contains(read(t, public), want.ID()) {
		t.Errorf("%v: the public key is %s", err, key.Public())
	}
}

func TestKeyIDHasNoZerosInFrontAsMinisignPrintsIt(t *testing.T) {
	for id, want := range map[[8]byte]string{
		{1, 0, 0, 0, 0, 0, 0x57, 0x7e}:             "7E57000000000001",
		{0xfc, 0xd9, 0x5a, 0xfe, 2, 0x23, 0xf5, 1}: "1F52302FE5AD9FC",
		{0xb, 0xa}: "A0B",
	} {
		if got := keyID(id); got != want {
			t.Errorf("% x is %s, want %s", id, got, want)
		}
	}
}

func TestPlainSignatureOfALargeArchiveIsNotTakenIntoMemory(t *testing.T) {
	a := archive{path: filepath.Join(t.TempDir(), "x.nspkg")}
	write(t, a.path, "")
	if err := os.Truncate(a.path, maxPlain+1); err != nil {
		t.Fatal(err)
	}
	text := changed(signed(t, "content").signature, 1, func(s string) string { return "RWQ" + s[3:] })
	write(t, a.path+Ending, text)
	if v := a.verify(t, publicKey(t, "open.pub")); v.Status != Bad || !strings.Contains(v.Detail, "made without -l") {
		t.Errorf("got %+v", v)
	}
}

func FuzzSignaturesAreParsed(f *testing.F) {
	f.Add([]byte("untrusted comment: x\nRWQBAAAAAABXfg==\ntrusted comment: y\nAA==\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := parse(string(text)); err == nil && !bytes.HasPrefix([]byte(s.TrustedComment), []byte("trusted comment: ")) {
			t.Errorf("got %+v", s)
		}
		_ = kind(string(text))
	})
}
