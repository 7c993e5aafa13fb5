package image

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	solver "github.com/moby/buildkit/solver/errdefs"
)

// dockerfile finds the instruction that an error is about. New engines attach
// the place to the error; of older ones only the step's name and number tell.
type dockerfile struct {
	lines []string
	nodes []*parser.Node // the instructions; nil when the file does not parse
}

func readDockerfile(data []byte) dockerfile {
	d := dockerfile{lines: strings.Split(string(data), "\n")}
	if result, err := parser.Parse(bytes.NewReader(data)); err == nil {
		d.nodes = result.AST.Children
	}
	return d
}

// find returns the line, counted from 1, and the instruction in one line; 0 and
// "" when nothing tells.
func (d dockerfile) find(err error, blamed *step) (int, string) {
	if line := sourceLine(err); line > 0 {
		return d.atLine(line)
	}
	if m := parseLine().FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		return d.atLine(line)
	}
	if blamed == nil {
		return 0, ""
	}
	if m := metadataOf().FindStringSubmatch(blamed.name); m != nil {
		return d.from(m[1])
	}
	if strings.HasPrefix(blamed.name, "resolve image config for ") {
		return d.syntaxLine()
	}
	if n := d.node(blamed); n != nil {
		return n.StartLine, oneLine(n.Original)
	}
	return 0, ""
}

var (
	parseLine  = onDemand(`parse error (?:on )?line (\d+)`)
	metadataOf = onDemand(`load metadata for (\S+)`)
	syntaxMark = onDemand(`(?i)^#\s*syntax\s*=`)
	// stepLabel is how both builders' steps begin: "[2/5] ", "[stage-1 2/5] ".
	stepLabel = onDemand(`^\[(?:(\S+) +)?(\d+)/\d+\] +`)
)

// sourceLine is the line that BuildKit attached to its error, 0 without one.
func sourceLine(err error) int {
	sources := solver.Sources(err)
	for i := len(sources) - 1; i >= 0; i-- {
		for _, r := range sources[i].Ranges {
			if r.Start != nil && r.Start.Line > 0 {
				return int(r.Start.Line)
			}
		}
	}
	return 0
}

// atLine finds the instruction that a line belongs to.
func (d dockerfile) atLine(line int) (int, string) {
	for _, n := range d.nodes {
		if n.StartLine <= line && line <= n.EndLine {
			return n.StartLine, oneLine(n.Original)
		}
	}
	if line >= 1 && line <= len(d.lines) {
		return line, oneLine(d.lines[line-1])
	}
	return line, ""
}

func (d dockerfile) syntaxLine() (int, string) {
	for i, line := range d.lines {
		if syntaxMark().MatchString(line) {
			return i + 1, strings.TrimSpace(line)
		}
	}
	return 0, ""
}

// from finds the FROM (or the COPY --from) that names an image. A name that the
// Dockerfile puts together from arguments is not found in it.
func (d dockerfile) from(image string) (int, string) {
	for _, n := range d.nodes {
		for _, word := range strings.Fields(n.Original) {
			word = strings.TrimPrefix(word, "--from=")
			if named, err := reference.ParseNormalizedNamed(word); err == nil && reference.TagNameOnly(named).String() == image {
				return n.StartLine, oneLine(n.Original)
			}
		}
	}
	return 0, "FROM " + image
}

// node finds a step's instruction: the one with its text, the one at its
// number, best both.
func (d dockerfile) node(s *step) *parser.Node {
	text := oneLine(stepLabel().ReplaceAllString(s.name, ""))
	keyword, _, _ := strings.Cut(text, " ")
	numbered := d.numbered(s)
	var same *parser.Node
	for _, n := range d.nodes {
		if oneLine(n.Original) != text {
			continue
		}
		if n == numbered {
			return n
		}
		if same == nil {
			same = n
		}
	}
	if same == nil && numbered != nil && strings.EqualFold(numbered.Value, keyword) {
		return numbered
	}
	return same
}

// numbered finds the instruction at the step's number. The classic builder
// counts all instructions of the file, Podman those of the stage when there are
// several; BuildKit counts those of a stage that make a step.
func (d dockerfile) numbered(s *step) *parser.Node {
	m := stepLabel().FindStringSubmatch(s.name)
	if m == nil {
		return nil
	}
	number, _ := strconv.Atoi(m[2])
	nodes := d.nodes
	counts := func(*parser.Node) bool { return true }
	switch classic := strings.HasPrefix(s.id, classicPrefix); {
	case classic && m[1] != "":
		index, _, _ := strings.Cut(m[1], "/")
		nodes = d.stage(index)
	case !classic:
		nodes = d.stage(m[1])
		counts = makesStep
	}
	for _, n := range nodes {
		if !counts(n) {
			continue
		}
		if number--; number == 0 {
			return n
		}
	}
	return nil
}

func makesStep(n *parser.Node) bool {
	switch strings.ToUpper(n.Value) {
	case "FROM", "RUN", "COPY", "ADD", "WORKDIR":
		return true
	}
	return false
}

// stage returns the instructions from a stage's FROM on. The stage is named
// "stage-0", by the name after AS, or by its number from 1; "" is the last.
func (d dockerfile) stage(name string) []*parser.Node {
	var nodes []*parser.Node
	count, found := 0, false
	for _, n := range d.nodes {
		if strings.EqualFold(n.Value, "FROM") {
			if found {
				return nodes
			}
			nodes, found = nil, stageName(n, count, name)
			count++
		}
		if count > 0 {
			nodes = append(nodes, n)
		}
	}
	if !found && name != "" {
		return nil
	}
	return nodes
}

func stageName(n *parser.Node, index int, name string) bool {
	if name == fmt.Sprintf("stage-%d", index) || name == strconv.Itoa(index+1) {
		return true
	}
	words := strings.Fields(n.Original)
	for i, w := range words[:len(words)-1] {
		if strings.EqualFold(w, "AS") && strings.EqualFold(words[i+1], name) {
			return true
		}
	}
	return false
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
