package nspkg

import (
	"slices"
	"strings"
)

// excludedNames never go into a package, wherever in the tree they stand and
// whether they are files or directories. The first ones are those of plugin-sdk.txt
// ("package — Build a .nspkg"); the last one is this program's own state.
var excludedNames = []string{
	"__pycache__", ".git", ".DS_Store", ".pytest_cache", "venv", ".venv",
	"node_modules", "target", ".env", ".idea", ".vscode",
	".netstacks",
}

// excludedBy returns the rule that keeps a file or directory called name out of
// the package, "" when none does. Compiled Python and the settings of one machine
// are documented or follow from what is; packages are kept out of packages.
func excludedBy(name string) string {
	switch {
	case slices.Contains(excludedNames, name):
		return name
	case strings.HasSuffix(name, ".pyc"):
		return "*.pyc"
	case strings.HasSuffix(name, Extension):
		return "*" + Extension
	case strings.HasPrefix(name, ".env.") && name != ".env.example":
		return ".env.*"
	}
	return ""
}

// excludedPathBy returns the rule that keeps path, slash-separated and relative
// to the plugin directory, out of the package, looking at each of its parts.
func excludedPathBy(path string) string {
	for part := range strings.SplitSeq(path, "/") {
		if rule := excludedBy(part); rule != "" {
			return rule
		}
	}
	return ""
}
