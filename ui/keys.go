package ui

import "github.com/charmbracelet/bubbles/key"

// keyMap holds every key of the Studio, one struct per scope. Footers and the
// help are made from it, so they cannot drift from what keys do.
type keyMap struct {
	global   globalKeys
	welcome  welcomeKeys
	wizard   wizardKeys
	dialog   dialogKeys
	overview overviewKeys
	manifest manifestKeys
	build    buildKeys
	run      runKeys
	panels   panelKeys
	pack     packageKeys
	log      logKeys
}

type globalKeys struct {
	Build, Run, Stop, Package, Help, Next, Prev, Page, Redraw, Suspend, Quit, Leave key.Binding
}

type welcomeKeys struct{ New, Open, Retry, Quit key.Binding }

// wizardKeys are the keys of the form. Its text fields and its questions with
// two answers know Next and Back by themselves.
type wizardKeys struct{ Next, Toggle, Up, Down, First, Last, Yes, No, Back, Leave key.Binding }

type dialogKeys struct {
	Yes, No, Switch, Left, Right, Confirm, Close, Up, Down, PageUp, PageDown, First, Last key.Binding
}

type overviewKeys struct{ Up, Down key.Binding }

type manifestKeys struct {
	Fix, Next, FixAll, Undo, Edit, Explain, Up, Down, LineUp, LineDown, PageUp, PageDown, First, Last, AsIs key.Binding
}

type buildKeys struct{ Again, Cancel key.Binding }

type runKeys struct{ Cancel key.Binding }

type panelKeys struct{ Refresh, Wide, Left, Right, Up, Down, PageUp, PageDown, First, Last key.Binding }

type packageKeys struct{ Up, Down, Fold, Compare, Bump, PageUp, PageDown, First, Last key.Binding }

type logKeys struct{ Follow, Filter, Clear, Up, Down, PageUp, PageDown, First, Last key.Binding }

// bind makes a binding whose help shows label; the first of keys when label is empty.
func bind(label, does string, keys ...string) key.Binding {
	if label == "" {
		label = keys[0]
	}
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(label, does))
}

// The movement keys are the same wherever something scrolls.
func upKey() key.Binding       { return bind("↑/k", "up", "up", "k") }
func downKey() key.Binding     { return bind("↓/j", "down", "down", "j") }
func pageUpKey() key.Binding   { return bind("pgup", "page up", "pgup", "ctrl+u") }
func pageDownKey() key.Binding { return bind("pgdn", "page down", "pgdown", "ctrl+d") }
func firstKey() key.Binding    { return bind("home", "first", "home", "g") }
func lastKey() key.Binding     { return bind("end", "last", "end", "G") }

func newKeyMap() *keyMap {
	return &keyMap{
		global: globalKeys{
			Build:   bind("", "build", "b"),
			Run:     bind("", "run", "r"),
			Stop:    bind("", "stop", "s"),
			Package: bind("", "package", "p"),
			Help:    bind("", "help", "?"),
			Next:    bind("tab", "next page", "tab", "]"),
			Prev:    bind("shift+tab", "page before", "shift+tab", "["),
			Page:    bind("1-6", "go to a page", "1", "2", "3", "4", "5", "6"),
			Redraw:  bind("", "draw again", "ctrl+l"),
			Suspend: bind("", "to the shell, fg returns", "ctrl+z"),
			Quit:    bind("", "quit", "q"),
			Leave:   bind("", "quit at once", "ctrl+c"),
		},
		welcome: welcomeKeys{
			New: bind("", "new plugin", "n"), Open: bind("", "open another folder", "o"), Retry: bind("enter", "look again", "enter"),
			Quit: bind("", "quit", "q"),
		},
		wizard: wizardKeys{
			Next: bind("enter", "next", "enter", "tab"), Toggle: bind("space", "choose", " ", "x"), Up: upKey(), Down: downKey(),
			First: firstKey(), Last: lastKey(), Yes: bind("←", "the left answer", "left", "h"), No: bind("→", "the right answer", "right", "l"),
			Back: bind("shift+tab", "back", "shift+tab"), Leave: bind("esc", "leave", "esc"),
		},
		dialog: dialogKeys{
			Yes: bind("", "yes", "y", "Y"), No: bind("", "no", "n", "N"), Switch: bind("tab", "switch", "tab", "shift+tab"),
			Left: bind("←", "the left answer", "left", "h"), Right: bind("→", "the right answer", "right", "l"),
			Confirm: bind("enter", "choose", "enter"), Close: bind("esc", "close", "esc", "q", "?"), Up: upKey(), Down: downKey(),
			PageUp: pageUpKey(), PageDown: pageDownKey(), First: firstKey(), Last: lastKey(),
		},
		overview: overviewKeys{Up: upKey(), Down: downKey()},
		manifest: manifestKeys{
			Fix: bind("", "apply the fix", "f"), Next: bind("", "its next fix", "F"), FixAll: bind("", "apply all safe fixes", "A"),
			Undo: bind("", "undo the last fix", "u"), Edit: bind("", "edit here", "e"), Explain: bind("", "explain the rule", "x"),
			Up: bind("↑/k", "finding before", "up", "k"), Down: bind("↓/j", "next finding", "down", "j"),
			LineUp: bind("K", "line up", "K", "shift+up"), LineDown: bind("J", "line down", "J", "shift+down"),
			PageUp: pageUpKey(), PageDown: pageDownKey(), First: firstKey(), Last: lastKey(),
			AsIs: bind("", "a broken file as it is", "v"),
		},
		build: buildKeys{Again: bind("", "build without the cache", "B"), Cancel: bind("", "cancel", "x")},
		run:   runKeys{Cancel: bind("", "cancel the start", "x")},
		panels: panelKeys{
			Refresh: bind("", "refresh", "R"), Wide: bind("", "full width", "w"), Left: bind("←/h", "panel before", "left", "h"),
			Right: bind("→/l", "next panel", "right", "l"), Up: upKey(), Down: downKey(), PageUp: pageUpKey(), PageDown: pageDownKey(),
			First: firstKey(), Last: lastKey(),
		},
		pack: packageKeys{
			Up: upKey(), Down: downKey(), Fold: bind("enter", "fold", "enter", " "), Compare: bind("", "compare", "d"), Bump: bind("", "version", "v"),
			PageUp: pageUpKey(), PageDown: pageDownKey(), First: firstKey(), Last: lastKey(),
		},
		log: logKeys{
			Follow: bind("", "follow", "f"), Filter: bind("", "filter", "/"), Clear: bind("esc", "clear the filter", "esc"),
			Up: upKey(), Down: downKey(), PageUp: pageUpKey(), PageDown: pageDownKey(), First: firstKey(), Last: lastKey(),
		},
	}
}

func (k globalKeys) all() []key.Binding {
	return []key.Binding{k.Build, k.Run, k.Stop, k.Package, k.Page, k.Next, k.Prev, k.Redraw, k.Suspend, k.Help, k.Quit, k.Leave}
}

func (k manifestKeys) all() []key.Binding {
	return []key.Binding{
		k.Fix, k.Next, k.FixAll, k.Undo, k.Edit, k.Explain, k.Up, k.Down, k.LineUp, k.LineDown, k.PageUp, k.PageDown, k.First, k.Last, k.AsIs,
	}
}

func (k logKeys) all() []key.Binding {
	return []key.Binding{k.Follow, k.Filter, k.Clear, k.Up, k.Down, k.PageUp, k.PageDown, k.First, k.Last}
}
