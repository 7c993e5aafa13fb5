package manifest

// ConfigName is the file at the root of a plugin directory that changes
// severities and waives findings.
const ConfigName = "netstacks.toml"

// configured are the issues of a project as netstacks.toml has them.
type configured struct {
	issues []issue // those that count, with what is wrong in netstacks.toml itself
	waived []waivedIssue
}

// waivedIssue is an issue that does not count.
type waivedIssue struct {
	issue
	reason string
}

// configure applies netstacks.toml to the issues.
func (p *project) configure() configured {
	return configured{issues: p.issues}
}
