package secrets

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// file is what the rules know of the file they look at.
type file struct {
	path, base, ending string
	config             bool // values stand in it without quotes
	script             bool // of a shell or of make: such a value ends where a command does, and $ begins none
	untold             bool // its name does not say whether it is config or a script; its first line may
	credentials        bool // a program keeps its credentials in it
}

// Files in which values stand without quotes, by their endings and names in lower case.
var (
	configEndings = []string{
		".env", ".ini", ".cfg", ".conf", ".cnf", ".properties", ".yaml", ".yml", ".toml", ".tfvars", ".example", ".kubeconfig", ".dockerfile",
	}
	configNames   = []string{"dockerfile", "containerfile", "env", "config", "credentials", ".env", ".envrc", "kubeconfig"}
	scriptEndings = []string{".sh", ".bash", ".zsh", ".ksh", ".mk", ".mak", ".bat", ".cmd"}
	scriptNames   = []string{
		"makefile", "gnumakefile", "bsdmakefile", "justfile", ".profile", ".bashrc", ".bash_profile", ".bash_aliases", ".bash_history",
		".zshrc", ".zshenv", ".zprofile", ".zsh_history",
	}
	// stagedNames may have a stage behind them: env.production, Dockerfile.dev.
	stagedNames = []string{"env", "config", "kubeconfig", "credentials", "secrets", "dockerfile", "containerfile"}
	stages      = []string{
		"production", "prod", "staging", "stage", "development", "dev", "devel", "local", "test", "testing", "qa", "uat", "ci", "live", "preview", "demo",
		"default", "shared", "private", "secret", "secrets", "backup", "bak", "old", "orig",
	}
)

// credentialNames are the files that programs keep credentials in.
var credentialNames = []string{
	".npmrc", ".pypirc", ".netrc", "_netrc", ".my.cnf", ".s3cfg", ".boto", ".dockercfg", "credentials", ".git-credentials", ".yarnrc", ".yarnrc.yml",
	".htpasswd", ".pgpass", "pgpass.conf",
}

// fileOf judges a file by its slash-separated path.
func fileOf(name string) file {
	base := strings.ToLower(path.Base(name))
	f := file{path: name, base: base, ending: path.Ext(base)}
	f.credentials = slices.Contains(credentialNames, base)
	f.script = slices.Contains(scriptEndings, f.ending) || slices.Contains(scriptNames, base)
	f.config = f.script || slices.Contains(configEndings, f.ending) || slices.Contains(configNames, base) || isStaged(base) || listsSecrets(base, f.ending)
	f.untold = !f.config && (f.ending == "" || strings.ContainsAny(f.ending, "0123456789"))
	return f
}

// isStaged says whether a name is that of a configuration with its stage: env.production, .env-dev.
func isStaged(base string) bool {
	const signs = ".-_"
	if rest, ok := strings.CutPrefix(base, ".env"); ok && rest != "" && strings.IndexByte(signs, rest[0]) >= 0 {
		return true
	}
	for _, name := range stagedNames {
		if rest, ok := strings.CutPrefix(base, name); ok && rest != "" && strings.IndexByte(signs, rest[0]) >= 0 && slices.Contains(stages, rest[1:]) {
			return true
		}
	}
	return false
}

// listsSecrets says whether a text's name tells that it lists secrets: secrets.txt, api-tokens.
func listsSecrets(base, ending string) bool {
	if ending != "" && ending != ".txt" {
		return false
	}
	name := strings.TrimSuffix(base, ending)
	return strings.HasSuffix(name, "secrets") || strings.HasSuffix(name, "tokens") || strings.Contains(name, "kubeconfig") || manifest.SaysSecret(name)
}

// headSize is how much of a file's beginning tells what it is.
const headSize = 128

// holdsBareValues says whether a file, by its beginning, is one in which values stand without quotes: a
// script of a shell or of make, or an object of Kubernetes.
func holdsBareValues(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("---")), "\r\n"), []byte("apiVersion:")) {
		return true
	}
	line, ok := bytes.CutPrefix(head, []byte("#!"))
	if !ok {
		return false
	}
	line, _, _ = bytes.Cut(line, []byte("\n"))
	for _, word := range strings.Fields(string(line)) { // #!/usr/bin/env -S bash -e
		if program := path.Base(word); strings.HasSuffix(program, "sh") || strings.HasSuffix(program, "make") {
			return true
		}
	}
	return false
}
