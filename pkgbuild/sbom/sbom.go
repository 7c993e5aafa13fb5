// Package sbom writes the software bill of materials of an archive, as a CycloneDX
// document in JSON: the plugin, its image, every file with its SHA-256, and what
// the lock files among them declare. It reads the archive alone, and the same
// archive and time give the same bytes.
package sbom

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/distribution/reference"
	"github.com/google/uuid"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// Ending follows the archive's name in that of its bill.
const Ending = nspkg.BillEnding

// Bill is a bill of materials.
type Bill struct {
	JSON      []byte
	Libraries int      // dependencies that lock files declare
	Archive   string   // SHA-256 of the archive, in lower-case hexadecimal
	Warnings  []string // sentences about lock files that could not be read in full
}

// schema is where the schema of the version that is written lies, as the document says.
const schema = "http://cyclonedx.org/schema/bom-1.6.schema.json"

// Make reads the archive of that name. epoch is the time that the bill says it was made
// at; the zero time: it says none.
func Make(ctx context.Context, name string, epoch time.Time) (Bill, error) {
	archive, err := nspkg.Open(name)
	if err != nil {
		return Bill{}, err
	}
	defer archive.Close()
	digests, err := archive.Digests(ctx)
	if err != nil {
		return Bill{}, err
	}
	data, err := fs.ReadFile(archive, manifest.FileName)
	if err != nil {
		return Bill{}, err
	}
	var plugin manifest.Manifest
	if err := json.Unmarshal(data, &plugin); err != nil {
		return Bill{}, fmt.Errorf("reading %s: %w", manifest.FileName, err)
	}
	declared := collect(archive, archive.Files())
	bill := Bill{Libraries: len(declared.libraries), Archive: digests.Archive, Warnings: declared.warnings}

	bom := cdx.NewBOM()
	// What is used here is the same in 1.6, which more programs read than the library's newest version.
	bom.SpecVersion, bom.JSONSchema = cdx.SpecVersion1_6, schema
	bom.SerialNumber = "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte("sha256:"+digests.Archive)).String()
	bom.Metadata = &cdx.Metadata{
		Tools:     &cdx.ToolsChoice{Components: &[]cdx.Component{{Type: cdx.ComponentTypeApplication, Name: "netstacks-plugin"}}},
		Component: pluginComponent(plugin, digests.Archive),
	}
	if !epoch.IsZero() {
		bom.Metadata.Timestamp = epoch.UTC().Format(time.RFC3339)
	}
	components := []cdx.Component{imageComponent(plugin.Image)}
	for _, l := range declared.libraries {
		components = append(components, l.component())
	}
	needs := make([]string, 0, len(components))
	for _, c := range components {
		needs = append(needs, c.BOMRef)
	}
	slices.Sort(needs)
	for i, f := range archive.Files() {
		components = append(components, fileComponent(f, digests.Files[i]))
	}
	bom.Components = &components
	bom.Dependencies = &[]cdx.Dependency{{Ref: bom.Metadata.Component.BOMRef, Dependencies: &needs}}

	complete := cdx.CompositionAggregateUnknown // a lock file may be out of date, and images bring more
	if len(bill.Warnings) > 0 {
		complete = cdx.CompositionAggregateIncomplete
	}
	bom.Compositions = &[]cdx.Composition{{Aggregate: complete, Dependencies: &[]cdx.BOMReference{cdx.BOMReference(bom.Metadata.Component.BOMRef)}}}

	var out bytes.Buffer
	if err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).Encode(bom); err != nil {
		return Bill{}, fmt.Errorf("writing the bill of materials: %w", err)
	}
	bill.JSON = out.Bytes()
	return bill, nil
}

// pluginComponent is the plugin, as which the archive counts.
func pluginComponent(m manifest.Manifest, sum string) *cdx.Component {
	c := &cdx.Component{
		BOMRef: "plugin:" + m.Name, Type: cdx.ComponentTypeApplication, Name: m.Name, Version: m.Version, Description: m.Description,
		PackageURL: purl("generic", "", m.Name, m.Version), Hashes: sha256Hash(sum),
		Properties: &[]cdx.Property{{Name: "netstacks:display_name", Value: m.DisplayName}, {Name: "netstacks:image", Value: m.Image}},
	}
	if m.Author != "" {
		c.Authors = &[]cdx.OrganizationalContact{{Name: m.Author}}
	}
	return c
}

// imageComponent is the image that the plugin runs in.
func imageComponent(image string) cdx.Component {
	c := cdx.Component{BOMRef: "image:" + image, Type: cdx.ComponentTypeContainer, Name: image}
	ref, err := reference.Parse(image)
	if err != nil {
		return c // validation told so
	}
	if named, ok := ref.(reference.Named); ok {
		c.Name = named.Name()
	}
	if tagged, ok := ref.(reference.Tagged); ok {
		c.Version = tagged.Tag()
	}
	if digested, ok := ref.(reference.Digested); ok {
		if algorithm := digested.Digest().Algorithm().String(); algorithm == "sha256" {
			c.Hashes = sha256Hash(digested.Digest().Encoded())
		}
	}
	return c
}

// fileComponent is a file of the package. The format has no field for sizes.
func fileComponent(f nspkg.ArchivedFile, sum string) cdx.Component {
	return cdx.Component{
		BOMRef: "file:" + f.Path, Type: cdx.ComponentTypeFile, Name: f.Path, Hashes: sha256Hash(sum),
		Properties: &[]cdx.Property{{Name: "netstacks:size", Value: strconv.FormatInt(f.Size, 10)}},
	}
}

func sha256Hash(sum string) *[]cdx.Hash {
	return &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: sum}}
}

// component is a library as the bill lists it.
func (l *library) component() cdx.Component {
	c := cdx.Component{
		BOMRef: l.purl(), Type: cdx.ComponentTypeLibrary, Group: l.group, Name: l.name, Version: l.version, PackageURL: l.purl(), Scope: cdx.ScopeRequired,
	}
	if l.optional {
		c.Scope = cdx.ScopeOptional
	}
	slices.SortFunc(l.hashes, func(a, b cdx.Hash) int {
		return strings.Compare(string(a.Algorithm)+a.Value, string(b.Algorithm)+b.Value)
	})
	if l.hashes = slices.Compact(l.hashes); len(l.hashes) > 0 {
		c.Hashes = &l.hashes
	}
	var places []cdx.EvidenceOccurrence
	for _, file := range l.files {
		places = append(places, cdx.EvidenceOccurrence{Location: file})
	}
	c.Evidence = &cdx.Evidence{Occurrences: &places}
	return c
}
