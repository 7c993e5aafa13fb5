package ui

import (
	"context"
	"os/exec"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// mode is what the whole screen is about.
type mode int

const (
	modeOpening mode = iota // a project is being opened
	modeWelcome             // there is no project here
	modeWizard              // a new plugin is being described
	modeProject             // a project is open
	modeClosing             // everything is being stopped and removed
)

// root is the one model of the program: it knows size, mode, dialogs and the
// current page, and routes everything else.
type root struct {
	opts       Options
	ctx        context.Context // ends with the program
	cancel     context.CancelFunc
	renderer   *lipgloss.Renderer
	askable    bool                         // the terminal can be asked for its background
	wizardOnly bool                         // RunWizard
	lookPath   func(string) (string, error) // finds a command
	send       func(tea.Msg)
	watch      func(func())

	mode          mode
	ready         bool // the background is known or assumed
	width, height int
	st            *state
	pages         []page
	current       int
	dialogs       []dialog
	welcome       *welcomePage
	wizard        *wizard
	note          studio.Note // what the Studio itself has to say in the footer

	urgent      bool                            // the next frame shows what somebody waits for
	owner       int                             // counts projects; messages of an earlier one are dropped
	endProject  context.CancelFunc              // ends st.ctx
	work        map[workKind]context.CancelFunc // under way
	ticking     bool                            // the spinner's tick is on its way
	planned     int                             // 1 + the changes of the project that its plan was last made for; 0: none was
	unsubscribe func()
	closeErr    error // of the orderly clean-up
	abandoned   bool  // the user did not wait for it
}

func newRoot(ctx context.Context, o Options) *root {
	r := &root{
		opts: o, renderer: o.renderer(), work: map[workKind]context.CancelFunc{},
		lookPath: exec.LookPath, send: func(tea.Msg) {}, watch: func(f func()) { f() },
	}
	r.ctx, r.cancel = context.WithCancel(ctx)
	r.st = &state{ctx: r.ctx, keys: newKeyMap(), now: o.Now()}
	r.setTheme(true)
	r.welcome = newWelcome(r.st, o.Dir)
	r.wizard = newWizard(r.st, o)
	r.pages = newPages(r.st)
	return r
}

func newPages(st *state) []page {
	return []page{newOverview(st), newManifestPage(st), newBuildPage(st), newRunPage(st), newPanelsPage(st), newPackagePage(st)}
}

// The pages by their place in the tab line.
const (
	pageOverview = iota
	pageManifest
	pageBuild
	pageRun
	pagePanels
	pagePackage
)

func (r *root) setTheme(dark bool) {
	lipgloss.SetHasDarkBackground(dark)
	r.st.th = theme.New(r.opts.Theme, dark, r.opts.NoColor, r.renderer)
	if r.wizard != nil {
		r.wizard.restyle()
	}
}

// Init starts what is needed before the first frame.
func (r *root) Init() tea.Cmd {
	cmds := []tea.Cmd{r.clockTick()}
	if r.askable {
		cmds = append(cmds, askBackground(r.opts.Out))
	} else {
		r.ready = true
	}
	if r.wizardOnly {
		cmds = append(cmds, r.wizard.start(r.opts.Defaults))
	} else {
		cmds = append(cmds, r.open(r.opts.Dir))
	}
	return tea.Batch(cmds...)
}

// Update handles one message, and looks after what the page needs that is shown then.
func (r *root) Update(msg tea.Msg) tea.Cmd {
	cmd := r.update(msg)
	return tea.Batch(cmd, r.planSoon())
}

// update handles one message; there is one handler per family.
func (r *root) update(msg tea.Msg) tea.Cmd {
	r.st.now = r.opts.Now()
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		r.resize(msg.Width, msg.Height)
		return nil
	case tea.KeyMsg:
		return r.keys(msg)
	case backgroundFoundMsg:
		if msg.known {
			r.setTheme(msg.dark)
		}
		r.ready = true
		return nil
	case clockTickMsg:
		return tea.Batch(r.clockTick(), r.spin())
	case spinnerTickMsg:
		r.ticking = false
		r.st.frame++
		return r.spin()
	case projectOpenedMsg:
		return r.projectOpened(msg)
	case snapshotChangedMsg:
		if msg.owner == r.owner && r.st.project != nil {
			checked := r.st.snap.Manifest.At
			r.st.look()
			r.urgent = r.urgent || !r.st.snap.Manifest.At.Equal(checked)
		}
		return r.spin()
	case workEndedMsg:
		return r.workEnded(msg)
	case cancelRequestedMsg:
		return r.cancelWork()
	case notedMsg:
		return r.say("attention", msg.text)
	case editRequestedMsg:
		return r.edit(msg)
	case editorClosedMsg:
		return r.editorClosed(msg)
	case tea.ResumeMsg:
		return tea.Batch(tea.WindowSize(), r.spin())
	case wizardEndedMsg:
		return r.wizardEnded(msg)
	case openRequestedMsg:
		return r.open(msg.dir)
	case projectClosedMsg:
		r.closeErr = msg.err
		return tea.Quit
	}
	if cmd, handled := r.repair(msg); handled {
		return cmd
	}
	if cmd, handled := r.release(msg); handled {
		return cmd
	}
	if r.mode == modeWizard { // the form's own messages have no names here
		return r.wizard.update(msg)
	}
	if r.mode == modeWelcome {
		return r.welcome.update(msg)
	}
	return nil
}

// keys routes what was typed. Keys pressed faster than the terminal is read come
// as one message: they are taken one by one, so that none is lost. A paste stays whole.
func (r *root) keys(msg tea.KeyMsg) tea.Cmd {
	if msg.Type != tea.KeyRunes || msg.Paste || len(msg.Runes) < 2 {
		return r.key(msg)
	}
	cmds := make([]tea.Cmd, len(msg.Runes))
	for i, typed := range msg.Runes {
		cmds[i] = r.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{typed}, Alt: msg.Alt})
	}
	return tea.Batch(cmds...)
}

// key routes a key: dialog, mode, global keys, page.
func (r *root) key(msg tea.KeyMsg) tea.Cmd {
	keys := r.st.keys.global
	switch {
	case key.Matches(msg, keys.Leave):
		return r.leave()
	case key.Matches(msg, keys.Redraw):
		return tea.ClearScreen
	case key.Matches(msg, keys.Suspend) && r.mode != modeClosing && !r.typing():
		return tea.Suspend
	case r.mode == modeClosing || r.mode == modeOpening:
		return nil
	case len(r.dialogs) > 0:
		return r.dialogKey(msg)
	case r.mode == modeWizard:
		return r.wizardKey(msg)
	case r.mode == modeWelcome:
		return r.welcomeKey(msg)
	}
	if r.page().captures() {
		return r.page().update(msg)
	}
	if cmd, handled := r.globalKey(msg); handled {
		return cmd
	}
	return r.page().update(msg)
}

// typing tells whether keys go into a text field.
func (r *root) typing() bool {
	switch {
	case len(r.dialogs) > 0:
		return false
	case r.mode == modeWizard:
		return r.wizard.typing()
	case r.mode == modeWelcome:
		return r.welcome.typing
	}
	return r.mode == modeProject && r.page().captures()
}

func (r *root) globalKey(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys := r.st.keys.global
	switch {
	case key.Matches(msg, keys.Page):
		r.current = int(msg.Runes[0] - '1')
	case key.Matches(msg, keys.Next):
		r.current = (r.current + 1) % len(r.pages)
	case key.Matches(msg, keys.Prev):
		r.current = (r.current + len(r.pages) - 1) % len(r.pages)
	case key.Matches(msg, keys.Build):
		return r.startBuild(false), true
	case key.Matches(msg, r.st.keys.build.Again) && r.current == pageBuild:
		return r.startBuild(true), true
	case key.Matches(msg, keys.Run):
		return r.startRun(), true
	case key.Matches(msg, keys.Stop):
		return r.stopRun(), true
	case key.Matches(msg, keys.Package):
		return r.startPackage(), true
	case key.Matches(msg, keys.Help):
		return r.showHelp(), true
	case key.Matches(msg, keys.Quit):
		return r.askToQuit(), true
	default:
		return nil, false
	}
	return nil, true
}

func (r *root) page() page { return r.pages[r.current] }

func (r *root) resize(width, height int) {
	r.width, r.height = width, height
	l := layoutFor(width, height)
	for _, p := range r.pages {
		p.resize(l.bodyWidth, l.bodyHeight)
	}
	r.welcome.resize(l.bodyWidth, l.bodyHeight)
	r.wizard.resize(l.bodyWidth, l.bodyHeight)
}

// say puts a sentence into the footer. Kind is that of a studio.Note.
func (r *root) say(kind, text string) tea.Cmd {
	r.note = studio.Note{At: r.st.now, Text: text, Kind: kind}
	return nil
}

// notedMsg is what a page has to say in the footer.
type notedMsg struct{ text string }

// clockTickMsg comes once a second, so that ages and countdowns move.
type clockTickMsg struct{}

// spinnerTickMsg comes ten times a second while something works.
type spinnerTickMsg struct{}

func (r *root) clockTick() tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return clockTickMsg{} })
}

// spin keeps the spinner's tick going while something works.
func (r *root) spin() tea.Cmd {
	if r.ticking || (!r.st.busy() && r.mode != modeClosing && r.mode != modeOpening) {
		return nil
	}
	r.ticking = true
	return tea.Tick(100*time.Millisecond, func(time.Time) tea.Msg { return spinnerTickMsg{} })
}

// projectOpenedMsg is the end of opening dir.
type projectOpenedMsg struct {
	dir     string
	project Project
	err     error
}

// open opens the project in dir and closes the one that is open.
func (r *root) open(dir string) tea.Cmd {
	r.mode = modeOpening
	ctx, former := r.ctx, r.st.project
	r.leaveProject()
	return tea.Batch(r.spin(), func() tea.Msg {
		if former != nil {
			closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWait)
			defer cancel()
			if err := former.Close(closing); err != nil {
				return projectOpenedMsg{dir: dir, err: err}
			}
		}
		project, err := r.opts.Open(ctx, dir)
		return projectOpenedMsg{dir: dir, project: project, err: err}
	})
}

func (r *root) projectOpened(msg projectOpenedMsg) tea.Cmd {
	if msg.err != nil {
		r.mode = modeWelcome
		return r.refused(msg.dir, msg.err)
	}
	r.owner++
	var ctx context.Context
	ctx, r.endProject = context.WithCancel(r.ctx)
	st := r.st
	st.ctx, st.project = ctx, msg.project
	st.build, st.run = msg.project.Logs()
	r.pages = newPages(st)
	r.current, r.planned = pageOverview, 0
	r.mode = modeProject
	r.resize(r.width, r.height)
	events, unsubscribe := msg.project.Subscribe(256)
	r.unsubscribe = unsubscribe
	follow(ctx, events, r.owner, r.send, r.watch)
	st.look() // after subscribing: nothing falls between
	return r.spin()
}

// leaveProject forgets the open project without closing it.
func (r *root) leaveProject() {
	if r.endProject != nil {
		r.endProject()
		r.endProject = nil
	}
	if r.unsubscribe != nil {
		r.unsubscribe()
		r.unsubscribe = nil
	}
	r.owner++
	r.work = map[workKind]context.CancelFunc{}
	r.st.project = nil
	r.dialogs = nil
}
