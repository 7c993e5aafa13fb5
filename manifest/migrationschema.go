package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// schemaUse is what one migration does with a schema.
type schemaUse struct {
	name    string
	places  int
	first   mention
	created *mention // the first CREATE SCHEMA
	makes   bool     // something is made in it
	sure    bool     // it cannot be a table or an alias
	glued   bool     // all mentions are
	// executed says that all mentions stand in texts that EXECUTE is given.
	executed bool
}

// schemaUses are the schemas that one migration mentions and that matter: those
// of plugins, public, and whatever it creates.
type schemaUses struct {
	uses    []*schemaUse
	byName  map[string]*schemaUse
	bare    map[string]bool // names that are something else than a schema
	renamed []mention
	dropped []mention
	moved   []mention // what ALTER ... SET SCHEMA names
	created []mention // every CREATE SCHEMA that is a statement of the file
	public  []mention // what is made in public, the name in of
}

// maxNames bounds how many names of one migration are told apart.
const maxNames = 500

// isPluginSchema says whether a name is written like the schema of a plugin,
// rightly or not: plugin_x, plugin-x.
func isPluginSchema(name string) bool {
	const word = "plugin"
	return len(name) > len(word)+1 && strings.EqualFold(name[:len(word)], word) && strings.IndexByte("_-. ", name[len(word)]) >= 0
}

// collectSchemas notes which schemas the file mentions.
func (f *sqlFile) collectSchemas(text sqltext.Text) {
	f.byName, f.bare = map[string]*schemaUse{}, map[string]bool{}
	mentions{
		sql:   f.sql,
		wants: func(name string) bool { return name == "public" || isPluginSchema(name) },
		tell:  f.note,
	}.in(text)
}

func (f *sqlFile) note(m mention) {
	switch m.how {
	case howBare:
		if len(f.bare) < maxNames {
			f.bare[m.name] = true
		}
		return
	case howRenamed:
		f.renamed = noted(f.renamed, m)
		return
	case howDropped:
		f.dropped = noted(f.dropped, m)
	case howMoved:
		f.moved = noted(f.moved, m)
	case howCreated:
		if m.statement != nil {
			f.created = noted(f.created, m)
		}
	case howMakes:
		if m.name == "public" {
			f.public = noted(f.public, m)
		}
	}
	use := f.byName[m.name]
	if use == nil {
		if len(f.uses) == maxNames {
			return
		}
		use = &schemaUse{name: m.name, first: m, glued: true, executed: true}
		f.byName[m.name], f.uses = use, append(f.uses, use)
	}
	use.places++
	use.makes = use.makes || m.how == howMakes || m.how == howCreated
	use.sure = use.sure || m.how == howSchema || m.how == howCreated || m.how == howDropped || m.how == howMakes || m.how == howMoved
	use.glued = use.glued && m.glued
	use.executed = use.executed && m.executed
	if m.how == howCreated && use.created == nil {
		use.created = &m
	}
}

func noted(list []mention, m mention) []mention {
	if len(list) == maxNames {
		return list
	}
	return append(list, m)
}

// ownSchema returns the name of the plugin's schema, which the Controller makes
// of the plugin's name (plugin-sdk.txt, "Database Schema Isolation"). Of a name
// that it refuses, the schema is that of the name which the fix of it writes,
// so that mending the name changes nothing here. It is "" when there is none.
func (p *project) ownSchema() string {
	n := p.doc.root.get("name")
	if n == nil || n.kind != kindString {
		return ""
	}
	name := n.text
	if NameProblem(name) != "" {
		if name, _ = kebab(name); NameProblem(name) != "" {
			return ""
		}
	}
	return (&Manifest{Name: name}).SchemaName()
}

// schemaJudge judges what migrations do with schemas.
type schemaJudge struct {
	files []*sqlFile
	own   string
	bare  map[string]bool // in any file
	// whole says that no file mentions the plugin's own schema, and that one
	// other schema takes its place everywhere.
	whole  bool
	makes  map[string]bool // schemas in which any file makes something
	fixes  int             // made so far
	issues []issue
}

// maxSchemaFixes bounds how often the fix that renames a schema is repeated,
// which changes all files at once.
const maxSchemaFixes = 3

// schemaNameIssues finds migrations that touch another schema than the
// plugin's own.
func (p *project) schemaNameIssues(files []*sqlFile) []issue {
	own := p.ownSchema()
	if own == "" {
		return nil
	}
	j := &schemaJudge{files: files, own: own, bare: map[string]bool{}, makes: map[string]bool{}}
	others, mentioned := map[string]bool{}, false
	for _, f := range files {
		for name := range f.bare {
			j.bare[name] = true
		}
		for _, use := range f.uses {
			mentioned = mentioned || use.name == own
			j.makes[use.name] = j.makes[use.name] || use.makes
		}
	}
	for _, f := range files {
		for _, use := range f.uses {
			if j.foreign(use) {
				others[use.name] = true
			}
		}
	}
	j.whole = !mentioned && len(others) == 1
	for n, f := range files {
		for _, use := range f.uses {
			if j.foreign(use) && len(j.issues) < maxFindings {
				j.issues = append(j.issues, j.foreignIssue(f, use))
			}
		}
		j.ownIssues(f)
		j.publicIssues(f)
		j.leaveIssues(n)
	}
	return j.issues
}

// foreign says whether a schema is neither the plugin's nor one that all share.
func (j *schemaJudge) foreign(use *schemaUse) bool {
	switch {
	case use.name == j.own || use.name == "public":
		return false
	case use.created != nil:
		return true
	case !isPluginSchema(use.name):
		return false
	case use.glued:
		return j.misspelt(use.name)
	}
	return use.sure || !j.bare[use.name]
}

// misspelt says whether a name differs from the plugin's own schema in case,
// hyphens and blanks alone.
func (j *schemaJudge) misspelt(name string) bool {
	return strings.NewReplacer("-", "_", " ", "_", ".", "_").Replace(strings.ToLower(name)) == j.own
}

// near says whether a name is most likely the plugin's own, with a slip.
func (j *schemaJudge) near(name string) bool {
	most := 2
	if len(j.own) < len("plugin_")+6 {
		most = 1
	}
	return len(name) <= 100 && editDistance(name, j.own) <= most
}

func (j *schemaJudge) foreignIssue(f *sqlFile, use *schemaUse) issue {
	name := shorten(harmless(use.name), 63)
	at, rule := use.first, ruleOtherSchema
	if use.created != nil {
		at, rule = *use.created, ruleSchemaName
	}
	i := f.issueAt(rule, at.start, at.end, j.own)
	if use.executed {
		i.level = SeverityWarning // nobody knows here whether and how it is run
	}
	switch places := placesInWords(use.places); {
	case j.misspelt(use.name):
		i.message = fmt.Sprintf("%s is not the plugin's schema, which is %s: hyphens become underscores (%s)", name, j.own, places)
	case use.created != nil:
		i.message = fmt.Sprintf("this makes the schema %s, but the plugin's is %s, which the Controller makes, and it keeps to that; write %s", name, j.own, j.own)
	default:
		i.message = fmt.Sprintf("%s is the schema of another plugin, which no migration of this one may touch (%s); keep to %s", name, places, j.own)
	}
	if j.fixes < maxSchemaFixes {
		if fix, ok := j.renameFix(use); ok {
			i.fixes = []Fix{fix}
			j.fixes++
		}
	}
	return i
}

func placesInWords(n int) string {
	if n == 1 {
		return "1 place in this file"
	}
	return fmt.Sprintf("%d places in this file", n)
}

// renameFix writes the plugin's own schema in place of another one in all
// files, where that one is most likely meant for it.
func (j *schemaJudge) renameFix(use *schemaUse) (Fix, bool) {
	safe := false
	switch {
	case j.misspelt(use.name):
		safe = true
	case j.bare[use.name] || use.created != nil && use.created.creation.role:
		return Fix{}, false
	case j.whole || isPluginSchema(use.name) && j.near(use.name):
		// Nobody makes anything in the schema of another plugin.
		safe = j.makes[use.name]
	case use.created == nil:
		return Fix{}, false
	}
	edits, files := j.renameEdits(use.name, nil)
	if len(edits) == 0 {
		return Fix{}, false
	}
	title := fmt.Sprintf("write %s in place of %s (%d in %d file(s))", j.own, shorten(harmless(use.name), 63), len(edits), files)
	if safe {
		return safeFix(title, edits...), true
	}
	return riskyFix(title, edits...), true
}

// renameEdits writes the plugin's schema in place of a name wherever that is a
// schema, with only in front of one of these things.
func (j *schemaJudge) renameEdits(name string, only map[string]bool) (edits []Edit, files int) {
	for _, f := range j.files {
		before := len(edits)
		for _, m := range f.mentionsOf(name) {
			text := j.own
			switch {
			case only != nil && !only[m.of]:
				continue
			case m.how == howBare:
				if name != "public" && !isPluginSchema(name) {
					return nil, 0 // it is another thing, too
				}
				continue
			case m.text:
				text = "'" + text + "'"
			case m.how == howCreated && !m.creation.unless && m.creation.more:
				return nil, 0 // IF NOT EXISTS may not make anything with the schema
			case m.how == howCreated && !m.creation.unless:
				text = "IF NOT EXISTS " + text
			}
			edits = append(edits, f.edit(m.start, m.end, text))
		}
		if len(edits) > maxRenames {
			return nil, 0
		}
		if len(edits) > before {
			files++
		}
	}
	return edits, files
}

// maxRenames bounds how many places one fix changes.
const maxRenames = 2000

// mentionsOf returns where the file mentions a name, in order, and a few more
// than a fix may change at most.
func (f *sqlFile) mentionsOf(name string) []mention {
	if known, ok := f.named[name]; ok {
		return known
	}
	var list []mention
	mentions{
		sql: f.sql, text: name,
		wants: func(other string) bool { return other == name },
		tell: func(m mention) {
			if m.name == name && len(list) <= maxRenames {
				list = append(list, m)
			}
		},
	}.in(sqltext.Split(f.sql))
	if f.named == nil || len(f.named) > 2*maxSchemaFixes {
		f.named = map[string][]mention{}
	}
	f.named[name] = list
	return list
}

// ownIssues are about what a file does to the plugin's own schema as a whole.
func (j *schemaJudge) ownIssues(f *sqlFile) {
	for _, m := range f.created {
		dropped := slices.ContainsFunc(f.dropped, func(d mention) bool { return d.name == j.own && d.start < m.start })
		if m.name != j.own || m.creation.unless || dropped || len(j.issues) >= maxFindings {
			continue
		}
		i := f.issueAt(ruleSchemaName, m.statement.Start, m.end, "CREATE SCHEMA IF NOT EXISTS "+j.own)
		i.message = fmt.Sprintf("the Controller makes %s before it runs the migrations, so that PostgreSQL refuses to make it again; write IF NOT EXISTS", j.own)
		if !m.creation.more && !m.creation.role {
			i.fixes = []Fix{safeFix("write IF NOT EXISTS", f.edit(m.start, m.start, "IF NOT EXISTS "))}
		}
		j.issues = append(j.issues, i)
	}
	for _, m := range f.renamed {
		if m.of != j.own || m.name == j.own || len(j.issues) >= maxFindings {
			continue
		}
		i := f.issueAt(ruleSchemaName, m.start, m.end, j.own)
		i.message = fmt.Sprintf("this renames the plugin's schema, which the Controller and the service know as %s alone; remove it", j.own)
		if m.statement != nil {
			i.fixes = []Fix{riskyFix("remove the ALTER SCHEMA", f.removal(*m.statement))}
		}
		j.issues = append(j.issues, i)
	}
}

// publicIssues warns of what is made in public. The schema is for what all
// share, such as extensions; the local Controller gives the plugin no right to
// make anything there, and the specification does not promise one.
func (j *schemaJudge) publicIssues(f *sqlFile) {
	if len(f.public) > 0 && len(j.issues) < maxFindings {
		m := f.public[0]
		i := f.issueAt(ruleOtherSchema, m.start, m.end, j.own)
		i.level = SeverityWarning
		i.message = fmt.Sprintf("this makes %s in public, which all plugins share and in which the local Controller lets none make anything (%s); write %s",
			shorten(harmless(m.of), 63), placesInWords(len(f.public)), j.own)
		if j.fixes < maxSchemaFixes {
			j.fixes++
			here := map[string]bool{}
			for _, other := range j.files {
				for _, m := range other.public {
					here[m.of] = true
				}
			}
			if edits, files := j.renameEdits("public", here); len(edits) > 0 {
				i.fixes = []Fix{riskyFix(fmt.Sprintf("write %s in place of public (%d in %d file(s))", j.own, len(edits), files), edits...)}
			}
		}
		j.issues = append(j.issues, i)
	}
	for _, m := range f.dropped {
		if m.name != "public" || len(j.issues) >= maxFindings {
			continue
		}
		i := f.issueAt(ruleOtherSchema, m.start, m.end, j.own)
		i.message = "this drops public, which all plugins share; remove it"
		if m.statement != nil {
			i.fixes = []Fix{riskyFix("remove the DROP SCHEMA", f.removal(*m.statement))}
		}
		j.issues = append(j.issues, i)
	}
}
