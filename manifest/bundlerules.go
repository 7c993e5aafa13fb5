package manifest

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// What is looked at below ui/ to find a bundle that is spelt otherwise.
const maxBundleListed = 2000 // entries of directories

// bundleFolder is where ui_bundle is relative to.
const bundleFolder = "ui"

// neverPacked are the names that no package has, wherever they stand
// (plugin-sdk.txt, "package — Build a .nspkg").
var neverPacked = []string{"__pycache__", ".git", ".DS_Store", ".pytest_cache", "venv", ".venv", "node_modules", "target", ".env", ".idea", ".vscode"}

// isPacked says whether a package may have a path.
func isPacked(name string) bool {
	return !slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool { return slices.Contains(neverPacked, part) })
}

// bundleIssues judges ui_bundle: its file is the one that the Controller serves
// from the plugin's ui/ directory at /api/plugins/<name>/ui/ (plugin-sdk.txt,
// "Federated Admin-UI contributions").
func (p *project) bundleIssues() []issue {
	n := p.doc.root.get("ui_bundle")
	text := textOf(n)
	if text == "" || strings.ContainsRune(text, 0) {
		return nil // the schema, or the rule about U+0000, refuses it
	}
	at := issue{offset: n.start, pointer: "/ui_bundle", found: p.doc.found(n), allowed: `a file below ui/, such as "dist/index.js"`}
	var issues []issue
	target, flaw := p.bundleTarget(text)
	problem := ""
	if target != "" {
		problem = p.bundleProblem(target)
	}
	if flaw != "" {
		i := at
		i.rule, i.message = ruleBundlePath, fmt.Sprintf("ui_bundle is %s, which %s", describe(n), flaw)
		if target != "" {
			i.fixes = []Fix{writing(problem == "", "ui_bundle", n, target)}
		}
		issues = append(issues, i)
	}
	if flaw != "" && target == "" || problem != "" {
		fixes, hint := p.bundleFixes(n, path.Base(strings.ReplaceAll(text, `\`, "/")), target)
		if problem == "" {
			issues[0].fixes = fixes
			return issues
		}
		i := at
		i.rule, i.fixes = ruleBundleFile, fixes
		i.message = fmt.Sprintf("ui_bundle is %s, but %s; %s", describe(n), problem, hint)
		issues = append(issues, i)
	}
	return issues
}

// bundleTarget returns the path relative to ui/ that text means, "" when that
// cannot be told, and what is wrong with the way it is written.
func (p *project) bundleTarget(text string) (target, flaw string) {
	slashed := strings.ReplaceAll(text, `\`, "/")
	plain := path.Clean("/" + slashed)[1:]
	served := "api/plugins/" + textOf(p.doc.root.get("name")) + "/"
	switch {
	case strings.Contains(text, "://") || strings.HasPrefix(text, "//"):
		return "", "is an address, the Controller serves a file of the plugin's ui/ directory; write the path of that file below ui/"
	case len(slashed) > 1 && slashed[1] == ':':
		return "", "is a path of one machine, the Controller serves a file of the plugin's ui/ directory; write the path of that file below ui/"
	case strings.Contains(text, `\`):
		flaw = "holds backslashes, the Controller serves it as a path with slashes"
	case strings.HasPrefix(text, "/"):
		flaw = "begins with a slash, the Controller takes it relative to the plugin's ui/ directory"
	case slices.Contains(strings.Split(text, "/"), ".."):
		flaw = `holds "..", the Controller serves what lies below the plugin's ui/ directory`
		if inside, ok := strings.CutPrefix(path.Clean(bundleFolder+"/"+text), bundleFolder+"/"); ok {
			plain = inside
		}
	case strings.HasPrefix(plain, bundleFolder+"/") && p.files.isDir(bundleFolder) && !p.files.isDir(bundleFolder+"/"+bundleFolder):
		flaw = "begins with ui/, which the Controller puts before it once more"
	default:
		return plain, ""
	}
	if plain = strings.TrimPrefix(plain, served); !p.files.isDir(bundleFolder + "/" + bundleFolder) {
		plain = strings.TrimPrefix(plain, bundleFolder+"/")
	}
	if plain == "" || plain == bundleFolder {
		return "", flaw + "; write the path of the bundle's entry file below ui/"
	}
	return plain, flaw + "; write " + quoteShort(plain)
}

// bundleProblem says what is at a path below ui/ instead of a file; "" when
// there is one of exactly that name.
func (p *project) bundleProblem(target string) string {
	name := path.Join(bundleFolder, target)
	switch info, err := p.files.Stat(bundleFolder); {
	case err != nil:
		return "the plugin has no folder ui/, from which the Controller serves it"
	case !info.IsDir():
		return "ui is no folder, from which the Controller would serve it"
	}
	real, link := p.spelt(name)
	info, err := p.files.Stat(name)
	shown := quoteShort(name)
	switch {
	case real == "":
		return shown + " is not there, so that the Controller has nothing to serve"
	case real != name:
		return fmt.Sprintf("the file is called %s, which is another name on the Controller", quoteShort(real))
	case err != nil && link:
		return shown + " is a symbolic link that leads nowhere"
	case err != nil:
		return fmt.Sprintf("%s cannot be read: %v", shown, cause(err))
	case info.IsDir():
		return shown + " is a folder, the entry is a file"
	case !info.Mode().IsRegular():
		return fmt.Sprintf("%s is %s, the entry is a file", shown, specialFile(info.Mode()))
	case !isPacked(name):
		return shown + " lies in a folder that no package has"
	}
	return ""
}

// spelt returns the path that is there for name, which may differ in case, and
// whether its last part is a link; "" when there is none.
func (p *project) spelt(name string) (real string, link bool) {
	for _, part := range strings.Split(name, "/") {
		entries, err := p.files.ReadDir(path.Join(".", real))
		if err != nil {
			return "", false
		}
		found := ""
		for _, e := range entries {
			if e.Name() == part || found == "" && strings.EqualFold(e.Name(), part) {
				found, link = e.Name(), e.Type()&fs.ModeSymlink != 0
			}
			if found == part {
				break
			}
		}
		if found == "" {
			return "", false
		}
		real = path.Join(real, found)
	}
	return real, link
}

// bundleFixes returns what the author may have meant by a bundle that is not
// there: the name in another case, the one file called base, or the file with
// the nearest path; and the words that say so.
func (p *project) bundleFixes(n *node, base, target string) (fixes []Fix, hint string) {
	if real, _ := p.spelt(path.Join(bundleFolder, target)); target != "" && p.files.isFile(real) && real != path.Join(bundleFolder, target) {
		real = strings.TrimPrefix(real, bundleFolder+"/")
		return []Fix{writing(true, "ui_bundle", n, real)}, "write " + quoteShort(real)
	}
	var same, all []string
	for _, name := range p.bundleFiles() {
		all = append(all, name)
		if path.Base(name) == base {
			same = append(same, name)
		}
	}
	near := ""
	switch {
	case len(same) == 1:
		near = same[0]
	case len(same) == 0 && target != "":
		near = nearestPath(target, all)
	}
	switch {
	case near != "":
		return []Fix{writing(false, "ui_bundle", n, near)}, "build the bundle, or write " + quoteShort(near) + " if that is it"
	case len(same) > 1:
		same = same[:min(len(same), 3)]
		return nil, fmt.Sprintf("build the bundle, or write the path of one that is there, such as %s", joinAnd(same))
	}
	return nil, "build the bundle, or write the path of its entry file below ui/"
}

// bundleFiles returns the files below ui/ that a package would have, relative
// to ui/ and in order, at most those of maxBundleListed entries.
func (p *project) bundleFiles() []string {
	var list []string
	listed := 0
	for dirs := []string{bundleFolder}; len(dirs) > 0; dirs = dirs[1:] {
		entries, err := p.files.ReadDir(dirs[0])
		if err != nil {
			continue
		}
		for _, e := range entries {
			if listed++; listed > maxBundleListed {
				return list
			}
			name := path.Join(dirs[0], e.Name())
			switch {
			case !isPacked(e.Name()):
			case e.IsDir():
				dirs = append(dirs, name)
			case e.Type().IsRegular():
				list = append(list, strings.TrimPrefix(name, bundleFolder+"/"))
			}
		}
	}
	return list
}

// nearestPath returns the path that a misspelt one most likely means, or "".
func nearestPath(name string, candidates []string) string {
	if len(name) > 200 {
		return ""
	}
	best, bestDistance := "", max(2, len(name)/4)+1
	for _, c := range candidates {
		if len(c) > 200 {
			continue
		}
		if distance := editDistance(strings.ToLower(name), strings.ToLower(c)); distance < bestDistance && distance < len(c) {
			best, bestDistance = c, distance
		}
	}
	return best
}
