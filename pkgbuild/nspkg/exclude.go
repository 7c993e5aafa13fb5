package nspkg

import (
	"io"
	"path"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg/ignore"
)

// IgnoreName is the file at the root of a plugin directory that says what else
// stays out of its package, and what goes in nevertheless, in the syntax of .gitignore.
const IgnoreName = ".nspkgignore"

// Class is why a rule of this program keeps something out.
type Class string

// The classes of rules that always hold.
const (
	ClassSecrets     Class = "secrets"            // keys and passwords: only a pattern that names the file exactly lets it in
	ClassHistory     Class = "git's own files"    // nothing lets it in: they hold the addresses and passwords of remotes, and every old version
	ClassState       Class = "this tool's state"  // nothing lets it in
	ClassPackages    Class = "packages"           // nothing lets it in: a package in a package grows with every release
	ClassRules       Class = "packaging rules"    // nothing lets it in: it speaks to this program alone
	ClassDevelopment Class = "development cruft"  // any pattern lets it in
	ClassEditors     Class = "editors' own files" // any pattern lets it in
)

// Exclusion is a rule that keeps something out of a package.
type Exclusion struct {
	Rule  string `json:"rule"`            // a name ("node_modules") or a pattern ("*.pyc", "dev/")
	Class Class  `json:"class,omitempty"` // of a rule that always holds
	File  string `json:"file,omitempty"`  // where any other rule is written
	Line  int    `json:"line,omitempty"`  // in File, from 1
}

// Where says where the rule comes from: "always (secrets)", ".nspkgignore line 2".
func (e Exclusion) Where() string {
	if e.Class != "" {
		return "always (" + string(e.Class) + ")"
	}
	return place(e.File, e.Line)
}

// excludedNames stay out wherever in the tree they stand, files and directories. Those
// of the class development are listed by plugin-sdk.txt ("package — Build a .nspkg"), as are
// .git and .env.
var excludedNames = map[string]Class{
	".git": ClassHistory, ".netstacks": ClassState, ".env": ClassSecrets,
	"__pycache__": ClassDevelopment, ".DS_Store": ClassDevelopment, ".pytest_cache": ClassDevelopment, "venv": ClassDevelopment, ".venv": ClassDevelopment,
	"node_modules": ClassDevelopment, "target": ClassDevelopment, ".idea": ClassDevelopment, ".vscode": ClassDevelopment,
	"4913": ClassEditors, // Vim tries with it whether it may write
}

// secretNames are the names under which SSH keeps private keys.
var secretNames = []string{"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk", "id_xmss"}

// secretEndings are those of key stores that are encrypted, so that no scan finds their keys.
var secretEndings = []string{".p12", ".pfx", ".ppk", ".jks", ".keystore"}

// builtin returns the rule of this program that keeps a file or directory of that
// name out; nil when none does. Secrets are known however their case is written.
func builtin(name string) *Exclusion {
	rule := func(rule string, class Class) *Exclusion { return &Exclusion{Rule: rule, Class: class} }
	if class, ok := excludedNames[name]; ok {
		return rule(name, class)
	}
	lower := strings.ToLower(name)
	if class, ok := excludedNames[lower]; ok && class != ClassDevelopment && class != ClassEditors {
		return rule(lower, class)
	}
	switch {
	case name == IgnoreName:
		return rule(name, ClassRules)
	case strings.HasPrefix(lower, ".env.") && name != ".env.example":
		return rule(".env.*", ClassSecrets)
	case slices.Contains(secretNames, lower):
		return rule(lower, ClassSecrets)
	case strings.HasSuffix(lower, Extension):
		return rule("*"+Extension, ClassPackages)
	case besideArchive(lower) != "":
		return rule("*"+besideArchive(lower), ClassPackages)
	case strings.HasPrefix(name, halfWritten) && strings.Trim(name[len(halfWritten):], "0123456789") == "":
		return rule(halfWritten+"*", ClassState)
	case strings.HasSuffix(name, ".pyc"):
		return rule("*.pyc", ClassDevelopment)
	}
	for _, ending := range secretEndings {
		if strings.HasSuffix(lower, ending) {
			return rule("*"+ending, ClassSecrets)
		}
	}
	if pattern := editorsOwn(name); pattern != "" {
		return rule(pattern, ClassEditors)
	}
	return nil
}

// halfWritten begins, before a number, the name of a file's new content that this tool has not put
// in place: what a killed process leaves.
const halfWritten = ".netstacks-plugin-"

// editorsOwn returns the pattern of swap, lock, autosave and backup files that a
// name matches: of Vim, Emacs, nano, Kate and their like.
func editorsOwn(name string) string {
	switch {
	case strings.HasSuffix(name, "~"):
		return "*~"
	case strings.HasPrefix(name, ".#"):
		return ".#*"
	case len(name) > 1 && name[0] == '#' && name[len(name)-1] == '#':
		return "#*#"
	case name[0] != '.':
		return ""
	}
	if ending := path.Ext(name); len(ending) == len(".swp") && ending[:3] == ".sw" && ending[3] >= 'a' && ending[3] <= 'p' {
		return "*" + ending // .swp, and .swo, .swn … when there are several
	}
	return ""
}

// keyEndings are those of files that may hold a private key or a public certificate.
var keyEndings = []string{".pem", ".key", ".crt", ".cer", ".cert"}

// maxKeyFile bounds how much of such a file is searched for a key.
const maxKeyFile = 1 << 20

// mayHoldKey says whether a file is named like a key or certificate.
func mayHoldKey(name string) bool {
	return slices.Contains(keyEndings, strings.ToLower(path.Ext(name)))
}

// holdsKey says whether a file named like a key or certificate holds a private key.
func holdsKey(name string, content io.Reader) bool {
	if !mayHoldKey(name) {
		return false
	}
	data, err := io.ReadAll(io.LimitReader(content, maxKeyFile))
	return err == nil && manifest.HoldsPrivateKey(string(data)) // what cannot be read is told when it is packed
}

// rules decide what goes into a package.
type rules struct {
	own ignore.List // of .nspkgignore
}

// decide returns the rule that keeps the file or directory at path out, nil when it goes
// in, and the pattern of .nspkgignore that let it in, if one did. secret is what the
// content of a file gave away, if anything.
func (r rules) decide(name string, isFolder bool, secret *Exclusion) (*Exclusion, *ignore.Pattern) {
	always := builtin(path.Base(name))
	if always == nil {
		always = secret
	}
	p := r.own.Decides(name, isFolder)
	switch {
	case p == nil:
		return always, nil
	case !p.Negated:
		if always != nil && always.Class != ClassDevelopment && always.Class != ClassEditors {
			return always, nil
		}
		return &Exclusion{Rule: p.Text, File: p.File, Line: p.Line}, nil
	case always == nil, always.Class == ClassDevelopment, always.Class == ClassEditors, always.Class == ClassSecrets && p.Names(name):
		return nil, p
	}
	return always, p
}

// decidePath is decide for a path of which nothing has been decided yet: a folder that
// stays out keeps everything below it out.
func (r rules) decidePath(name string, isFolder bool) *Exclusion {
	for i := range len(name) {
		if name[i] == '/' {
			if out, _ := r.decide(name[:i], true, nil); out != nil {
				return out
			}
		}
	}
	out, _ := r.decide(name, isFolder, nil)
	return out
}
