package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/pkgbuild/review"
)

const openID, lockedID = "7E57000000000001", "7E57000000000002"

// keys puts the tests' keys into the world: open and locked ones, outside of the plugin.
func (w world) keys(t *testing.T) {
	t.Helper()
	for _, name := range []string{"open.key", "open.pub", "locked.key", "locked.pub"} {
		data, err := os.ReadFile(filepath.Join("..", "pkgbuild", "signature", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		w.write(t, name, string(data))
	}
}

func (w world) has(name string) bool {
	_, err := os.Lstat(filepath.Join(w.dir, name))
	return err == nil
}

func TestPackageSignsAndInspectVerifies(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	w.keys(t)
	w.env["SOURCE_DATE_EPOCH"] = "1700000000"
	code, out, stderr := w.run("package", "my-plugin", "--sign", "--key", "open.key")
	if code != 0 || stderr != "" || !strings.HasSuffix(out, "\nSignature: my-plugin-1.0.0.nspkg.minisig (key "+openID+")\n") {
		t.Fatalf("exit code %d: %s%s", code, out, stderr)
	}
	first := w.text(t, "my-plugin-1.0.0.nspkg.minisig")
	if !strings.Contains(first, "\ntrusted comment: timestamp:1700000000\tfile:my-plugin-1.0.0.nspkg\thashed\tname:my-plugin\tversion:1.0.0\tsha256:") {
		t.Errorf("the signature is\n%s", first)
	}

	code, out, _ = w.run("package", "my-plugin", "--json", "--sign", "--key", "open.key")
	var p packaged
	if err := json.Unmarshal([]byte(out), &p); err != nil || code != 0 || len(p.Sidecars) != 1 {
		t.Fatalf("exit code %d, %v: %s", code, err, out)
	}
	s := p.Sidecars[0]
	if s.Kind != "signature" || s.Path != p.Path+".minisig" || s.KeyID != openID || s.Size != int64(len(first)) || len(s.SHA256) != 64 || !strings.HasSuffix(s.TrustedComment, p.SHA256) {
		t.Errorf("the signature is told as %+v", s)
	}
	if again := w.text(t, "my-plugin-1.0.0.nspkg.minisig"); again != first {
		t.Errorf("the same plugin and time gave another signature:\n%s\n%s", first, again)
	}

	for _, args := range [][]string{{"--public-key", "open.pub"}, {"--public-key", publicText(w.text(t, "open.pub"))}, {"--json", "--public-key", "open.pub"}, {"--markdown", "--public-key", "open.pub"}} {
		code, out, stderr := w.run(append([]string{"inspect", "my-plugin-1.0.0.nspkg", "--verify"}, args...)...)
		if code != 0 || stderr != "" || !strings.Contains(out, "good") {
			t.Errorf("%v: exit code %d: %s%s", args, code, out, stderr)
		}
	}
}

// publicText is the key in its file.
func publicText(file string) string { return strings.Split(file, "\n")[1] }

func TestNothingIsPackagedWithoutAKey(t *testing.T) {
	tests := []struct {
		name string
		args []string
		env  map[string]string
		want string
	}{
		{"no key at all", nil, nil, "there is no key to sign with at %/.minisign/minisign.key (minisign's own); make one with `minisign -G`, or name another with --key FILE or $NETSTACKS_SIGNING_KEY"},
		{"a key that is not there", []string{"--key", "gone.key"}, nil, "there is no key to sign with at gone.key (--key)"},
		{"one in the environment that is not there", nil, map[string]string{"NETSTACKS_SIGNING_KEY": "gone.key"}, "at gone.key ($NETSTACKS_SIGNING_KEY)"},
		{"a folder", []string{"--key", "my-plugin"}, nil, "is a folder; name the file in it"},
		{"a public key", []string{"--key", "open.pub"}, nil, "open.pub is a public key, and not a minisign secret key"},
		{"another file", []string{"--key", "my-plugin/manifest.json"}, nil, "lies in the plugin's folder"},
		{"a key in the plugin's folder", []string{"--key", "my-plugin/service/../service/k"}, nil, "lies in the plugin's folder, where it would get into repositories and packages; move it out"},
		{"a link to one", []string{"--key", "link.key"}, nil, "lies in the plugin's folder"},
		{"a locked key and no terminal", []string{"--key", "locked.key"}, nil, "the key has a password, and there is no terminal to ask for it on; put it into $NETSTACKS_SIGNING_PASSWORD"},
		{"a wrong password", []string{"--key", "locked.key"}, map[string]string{"NETSTACKS_SIGNING_PASSWORD": "horse"}, "the password is wrong; nothing was packaged: mend $NETSTACKS_SIGNING_PASSWORD"},
		{"an archive of another name", []string{"--key", "open.key", "--output", "x.zip"}, nil, "x.zip does not end in .nspkg"},
		{"a folder in the signature's place", []string{"--key", "open.key", "--output", "taken.nspkg"}, nil, "taken.nspkg.minisig is a folder"},
		{"a time that is none", []string{"--key", "open.key"}, map[string]string{"SOURCE_DATE_EPOCH": "now"}, "SOURCE_DATE_EPOCH is \"now\""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.plugin(t)
			w.keys(t)
			w.write(t, "my-plugin/service/k", w.text(t, "open.key"))
			if err := os.Symlink("my-plugin/service/k", filepath.Join(w.dir, "link.key")); err != nil {
				t.Fatal(err)
			}
			w.write(t, "taken.nspkg.minisig/x", "")
			for key, value := range test.env {
				w.env[key] = value
			}
			before := entries(t, w.dir)
			code, _, stderr := w.run(append([]string{"package", "my-plugin", "--sign"}, test.args...)...)
			if want := strings.ReplaceAll(test.want, "%", w.dir); code != 2 || !strings.Contains(stderr, want) {
				t.Errorf("exit code %d: %s, want %s", code, stderr, want)
			}
			if after := entries(t, w.dir); after != before {
				t.Errorf("there is now %s", after)
			}
		})
	}
	if code, _, stderr := newWorld(t).run("package", "--key", "x"); code != 2 || !strings.Contains(stderr, "--key is for --sign") {
		t.Errorf("--key alone: exit code %d: %s", code, stderr)
	}
}

// entries are the names in a folder.
func entries(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestKeyIsFoundWhereMinisignKeepsIt(t *testing.T) {
	for _, test := range []struct{ variable, value, folder string }{
		{"", "", ".minisign"}, {"MINISIGN_CONFIG_DIR", "keys", "keys"}, {"NETSTACKS_SIGNING_KEY", "keys/minisign.key", "keys"},
	} {
		w := newWorld(t)
		w.plugin(t)
		w.keys(t)
		w.write(t, test.folder+"/minisign.key", w.text(t, "locked.key"))
		w.write(t, test.folder+"/minisign.pub", w.text(t, "locked.pub"))
		w.env["NETSTACKS_SIGNING_PASSWORD"] = "correct horse"
		w.env["NETSTACKS_VERIFY_KEY"] = "locked.pub"
		if test.variable != "" {
			w.env[test.variable] = test.value
		}
		if code, out, stderr := w.run("package", "my-plugin", "--sign"); code != 0 || !strings.Contains(out, "(key "+lockedID+")") {
			t.Errorf("%+v: exit code %d: %s", test, code, stderr)
		}
		delete(w.env, "NETSTACKS_VERIFY_KEY")
		if test.variable == "NETSTACKS_SIGNING_KEY" {
			w.env["NETSTACKS_VERIFY_KEY"] = publicText(w.text(t, "locked.pub"))
		}
		if code, out, stderr := w.run("inspect", "--verify", "my-plugin-1.0.0.nspkg"); code != 0 {
			t.Errorf("%+v: exit code %d: %s%s", test, code, out, stderr)
		}
	}
}

func TestKeyMayBeAPipe(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	w.keys(t)
	// As a shell hands it over: <(command).
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	_, err = writer.WriteString(w.text(t, "open.key"))
	if err = errors.Join(err, writer.Close()); err != nil {
		t.Fatal(err)
	}
	if code, out, stderr := w.run("package", "my-plugin", "--sign", "--key", fmt.Sprintf("/dev/fd/%d", reader.Fd())); code != 0 || !strings.Contains(out, "(key "+openID+")") {
		t.Errorf("exit code %d: %s%s", code, out, stderr)
	}
}

func TestInspectEndsWithOneUnlessTheSignatureIsGood(t *testing.T) {
	w := newWorld(t)
	w.keys(t)
	w.plugin(t)
	for _, name := range []string{"good", "unsigned", "other", "changed", "swapped"} {
		w.write(t, "my-plugin/service/"+name+".txt", name)
		if code, _, stderr := w.run("package", "my-plugin", "--output", name+".nspkg", "--sign", "--key", "open.key"); code != 0 {
			t.Fatal(stderr)
		}
	}
	w.write(t, "swapped.nspkg.minisig", w.text(t, "good.nspkg.minisig"))
	w.write(t, "changed.nspkg.minisig", strings.Replace(w.text(t, "changed.nspkg.minisig"), "version:1.0.0", "version:1.0.1", 1))
	if err := os.Remove(filepath.Join(w.dir, "unsigned.nspkg.minisig")); err != nil {
		t.Fatal(err)
	}
	w.write(t, "hostile.nspkg", "no archive")
	for _, test := range []struct {
		name, key string
		code      int
		status    string
		want      string
	}{
		{"good", "open.pub", 0, "good", "signature  good: made with the key " + openID + "; trusted comment: timestamp:"},
		{"good", "locked.pub", 1, "other key", "signature  other key: good.nspkg.minisig claims to be made with the key " + openID + ", and it was checked with " + lockedID},
		{"unsigned", "open.pub", 1, "not signed", "signature  not signed: there is no unsigned.nspkg.minisig beside it"},
		{"swapped", "open.pub", 1, "bad", "signature  bad: swapped.nspkg.minisig is not that of this archive"},
		{"changed", "open.pub", 1, "bad", "signature  bad: the trusted comment of changed.nspkg.minisig was changed"},
		{"hostile", "open.pub", 1, "not checked", "hostile.nspkg is refused"},
	} {
		code, out, stderr := w.run("inspect", test.name+".nspkg", "--verify", "--public-key", test.key)
		if code != test.code || stderr != "" || !strings.Contains(out, test.want) || strings.Contains(out, "✓ nothing stands") != (code == 0) {
			t.Errorf("%s: exit code %d: %s%s", test.name, code, out, stderr)
		}
		code, out, _ = w.run("inspect", test.name+".nspkg", "--json", "--verify", "--public-key", test.key)
		var i review.Inspection
		if err := json.Unmarshal([]byte(out), &i); err != nil || code != test.code || i.OK != (code == 0) || string(i.Signature.Status) != test.status {
			t.Errorf("%s as JSON: exit code %d, %v, %+v", test.name, code, err, i.Signature)
		}
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--verify"}, "no public key to verify with: " + w.dir + "/.minisign/minisign.pub (minisign's own) is neither a key nor a file"},
		{[]string{"--verify", "--public-key", "gone.pub"}, "gone.pub (--public-key) is neither a key nor a file"},
		{[]string{"--verify", "--public-key", "open.key"}, "it is a secret key, and not a minisign public key"},
		{[]string{"--public-key", "open.pub"}, "--public-key is for --verify"},
	} {
		if code, out, stderr := w.run(append([]string{"inspect", "good.nspkg"}, test.args...)...); code != 2 || out != "" || !strings.Contains(stderr, test.want) {
			t.Errorf("%v: exit code %d: %s%s", test.args, code, out, stderr)
		}
	}
	for name, want := range map[string]string{"good": "signature  not checked: good.nspkg.minisig lies beside it, and was not verified", "unsigned": "signature  not signed: there is no unsigned.nspkg.minisig"} {
		if code, out, _ := w.run("inspect", name+".nspkg"); code != 0 || !strings.Contains(out, want) {
			t.Errorf("%s without --verify: exit code %d: %s", name, code, out)
		}
	}
}

func TestOldSignatureDoesNotStayBesideANewArchive(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	w.keys(t)
	const signed = "my-plugin-1.0.0.nspkg.minisig"
	if code, _, stderr := w.run("package", "my-plugin", "--sign", "--key", "open.key"); code != 0 {
		t.Fatal(stderr)
	}
	if code, _, stderr := w.run("package", "my-plugin"); code != 0 || stderr != "" || !w.has(signed) {
		t.Errorf("the same archive: exit code %d, the signature is there: %v; %s", code, w.has(signed), stderr)
	}
	w.write(t, "my-plugin/service/more.txt", "more")
	if code, _, stderr := w.run("package", "my-plugin"); code != 0 || !strings.Contains(stderr, signed+" was removed: it belonged to the archive that was replaced") || w.has(signed) {
		t.Errorf("another archive: exit code %d, the signature is there: %v; %s", code, w.has(signed), stderr)
	}
}

func TestFullDiskKeepsTheArchiveAndSaysThatItIsNotSigned(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	w.keys(t)
	folder := filepath.Join(w.dir, "small")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := w.run("package", "my-plugin", "--output", "x.nspkg"); code != 0 {
		t.Fatal(stderr)
	}
	const page = 4096
	machine.SmallDisk(t, folder, (len(w.text(t, "x.nspkg"))+page-1)/page*page)
	code, _, stderr := w.run("package", "my-plugin", "--output", "small/x.nspkg", "--sign", "--key", "open.key")
	if code != 1 || !strings.Contains(stderr, "no space left on device") || !strings.Contains(stderr, "small/x.nspkg is whole, and not signed") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if w.text(t, "small/x.nspkg") != w.text(t, "x.nspkg") || entries(t, folder) != "x.nspkg" {
		t.Errorf("there is %s", entries(t, folder))
	}
}

func TestPasswordIsAskedForAndNotShown(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	w.keys(t)
	for _, test := range []struct {
		typed string
		code  int
	}{{"correct horse\n", 0}, {"wrong horse\n", 2}} {
		user, terminal, err := pty.Open()
		if err != nil {
			machine.Missing(t, "no pseudo terminal here: %v", err)
		}
		shown := make(chan string, 1)
		var asked bytes.Buffer
		go func() {
			data, _ := io.ReadAll(user) // ends with an error when the terminal closes
			shown <- string(data)
		}()
		go func() {
			if silent(terminal) {
				_, _ = io.WriteString(user, test.typed)
			}
		}()
		var out bytes.Buffer
		s := w.streams(&out, new(bytes.Buffer))
		s.In, s.InTTY, s.Err, s.ErrTTY = terminal, true, &asked, true
		code := Run(t.Context(), s, []string{"package", "my-plugin", "--sign", "--key", "locked.key"})
		terminal.Close()
		if echoed := <-shown; code != test.code || strings.Contains(echoed+out.String()+asked.String(), "horse") || !strings.HasPrefix(asked.String(), "Password of ") {
			t.Errorf("exit code %d, the terminal shows %q and %q", code, echoed, asked.String())
		}
		user.Close()
	}
}

func TestInterruptedQuestionLeavesTheTerminalAsItWas(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	w.keys(t)
	user, terminal, err := pty.Open()
	if err != nil {
		machine.Missing(t, "no pseudo terminal here: %v", err)
	}
	defer user.Close()
	defer terminal.Close()
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		if silent(terminal) {
			stop()
		}
	}()
	s := w.streams(new(bytes.Buffer), new(bytes.Buffer))
	s.In, s.InTTY, s.ErrTTY = terminal, true, true
	code := Run(ctx, s, []string{"package", "my-plugin", "--sign", "--key", "locked.key"})
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if code != 130 || err != nil || state.Lflag&unix.ECHO == 0 || w.has("my-plugin-1.0.0.nspkg") {
		t.Errorf("exit code %d, %v, the terminal shows what is typed: %v", code, err, err == nil && state.Lflag&unix.ECHO != 0)
	}
	// Who waits for an answer is let go.
	if _, err := io.WriteString(user, "\n"); err != nil {
		t.Error(err)
	}
}

// silent waits until a terminal shows nothing of what is typed.
func silent(terminal *os.File) bool {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range 10000 {
		if state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS); err == nil && state.Lflag&unix.ECHO == 0 {
			return true
		}
		<-tick.C
	}
	return false
}
