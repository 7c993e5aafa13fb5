package review

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// The severities, by short names.
const (
	bad  = manifest.SeverityError
	warn = manifest.SeverityWarning
	note = manifest.SeverityInfo
)

// identity compares what the plugin is called.
func (c *comparison) identity() {
	old, new := c.old.manifest(), c.new.manifest()
	if old.Name != new.Name {
		c.add(Change{
			Area: AreaIdentity, Kind: Changed, Severity: bad, Bump: BumpMajor, Subject: "name", Old: old.Name, New: new.Name, Pointer: "/name",
			Message: fmt.Sprintf("is %q and was %q: for the Controller it is another plugin, with a database schema and settings of its own", new.Name, old.Name),
		})
	}
	for _, field := range []struct{ name, old, new string }{
		{"display_name", old.DisplayName, new.DisplayName}, {"description", old.Description, new.Description}, {"author", old.Author, new.Author},
	} {
		c.text(AreaIdentity, field.name, field.old, field.new, note, BumpPatch)
	}
}

// text notes that a text field of the manifest is another now.
func (c *comparison) text(area Area, name, old, new string, severity manifest.Severity, bump Bump) {
	change := Change{Area: area, Severity: severity, Bump: bump, Subject: name, Old: old, New: new, Pointer: "/" + name}
	switch {
	case old == new:
		return
	case old == "":
		change.Kind, change.Message = Added, fmt.Sprintf("is %q now", new)
	case new == "":
		change.Kind, change.Message = Removed, fmt.Sprintf("is gone; it was %q", old)
	default:
		change.Kind, change.Message = Changed, fmt.Sprintf("is %q and was %q", new, old)
	}
	c.add(change)
}

// capabilities compares what the plugin may ask of the platform.
func (c *comparison) capabilities() {
	named := func(c Capability) string { return c.Name }
	old, new := c.old.capabilities(), c.new.capabilities()
	before, after := indexed(old, named), indexed(new, named)
	places := indexed(c.new.manifest().CapabilitiesRequired, func(name string) string { return name })
	for _, gained := range new {
		if _, known := before[gained.Name]; known {
			continue
		}
		change := Change{
			Area: AreaCapabilities, Kind: Added, Severity: warn, Bump: BumpMinor, Subject: gained.Name, New: string(gained.Level),
			Pointer: fmt.Sprintf("/capabilities_required/%d", places[gained.Name]),
			Message: fmt.Sprintf("is new, %s risk: the plugin %s", gained.Level, gained.Grants),
		}
		if gained.Level == High {
			change.Bump = BumpMajor
		}
		c.add(change)
	}
	for _, lost := range old {
		if _, kept := after[lost.Name]; !kept {
			c.add(Change{
				Area: AreaCapabilities, Kind: Removed, Severity: note, Bump: BumpPatch, Subject: lost.Name, Old: string(lost.Level), Pointer: "/capabilities_required",
				Message: "is no longer asked for",
			})
		}
	}
}

// indexed returns where in a list each name stands first.
func indexed[T any](list []T, name func(T) string) map[string]int {
	places := make(map[string]int, len(list))
	for i, item := range list {
		if _, known := places[name(item)]; !known {
			places[name(item)] = i
		}
	}
	return places
}

// container compares what the Controller starts.
func (c *comparison) container() {
	old, new := c.old.manifest(), c.new.manifest()
	if repository(old.Image) != repository(new.Image) {
		c.text(AreaContainer, "image", old.Image, new.Image, warn, BumpMinor)
	} else {
		c.text(AreaContainer, "image", old.Image, new.Image, note, BumpPatch)
	}
	if old.Port != new.Port {
		c.add(Change{
			Area: AreaContainer, Kind: Changed, Severity: note, Bump: BumpMinor, Subject: "port", Pointer: "/port",
			Old: fmt.Sprint(old.Port), New: fmt.Sprint(new.Port), Message: fmt.Sprintf("is %d and was %d", new.Port, old.Port),
		})
	}
	c.limits(old.Resources, new.Resources)
	c.healthCheck(old.HealthCheck, new.HealthCheck)
	c.text(AreaContainer, "openapi_path", openAPI(old), openAPI(new), note, BumpPatch)
}

// repository is an image without its tag and digest.
func repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i]
	}
	return image
}

// openAPI is where the plugin says that its OpenAPI document is; "" when it does
// not, or opts out.
func openAPI(m *manifest.Manifest) string {
	if m.OpenAPIPath == nil {
		return ""
	}
	return *m.OpenAPIPath
}

// limits compares what the container may use. More than before has to be there
// on the host; less may be too little for what an installation does.
func (c *comparison) limits(old, new *manifest.Resources) {
	switch {
	case old == nil && new == nil:
		return
	case old == nil:
		c.add(Change{Area: AreaContainer, Kind: Added, Severity: note, Bump: BumpMinor, Subject: "resources", Pointer: "/resources", New: limitsText(*new), Message: "limits the container now: " + limitsText(*new)})
		return
	case new == nil:
		c.add(Change{Area: AreaContainer, Kind: Removed, Severity: warn, Bump: BumpMinor, Subject: "resources", Pointer: "", Old: limitsText(*old), Message: "no longer limits the container; it was " + limitsText(*old)})
		return
	}
	for _, limit := range []struct {
		name     string
		old, new float64
		text     func(float64) string
	}{
		{"cpu_limit", old.CPULimit, new.CPULimit, Cores},
		{"memory_limit", float64(old.MemoryLimit), float64(new.MemoryLimit), func(v float64) string { return Size(int64(v)) }},
	} {
		if limit.old == limit.new {
			continue
		}
		word, severity := "raised", warn
		if limit.new < limit.old {
			word, severity = "lowered", note
		}
		c.add(Change{
			Area: AreaContainer, Kind: Changed, Severity: severity, Bump: BumpMinor, Subject: limit.name, Pointer: "/resources/" + limit.name,
			Old: limit.text(limit.old), New: limit.text(limit.new), Message: fmt.Sprintf("is %s from %s to %s", word, limit.text(limit.old), limit.text(limit.new)),
		})
	}
}

func limitsText(r manifest.Resources) string { return Cores(r.CPULimit) + ", " + Size(r.MemoryLimit) }

// Cores writes a limit of processor cores for people: "0.5 cores".
func Cores(n float64) string {
	if n == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%g cores", n)
}

// Size writes a number of bytes for people: "1.5 KB". Units are those of 1024.
func Size(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	v, units := float64(n)/unit, []string{"KB", "MB", "GB", "TB", "PB", "EB"}
	for v >= unit && len(units) > 1 {
		v, units = v/unit, units[1:]
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") + " " + units[0]
}

// healthCheck compares how the engine tells whether the plugin is well.
func (c *comparison) healthCheck(old, new *manifest.HealthCheck) {
	const subject, pointer = "health_check", "/health_check"
	switch {
	case old == nil && new == nil:
		return
	case old == nil:
		c.add(Change{Area: AreaContainer, Kind: Added, Severity: note, Bump: BumpMinor, Subject: subject, Pointer: pointer, New: new.Command, Message: fmt.Sprintf("is there now: %s", new.Command)})
		return
	case new == nil:
		c.add(Change{Area: AreaContainer, Kind: Removed, Severity: warn, Bump: BumpMinor, Subject: subject, Old: old.Command, Message: "is gone: nobody notices any more when the plugin stops answering"})
		return
	}
	if old.Command != new.Command {
		c.add(Change{
			Area: AreaContainer, Kind: Changed, Severity: note, Bump: BumpPatch, Subject: subject, Pointer: pointer + "/command", Old: old.Command, New: new.Command,
			Message: fmt.Sprintf("runs another command: %s", new.Command),
		})
	}
	numbers := func(h *manifest.HealthCheck) map[string]*int {
		return map[string]*int{"interval_seconds": h.IntervalSeconds, "timeout_seconds": h.TimeoutSeconds, "retries": h.Retries, "start_period_seconds": h.StartPeriodSeconds}
	}
	before := numbers(old)
	after := numbers(new)
	for _, name := range slices.Sorted(maps.Keys(after)) {
		was, is := count(before[name]), count(after[name])
		if was != is {
			c.add(Change{
				Area: AreaContainer, Kind: Changed, Severity: note, Bump: BumpMinor, Subject: subject + "." + name, Pointer: pointer + "/" + name, Old: was, New: is,
				Message: fmt.Sprintf("is %s and was %s", is, was),
			})
		}
	}
}

// count writes a number that may be left to the engine.
func count(n *int) string {
	if n == nil {
		return "the engine's default"
	}
	return fmt.Sprint(*n)
}

// unknownFields notes other fields of the manifest that came, went or changed.
func (c *comparison) unknownFields() {
	old, new := otherFields(c.old), otherFields(c.new)
	names := map[string]bool{}
	for name := range old {
		names[name] = true
	}
	for name := range new {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		was, before := old[name]
		is, after := new[name]
		change := Change{Area: AreaIdentity, Severity: note, Bump: BumpPatch, Subject: name, Pointer: "/" + pointerEscaper.Replace(name)}
		switch {
		case before && after && was == is:
			continue
		case !before:
			change.Kind, change.Message = Added, "is a new field of the manifest"
		case !after:
			change.Kind, change.Message = Removed, "is gone from the manifest"
		default:
			change.Kind, change.Message = Changed, "is another in the manifest"
		}
		c.add(change)
	}
}

// comparedFields are the fields of a manifest that other comparisons look at.
var comparedFields = []string{
	"name", "version", "display_name", "description", "author", "image", "port", "capabilities_required", "resources", "health_check", "migrations_dir",
	"terminal_panels", "settings_schema", "ui_bundle", "navigation", "routes", "dashboard_widgets", "openapi_path", "$schema",
}

// otherFields returns the fields that nothing else compares, as JSON.
func otherFields(p Plugin) map[string]string {
	fields, _ := decode(p.Report.Source).(map[string]any)
	others := map[string]string{}
	for name, value := range fields {
		if !slices.Contains(comparedFields, name) {
			others[name] = jsonText(value)
		}
	}
	return others
}
