package secrets

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// sparse is a file of any size: bytes at random, and one line in their middle.
type sparse struct {
	random    *rand.Rand
	left, mid int64
	line      string
}

func (s *sparse) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), s.left))
	for i := range n {
		p[i] = byte(s.random.Uint32())
	}
	if s.left > s.mid && s.left-int64(n) <= s.mid && n > len(s.line) {
		copy(p, s.line)
	}
	s.left -= int64(n)
	return n, nil
}

func TestLargeBinaryFilesAreScannedInBoundedMemory(t *testing.T) {
	line := "\x00gh" + "p_" + body(rand.New(rand.NewPCG(1, 1)), alnum, 36) + "\x00"
	s := NewScanner()
	s.Reset("model.bin")
	if _, err := io.CopyBuffer(struct{ io.Writer }{s}, &sparse{random: rand.New(rand.NewPCG(3, 4)), left: 12 << 20, mid: 7 << 20, line: line}, make([]byte, 1<<16)); err != nil {
		t.Fatal(err)
	}
	if found := s.Findings(); len(found) != 1 || found[0].Rule != "github-token" {
		t.Errorf("found %+v", found)
	}
	if cap(s.buffer) > 1<<20 || cap(s.pending) > 1<<16 {
		t.Errorf("the buffer has grown to %d bytes, the marks to %d", cap(s.buffer), cap(s.pending))
	}
}

func TestFileFullOfMarksIsBounded(t *testing.T) {
	var b bytes.Buffer
	for b.Len() < 2<<20 {
		b.WriteString("token='" + strings.Repeat("password=", 3) + "https://a:b@")
	}
	if found, err := Scan("marks.env", &b); err != nil || len(found) > maxFindings {
		t.Errorf("%d findings, %v", len(found), err)
	}
}

func TestTextInUTF16IsReadToo(t *testing.T) {
	for _, order := range []string{"\xff\xfe", "\xfe\xff", "\xff", "\xfe"} {
		var b strings.Builder
		if len(order) == 2 { // else it has no mark
			b.WriteString(order)
		}
		for _, c := range []byte("line\nx = gh" + "p_" + body(rand.New(rand.NewPCG(1, 1)), alnum, 36) + "\n") {
			if order[0] == '\xff' {
				b.Write([]byte{c, 0})
			} else {
				b.Write([]byte{0, c})
			}
		}
		if found, err := Scan("settings.ps1", strings.NewReader(b.String())); err != nil || len(found) != 1 || found[0].Line != 2 || found[0].Column != 5 {
			t.Errorf("%q: got %+v, %v", order, found, err)
		}
	}
}

func TestWhatIsNoSecretIsNotFound(t *testing.T) {
	for _, line := range []string{
		`password = os.environ["DB_PASSWORD"]`, `token: str = Depends(oauth2)`, `API_KEY = "your-api-key-here"`, `password: ${DB_PASSWORD}`, `token = "{{ .Token }}"`,
		`const tokenURL = "https://auth.corp.net/oauth2/v1/token/9f8e7d6c5b4a39281706"`, `secret_name: "projects/acme/secrets/db-password-2024"`,
		`postgres://user:password@localhost:5432/app`, `https://user:${TOKEN}@host.net/`, `http://host:8080/path@x`, `Authorization: Bearer <token>`, `Authorization: Bearer ${TOKEN}`,
		`public_key = "` + "AAAAC3NzaC1lZDI1NTE5" + `AAAAIE2kT4"`, `next_page_token = "CAoQAhgBIgkKB2V4YW1wbGU5"`, `if token == "9f8e7d6c5b4a39281706f5e4d3c2b1a0" {`,
		`ak` + `ia is a word, and AK` + `IAIOSFODNN7EXAMPLE an example`, `"integrity": "sha512-9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c=="`, `this._password = this.form.value9x8`,
		`-----BEGIN PRIVATE ` + `KEY-----\n...\n-----END PRIVATE KEY-----`, `password_hash = "$2b$12$KIXQ9"`, `assert password.startswith("-----BEGIN PRIVATE ` + `KEY-----")`,
	} {
		for _, file := range []string{"main.py", "config.yaml"} {
			if found, _ := Scan(file, strings.NewReader(line+"\n")); len(found) != 0 {
				t.Errorf("%s: %q: %+v", file, line, found)
			}
		}
	}
}
