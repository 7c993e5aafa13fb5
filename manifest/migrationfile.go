package manifest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// What is read of migrations. The bounds are this program's own: the
// Controller's are not documented.
const (
	maxMigration      = 4 << 20  // bytes of one file
	maxMigrationBytes = 16 << 20 // bytes of all files
	maxMigrationFiles = 1000
)

// readMigrations returns the migrations that can be read as text, by name, and
// says what is wrong with the others.
func (p *project) readMigrations(m migrations) ([]*sqlFile, []issue) {
	var read []*sqlFile
	var issues []issue
	total := 0
	for _, name := range p.sqlNames(m) {
		full := path.Join(m.dir, name)
		if len(read) == maxMigrationFiles || total > maxMigrationBytes {
			issues = append(issues, issue{
				rule: ruleSQLFile, file: full, offset: -1, level: SeverityWarning, allowed: "at most 1000 migrations and 16 MiB",
				message: fmt.Sprintf("%s and what comes behind it was not looked at: more than 1000 files or 16 MiB of migrations are more than is read here", quoteShort(name)),
			})
			break
		}
		if problem := p.unreadableSQL(full, name); problem != nil {
			issues = append(issues, *problem)
			continue
		}
		s, err := p.files.source(full, maxMigration)
		if err != nil {
			issues = append(issues, issue{
				rule: ruleSQLFile, file: full, offset: -1, allowed: "a text file in UTF-8",
				message: fmt.Sprintf("%s cannot be read: %v", quoteShort(name), cause(err)),
			})
			continue
		}
		total += len(s.data)
		f := p.files.sqlOf(full, s)
		issues = append(issues, f.issues...)
		read = append(read, f)
	}
	return read, issues
}

// sqlNames returns the names in the directory that end in .sql, whatever they
// stand for.
func (p *project) sqlNames(m migrations) []string {
	entries, err := p.files.ReadDir(m.dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".sql") {
			names = append(names, e.Name())
		}
	}
	return names
}

// unreadableSQL says why a name that ends in .sql is no file to read; nil when
// it is one.
func (p *project) unreadableSQL(full, name string) *issue {
	at := issue{rule: ruleSQLFile, file: full, offset: -1, allowed: "a regular file"}
	info, err := p.files.Stat(full)
	switch {
	case p.files.leadsOut(full):
		at.message = fmt.Sprintf("%s is a link that leads out of the plugin's directory; put the file itself there", quoteShort(name))
	case errors.Is(err, fs.ErrNotExist):
		at.message = fmt.Sprintf("%s is a symbolic link that leads nowhere; put the file itself there", quoteShort(name))
	case err != nil:
		at.message = fmt.Sprintf("%s cannot be read: %v", quoteShort(name), cause(err))
	case info.IsDir():
		at.level = SeverityWarning
		at.message = fmt.Sprintf("%s is a directory, which the Controller passes over; rename it", quoteShort(name))
	case !info.Mode().IsRegular():
		at.message = fmt.Sprintf("%s is %s; it must be a regular file", quoteShort(name), specialFile(info.Mode()))
	case info.Size() > maxMigration:
		at.level, at.found, at.allowed = SeverityWarning, strconv.FormatInt(info.Size(), 10)+" bytes", "at most 4 MiB to be looked at"
		at.message = fmt.Sprintf("%s is %d bytes large and was not looked at: more than 4 MiB are more than is read here; split it", quoteShort(name), info.Size())
	default:
		return nil
	}
	return &at
}

// encodingIssues says what keeps a file from being UTF-8 text as PostgreSQL
// takes it. whole is false when the file cannot be taken for SQL at all.
func (f *sqlFile) encodingIssues() (issues []issue, whole bool) {
	data := f.source.data
	if order, from := sqlByteOrder(data); order != nil {
		at := f.issueOf(ruleSQLFile, "UTF-8")
		at.message = "the file is UTF-16, PostgreSQL reads migrations as UTF-8; save it as UTF-8 without BOM"
		at.offset = -1
		if text, ok := utf16SQL(data[from:], order); ok {
			at.fixes = []Fix{safeFix("write the file as UTF-8", f.edit(0, len(data), text))}
		}
		return []issue{at}, false
	}
	if bytes.HasPrefix(data, byteOrderMark) {
		at := f.issueAt(ruleSQLFile, 0, len(byteOrderMark), "UTF-8 without BOM")
		at.message = "the file starts with a byte order mark, which PostgreSQL takes for a part of the first word; save it as UTF-8 without BOM"
		at.fixes = []Fix{safeFix("remove the byte order mark", f.edit(0, len(byteOrderMark), ""))}
		issues = append(issues, at)
	}
	if !utf8.Valid(data) {
		i := invalidUTF8(data)
		at := f.issueAt(ruleSQLFile, i, i+1, "UTF-8")
		at.found = fmt.Sprintf("0x%02X", data[i])
		at.message = fmt.Sprintf("the byte 0x%02X is not UTF-8, and PostgreSQL refuses the file; save it as UTF-8", data[i])
		issues = append(issues, at)
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		at := f.issueAt(ruleSQLFile, i, i+1, "text without U+0000")
		at.found = "U+0000"
		at.message = "the file holds the character U+0000, at which PostgreSQL takes the text for ended; remove it"
		const most = 100
		if n := bytes.Count(data, []byte{0}); n <= most {
			at.fixes = []Fix{riskyFix("remove every U+0000", f.removeBytes(0, n)...)}
		}
		issues = append(issues, at)
	}
	return issues, true
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8.
func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		if c == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return 0
}

// removeBytes returns the edits that remove the n bytes of that value.
func (f *sqlFile) removeBytes(value byte, n int) []Edit {
	edits := make([]Edit, 0, n)
	for i, c := range f.source.data {
		if c == value {
			edits = append(edits, f.edit(i, i+1, ""))
		}
	}
	return edits
}

// sqlByteOrder returns the byte order of UTF-16 text and where it begins; nil
// when the bytes are something else. Without a mark, SQL in UTF-16 shows by
// its ASCII characters: every other byte is zero.
func sqlByteOrder(data []byte) (order binary.ByteOrder, from int) {
	switch {
	case len(data)%2 != 0 || len(data) < 4:
		return nil, 0
	case data[0] == 0xff && data[1] == 0xfe:
		return binary.LittleEndian, 2
	case data[0] == 0xfe && data[1] == 0xff:
		return binary.BigEndian, 2
	}
	head := data[:min(len(data), 64)]
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch half := len(head) / 2; {
	case zeros[1] == half && zeros[0] == 0:
		return binary.LittleEndian, 0
	case zeros[0] == half && zeros[1] == 0:
		return binary.BigEndian, 0
	}
	return nil, 0
}

// utf16SQL returns the text, and whether all of it is UTF-16.
func utf16SQL(data []byte, order binary.ByteOrder) (string, bool) {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	text := string(utf16.Decode(units))
	return text, !strings.ContainsRune(text, utf8.RuneError)
}
