package review

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
	"github.com/netstacks/netstacks-plugin/pkgbuild/signature"
)

// Inspection is what an archive is and asks for. Its JSON form is the output of
// `inspect --json`.
type Inspection struct {
	Path string `json:"path"` // as the caller named it
	// Misnamed is a sentence when the file's name tells another version than the manifest,
	// as that of a plugin's package does: {name}-{version}.nspkg.
	Misnamed string `json:"misnamed,omitempty"`
	// OK says that nothing stands against installing it: it is not refused,
	// validation finds no error, and its signature is good, if that was asked.
	OK bool `json:"ok"`
	// Refused says why nobody should unpack the archive; the rest is then unknown.
	Refused *nspkg.RefusedError `json:"refused,omitempty"`

	SHA256    string    `json:"sha256,omitempty"` // of the archive
	Size      int64     `json:"size,omitempty"`   // of the archive, in bytes
	Form      Form      `json:"form"`
	Signature Signature `json:"signature"`

	Name         string                `json:"name,omitempty"`
	Version      string                `json:"version,omitempty"`
	DisplayName  string                `json:"display_name,omitempty"`
	Description  string                `json:"description,omitempty"`
	Author       string                `json:"author,omitempty"`
	Image        string                `json:"image,omitempty"`
	Port         int                   `json:"port,omitempty"`
	Limits       *manifest.Resources   `json:"limits,omitempty"`
	HealthCheck  *manifest.HealthCheck `json:"health_check,omitempty"`
	Capabilities []Capability          `json:"capabilities"`
	Risk         Risk                  `json:"risk"`
	Panels       []manifest.Panel      `json:"panels"`
	Settings     []Setting             `json:"settings"`
	UIBundle     string                `json:"ui_bundle,omitempty"`
	Schema       string                `json:"schema,omitempty"` // of the database, when there are migrations
	Migrations   []Migration           `json:"migrations"`       // in the order that they run in
	Files        []File                `json:"files"`            // in the archive's order
	TotalSize    int64                 `json:"total_size"`       // of all files, in bytes

	Validation *manifest.Report `json:"validation,omitempty"`
}

// Form says whether an archive has the form that makes the same files the same
// bytes on every machine.
type Form struct {
	Reproducible bool     `json:"reproducible"`
	Deviations   []string `json:"deviations"` // sentences
}

// Signature is what is known of who made an archive.
type Signature struct {
	Status signature.Status `json:"status"`           // NotChecked, or what checking gave
	Detail string           `json:"detail,omitempty"` // a sentence
	KeyID  string           `json:"key_id,omitempty"` // of the key that it says to be made with; of one that was checked
	// TrustedComment was signed with the archive; of a good signature alone.
	TrustedComment string `json:"trusted_comment,omitempty"`
}

// NotChecked is the status of a signature that was not verified.
const NotChecked signature.Status = "not checked"

// Migration is a file that changes the plugin's database.
type Migration struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Inspect reads an archive. That it is refused, or that its plugin is not in
// order, is told in the inspection; an error says that it could not be read.
func Inspect(ctx context.Context, name, named string) (Inspection, error) {
	p, err := ReadArchive(ctx, name, named)
	var refused *nspkg.RefusedError
	switch {
	case errors.As(err, &refused):
		i := inspection(Plugin{Path: named})
		i.Refused, i.OK, i.Validation = refused, false, nil
		return i, nil
	case err != nil:
		return Inspection{}, err
	}
	i := inspection(p)
	i.Misnamed = p.Report.Mask(misnamed(filepath.Base(name), p.manifest()))
	beside := filepath.Base(name) + signature.Ending
	if _, err := os.Lstat(name + signature.Ending); err == nil {
		i.Signature.Detail = beside + " lies beside it, and was not verified; inspect --verify does that"
	} else if errors.Is(err, fs.ErrNotExist) {
		i.Signature = Signature{Status: signature.NotSigned, Detail: "there is no " + beside + " beside it"}
	}
	return i, nil
}

// misnamed says that a file's name tells another version than the manifest; "" when it does not.
func misnamed(file string, m *manifest.Manifest) string {
	told, isPackage := strings.CutSuffix(file, nspkg.Extension)
	told, isOf := strings.CutPrefix(told, m.Name+"-")
	if _, isVersion := parseVersion(told); !isPackage || !isOf || !isVersion || m.Version == "" || told == m.Version {
		return ""
	}
	return fmt.Sprintf("the file's name says version %s, its manifest %s, which counts", told, m.Version)
}

// Verify checks the signature of the archive of that name, which is the one that was
// inspected. Unless it is good, the archive is not OK. An error says that the archive could
// not be read again as it was.
func (i *Inspection) Verify(ctx context.Context, name string, key signature.PublicKey) error {
	if i.Refused != nil {
		i.Signature = Signature{Status: NotChecked, Detail: "the archive is refused, whoever signed it"}
		return nil
	}
	v, err := signature.Verify(ctx, name, key)
	if err != nil {
		return err
	}
	if v.SHA256 != "" && v.SHA256 != i.SHA256 {
		return errors.New("the archive was changed while it was read; inspect it again")
	}
	i.Signature = Signature{Status: v.Status, Detail: v.Detail, KeyID: v.KeyID, TrustedComment: v.Comment}
	i.OK = i.OK && v.Status == signature.Good
	return nil
}

// inspection puts together what is known of a plugin.
func inspection(p Plugin) Inspection {
	m, mask := p.manifest(), p.Report.Mask
	i := Inspection{
		Path: p.Path, OK: p.Report.OK, SHA256: p.SHA256, Size: p.Size, Signature: Signature{Status: NotChecked},
		Form: Form{Reproducible: len(p.Deviations) == 0 && p.Archive, Deviations: append([]string{}, p.Deviations...)},
		Name: mask(m.Name), Version: mask(m.Version), DisplayName: mask(m.DisplayName), Description: mask(m.Description), Author: mask(m.Author),
		Image: mask(m.Image), Port: m.Port, Limits: m.Resources, HealthCheck: m.HealthCheck, UIBundle: mask(m.UIBundle),
		Capabilities: p.capabilities(), Risk: riskOf(p), Panels: []manifest.Panel{}, Settings: []Setting{}, Migrations: []Migration{},
		Files: append([]File{}, p.Files...), TotalSize: p.total(), Validation: &p.Report,
	}
	if m.HealthCheck != nil {
		check := *m.HealthCheck
		check.Command = mask(check.Command)
		i.HealthCheck = &check
	}
	for _, panel := range m.TerminalPanels {
		i.Panels = append(i.Panels, maskedPanel(panel, mask))
	}
	for _, s := range settingsOf(m.SettingsSchema) {
		s.Title, s.Default = mask(s.Title), mask(s.Default)
		for n := range s.Allowed {
			s.Allowed[n] = mask(s.Allowed[n])
		}
		i.Settings = append(i.Settings, s)
	}
	for n := range i.Capabilities {
		i.Capabilities[n].Name = mask(i.Capabilities[n].Name)
	}
	for n := range i.Risk.Reasons {
		i.Risk.Reasons[n].Subject = mask(i.Risk.Reasons[n].Subject)
	}
	for _, f := range p.migrations() {
		i.Schema = m.SchemaName()
		i.Migrations = append(i.Migrations, Migration{path.Base(f.Path), f.Size, f.SHA256})
	}
	return i
}

// maskedPanel is a panel without secrets, which may stand in its endpoints.
func maskedPanel(p manifest.Panel, mask func(string) string) manifest.Panel {
	p.ID, p.Label, p.Icon, p.DataEndpoint = mask(p.ID), mask(p.Label), mask(p.Icon), mask(p.DataEndpoint)
	p.Columns = append([]manifest.Column{}, p.Columns...)
	for i, c := range p.Columns {
		p.Columns[i] = manifest.Column{Key: mask(c.Key), Label: mask(c.Label), Width: mask(c.Width)}
	}
	p.Actions = append([]manifest.Action{}, p.Actions...)
	for i, a := range p.Actions {
		p.Actions[i] = manifest.Action{ID: mask(a.ID), Label: mask(a.Label), Endpoint: mask(a.Endpoint), Method: a.Method, Confirm: mask(a.Confirm), Style: a.Style}
	}
	return p
}
