// Package scaffold turns a plugin author's answers into a project tree: it
// checks the answers, renders the tree of the chosen template as a value that
// can be shown, and writes that value whole or not at all. It knows no terminal.
package scaffold

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// What an author gets without asking for anything else (plugin-sdk.txt, "new").
const (
	DefaultTemplate = "python"
	DefaultPort     = 8080
	// Version is that of every new plugin.
	Version = "1.0.0"
)

// The limits of the answers (plugin-sdk.txt, "Required fields"). Lengths are in
// characters, as the Controller's schema counts them.
const (
	MinPort        = 1024
	MaxPort        = 65535
	MaxDisplayName = 100
	MaxDescription = 500
)

// The fields a Problem may be about. They are spelt as the flags of `new` are.
const (
	FieldName         = "name"
	FieldDisplayName  = "display-name"
	FieldDescription  = "description"
	FieldAuthor       = "author"
	FieldTemplate     = "template"
	FieldCapabilities = "capability"
	FieldPort         = "port"
)

// Answers are what `new` and the wizard ask for. Defaults fills in those that
// have a default.
type Answers struct {
	Name         string   // of the plugin: lowercase letters and hyphens
	DisplayName  string   // 1 to 100 characters
	Description  string   // 1 to 500 characters
	Author       string   // not empty
	Template     string   // a name or alias that Templates lists
	Capabilities []string // for capabilities_required, in this order; repeated ones count once
	Database     bool     // whether items live in PostgreSQL or in memory
	Port         int      // the service listens on, in its container
}

// Defaults returns the answers for a plugin called name as far as they have a
// default: description and author have none.
func Defaults(name string) Answers {
	return Answers{
		Name:        name,
		DisplayName: DisplayName(name),
		Template:    DefaultTemplate,
		Database:    true,
		Port:        DefaultPort,
	}
}

// DisplayName returns the title-cased form of a plugin's name:
// "my-awesome-plugin" becomes "My Awesome Plugin".
func DisplayName(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '-' })
	for i, word := range words {
		first, size := utf8.DecodeRuneInString(word)
		words[i] = string(unicode.ToUpper(first)) + word[size:]
	}
	return strings.Join(words, " ")
}

// Problem is one answer that cannot be taken.
type Problem struct {
	Field   string // one of the Field constants
	Message string // the rule that is broken, in words
}

// String returns the message with the field before it.
func (p Problem) String() string { return p.Field + ": " + p.Message }

// InvalidError says what is wrong with a set of answers, one line for each problem.
type InvalidError struct {
	Problems []Problem // in the order in which the questions are asked; never empty
}

func (e *InvalidError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// ValidateName returns why a new plugin may not be called name, or nil. The rule
// is manifest.NewNameProblem.
func ValidateName(name string) error {
	if problem := manifest.NewNameProblem(name); problem != "" {
		return errors.New(problem)
	}
	return nil
}

// Validate returns an *InvalidError with every problem there is, or nil.
func (a Answers) Validate() error {
	if problems := a.Problems(); len(problems) > 0 {
		return &InvalidError{Problems: problems}
	}
	return nil
}

// Problems returns everything that is wrong with the answers, in the order in
// which the questions are asked; empty when a project can be made of them.
func (a Answers) Problems() []Problem {
	var problems []Problem
	add := func(field, message string) {
		if message != "" {
			problems = append(problems, Problem{field, message})
		}
	}
	add(FieldName, manifest.NewNameProblem(a.Name))
	if _, ok := TemplateByName(a.Template); !ok {
		add(FieldTemplate, fmt.Sprintf("there is no template %q; choose %s", a.Template, TemplateNames()))
	}
	add(FieldDisplayName, textProblem("the display name", a.DisplayName, MaxDisplayName))
	add(FieldDescription, textProblem("the description", a.Description, MaxDescription))
	add(FieldAuthor, textProblem("the author", a.Author, 0))
	for _, capability := range unique(a.Capabilities) {
		add(FieldCapabilities, capabilityProblem(capability))
	}
	if a.Port < MinPort || a.Port > MaxPort {
		add(FieldPort, fmt.Sprintf("%d is out of range; the port is %d to %d", a.Port, MinPort, MaxPort))
	}
	return problems
}

// textProblem checks a required free text of at most limit characters (0: any number).
func textProblem(what, text string, limit int) string {
	if strings.TrimLeftFunc(text, isUnseen) == "" {
		return what + " is required"
	}
	if !utf8.ValidString(text) {
		return what + " is not valid UTF-8"
	}
	// The Controller keeps manifests as JSONB, which cannot hold NUL; the other
	// control characters only ever get into a text by accident.
	if i := strings.IndexFunc(text, isStrayControl); i >= 0 {
		return fmt.Sprintf("%s holds the control character %U; only line breaks and tabs are taken", what, []rune(text[i:])[0])
	}
	if n := utf8.RuneCountInString(text); limit > 0 && n > limit {
		return fmt.Sprintf("%s is %d characters long; at most %d are taken", what, n, limit)
	}
	return ""
}

// isUnseen tells whether nobody sees the character. A text of those alone is
// blank to validate, too.
func isUnseen(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

func isStrayControl(r rune) bool {
	return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r)
}

var capabilityPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// capabilityProblem takes capabilities the catalogue does not know, because a
// Controller may be newer than this program.
func capabilityProblem(name string) string {
	switch {
	case name == "*":
		return "the wildcard * is refused by the Controller; name each capability the plugin uses"
	case !capabilityPattern.MatchString(name):
		return fmt.Sprintf("%q is not a capability; they are lowercase letters, digits and underscores, such as read_devices", name)
	}
	return ""
}

// unique returns the values in their order, each once.
func unique(values []string) []string {
	seen := make(map[string]bool, len(values))
	out := make([]string, 0, len(values))
	for _, v := range values {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}
