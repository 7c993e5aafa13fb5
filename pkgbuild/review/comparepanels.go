package review

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// panels compares the panels of the Terminal, by their ids.
func (c *comparison) panels() {
	old, new := c.old.manifest().TerminalPanels, c.new.manifest().TerminalPanels
	id := func(p manifest.Panel) string { return p.ID }
	before, after := indexed(old, id), indexed(new, id)
	for n, was := range old {
		if before[was.ID] != n {
			continue // a second one of the id, which validation refuses
		}
		i, kept := after[was.ID]
		if !kept {
			c.panel(Removed, bad, BumpMajor, was.ID, "/terminal_panels", was.Label, "", fmt.Sprintf("is gone: the panel %q is no longer in the Terminal", was.Label))
			continue
		}
		c.samePanel(was, new[i], fmt.Sprintf("/terminal_panels/%d", i))
	}
	for i, is := range new {
		if _, known := before[is.ID]; !known {
			c.panel(Added, note, BumpMinor, is.ID, fmt.Sprintf("/terminal_panels/%d", i), "", is.Label, fmt.Sprintf("is new: the panel %q from %s", is.Label, is.DataEndpoint))
		}
	}
}

// panel notes a change of a panel.
func (c *comparison) panel(kind Kind, severity manifest.Severity, bump Bump, subject, pointer, old, new, message string) {
	c.add(Change{Area: AreaPanels, Kind: kind, Severity: severity, Bump: bump, Subject: subject, Pointer: pointer, Old: old, New: new, Message: message})
}

// samePanel compares two versions of a panel.
func (c *comparison) samePanel(was, is manifest.Panel, pointer string) {
	field := func(name, old, new string, severity manifest.Severity, bump Bump) {
		if old != new {
			c.panel(Changed, severity, bump, is.ID, pointer, old, new, fmt.Sprintf("has another %s: %q and was %q", name, new, old))
		}
	}
	field("data_endpoint", was.DataEndpoint, is.DataEndpoint, warn, BumpMajor)
	field("label", was.Label, is.Label, note, BumpPatch)
	field("icon", was.Icon, is.Icon, note, BumpPatch)
	field("refresh interval", seconds(was.RefreshIntervalSeconds), seconds(is.RefreshIntervalSeconds), note, BumpPatch)
	c.columns(was, is, pointer)
	c.actions(was, is, pointer)
}

func seconds(v float64) string {
	if v == 0 {
		return "none"
	}
	return fmt.Sprintf("%g s", v)
}

// columns compares the columns of a panel, by their keys.
func (c *comparison) columns(was, is manifest.Panel, pointer string) {
	key := func(column manifest.Column) string { return column.Key }
	before, after := indexed(was.Columns, key), indexed(is.Columns, key)
	var keptBefore, keptAfter []string // in the order of either side
	for n, column := range was.Columns {
		if before[column.Key] != n {
			continue
		}
		j, kept := after[column.Key]
		switch {
		case !kept:
			c.panel(Removed, warn, BumpMinor, is.ID, pointer+"/columns", column.Label, "", fmt.Sprintf("no longer shows the column %q (%s)", column.Label, column.Key))
			continue
		case column != is.Columns[j]:
			c.panel(Changed, note, BumpPatch, is.ID, fmt.Sprintf("%s/columns/%d", pointer, j), column.Label, is.Columns[j].Label, fmt.Sprintf("shows the column %s with another label or width", column.Key))
		}
		keptBefore = append(keptBefore, column.Key)
	}
	for j, column := range is.Columns {
		if _, known := before[column.Key]; known {
			if after[column.Key] == j {
				keptAfter = append(keptAfter, column.Key)
			}
			continue
		}
		c.panel(Added, note, BumpMinor, is.ID, fmt.Sprintf("%s/columns/%d", pointer, j), "", column.Label, fmt.Sprintf("shows the new column %q (%s)", column.Label, column.Key))
	}
	if !slices.Equal(keptBefore, keptAfter) {
		c.panel(Changed, note, BumpPatch, is.ID, pointer+"/columns", strings.Join(keptBefore, ", "), strings.Join(keptAfter, ", "), "shows its columns in another order")
	}
}

// actions compares the buttons of a panel, by their ids.
func (c *comparison) actions(was, is manifest.Panel, pointer string) {
	id := func(a manifest.Action) string { return a.ID }
	before, after := indexed(was.Actions, id), indexed(is.Actions, id)
	for n, a := range was.Actions {
		if before[a.ID] != n {
			continue
		}
		j, kept := after[a.ID]
		if !kept {
			c.panel(Removed, bad, BumpMajor, is.ID, pointer+"/actions", a.Label, "", fmt.Sprintf("no longer has the button %q", a.Label))
			continue
		}
		c.sameAction(is.ID, a, is.Actions[j], fmt.Sprintf("%s/actions/%d", pointer, j))
	}
	for j, a := range is.Actions {
		if _, known := before[a.ID]; !known {
			c.panel(Added, note, BumpMinor, is.ID, fmt.Sprintf("%s/actions/%d", pointer, j), "", a.Label, fmt.Sprintf("has the new button %q, which calls %s %s", a.Label, method(a), a.Endpoint))
		}
	}
}

// sameAction compares two versions of a button.
func (c *comparison) sameAction(panel string, was, is manifest.Action, pointer string) {
	old, new := method(was)+" "+was.Endpoint, method(is)+" "+is.Endpoint
	switch {
	case old != new:
		c.panel(Changed, warn, BumpMinor, panel, pointer, old, new, fmt.Sprintf("calls %s with the button %q, and called %s", new, is.Label, old))
	case was.Confirm != "" && is.Confirm == "":
		c.panel(Changed, warn, BumpMinor, panel, pointer, was.Confirm, "", fmt.Sprintf("no longer asks before the button %q acts", is.Label))
	case was != is:
		c.panel(Changed, note, BumpPatch, panel, pointer, was.Label, is.Label, fmt.Sprintf("has the button %q with another label, question or style", is.Label))
	}
}

func method(a manifest.Action) string {
	if a.Method == "" {
		return "POST"
	}
	return a.Method
}

// interfaces compares what the plugin adds to the Admin UI.
func (c *comparison) interfaces() {
	old, new := c.old.manifest(), c.new.manifest()
	change := Change{Area: AreaInterface, Subject: "ui_bundle", Old: old.UIBundle, New: new.UIBundle, Pointer: "/ui_bundle"}
	switch {
	case old.UIBundle == new.UIBundle:
	case old.UIBundle == "":
		change.Kind, change.Severity, change.Bump = Added, warn, BumpMinor
		change.Message = "is new: its code runs in the browser of every admin who opens its pages"
		c.add(change)
	case new.UIBundle == "":
		change.Kind, change.Severity, change.Bump = Removed, bad, BumpMajor
		change.Message = "is gone, and with it the pages that it adds to the Admin UI"
		c.add(change)
	default:
		c.text(AreaInterface, "ui_bundle", old.UIBundle, new.UIBundle, note, BumpPatch)
	}
	for _, list := range []struct {
		field    string
		old, new []json.RawMessage
	}{
		{"navigation", old.Navigation, new.Navigation}, {"routes", old.Routes, new.Routes}, {"dashboard_widgets", old.DashboardWidgets, new.DashboardWidgets},
	} {
		c.contributions(list.field, list.old, list.new)
	}
}

// contributions compares entries of navigation, routes or dashboard_widgets, by
// what names them.
func (c *comparison) contributions(field string, old, new []json.RawMessage) {
	before, after := entriesOf(old), entriesOf(new)
	name := func(e entry) string { return e.name }
	oldNames, newNames := indexed(before, name), indexed(after, name)
	for n, was := range before {
		if oldNames[was.name] != n {
			continue
		}
		i, kept := newNames[was.name]
		switch {
		case !kept:
			c.add(Change{Area: AreaInterface, Kind: Removed, Severity: bad, Bump: BumpMajor, Subject: field, Old: was.name, Pointer: "/" + field, Message: fmt.Sprintf("has lost %s", was.name)})
		case after[i].text != was.text:
			c.add(Change{Area: AreaInterface, Kind: Changed, Severity: note, Bump: BumpPatch, Subject: field, Old: was.text, New: after[i].text, Pointer: fmt.Sprintf("/%s/%d", field, i), Message: fmt.Sprintf("has another %s", was.name)})
		}
	}
	for i, is := range after {
		if _, known := oldNames[is.name]; !known {
			c.add(Change{Area: AreaInterface, Kind: Added, Severity: note, Bump: BumpMinor, Subject: field, New: is.name, Pointer: fmt.Sprintf("/%s/%d", field, i), Message: fmt.Sprintf("has the new %s", is.name)})
		}
	}
}

// entry is an entry of the Admin UI, whose shape is that UI's to say.
type entry struct{ name, text string }

func entriesOf(list []json.RawMessage) []entry {
	var all []entry
	for _, raw := range list {
		v := decode(raw)
		e := entry{name: jsonText(v), text: jsonText(v)}
		if fields, ok := v.(map[string]any); ok {
			for _, key := range []string{"id", "path", "to", "href", "name", "label", "title", "component"} {
				if name, ok := fields[key].(string); ok && name != "" {
					e.name = fmt.Sprintf("%q", name)
					break
				}
			}
		}
		all = append(all, e)
	}
	return all
}
