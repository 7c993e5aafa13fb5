package ui

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/mattn/go-shellwords"

	"github.com/netstacks/netstacks-plugin/ui/cell"
)

// editRequestedMsg asks for the author's editor at a place.
type editRequestedMsg struct {
	path         string
	line, column int // from 1
}

// editorClosedMsg is the editor's end.
type editorClosedMsg struct {
	path string
	err  error
}

// edit gives the terminal to the editor. While it runs the program stands
// still: the relay keeps reading events meanwhile.
func (r *root) edit(msg editRequestedMsg) tea.Cmd {
	args, err := editorCommand(editorOr(r.opts.Editor, r.lookPath), msg.path, msg.line, msg.column)
	if err != nil {
		return r.say("attention", err.Error())
	}
	if _, err := r.lookPath(args[0]); err != nil {
		missing := noEditorError{cell.CutMiddle(cell.Clean(args[0]), 30) + " was not found"}
		return r.say("attention", missing.Error())
	}
	command := exec.Command(args[0], args[1:]...)
	// The terminal itself, not the program's filtered view of it: an editor
	// wants a terminal, and exec would wait for a pipe's reader forever.
	command.Stdin, command.Stdout, command.Stderr = r.opts.In, r.opts.Out, r.opts.Out
	return tea.ExecProcess(command, func(err error) tea.Msg {
		return editorClosedMsg{path: msg.path, err: err}
	})
}

// editorClosed shows the state anew: the file may have changed meanwhile.
func (r *root) editorClosed(msg editorClosedMsg) tea.Cmd {
	if r.st.project != nil {
		r.st.look()
	}
	if msg.err != nil {
		return tea.Batch(tea.WindowSize(), r.say("broken", "The editor ended with an error: "+msg.err.Error()))
	}
	return tea.Batch(tea.WindowSize(), r.spin())
}

// editorOr returns the author's editor, else the first of the usual ones that
// is there.
func editorOr(editor string, lookPath func(string) (string, error)) string {
	if strings.TrimSpace(editor) != "" {
		return editor
	}
	for _, usual := range []string{"vi", "nano"} {
		if _, err := lookPath(usual); err == nil {
			return usual
		}
	}
	return ""
}

// noEditorError says how to name an editor.
type noEditorError struct{ cause string }

func (e *noEditorError) Error() string {
	return e.cause + ": export EDITOR=vim"
}

// editorCommand returns the command line that opens path at a place in the
// editor, which may have arguments ("code --wait"). How a place is named is
// known for the usual editors; others get the file alone.
func editorCommand(editor, path string, line, column int) ([]string, error) {
	if strings.TrimSpace(editor) == "" {
		return nil, &noEditorError{"No editor is set or found"}
	}
	args, err := shellwords.Parse(editor)
	if err != nil || len(args) == 0 {
		return nil, &noEditorError{"The editor setting " + strconv.Quote(editor) + " cannot be read"}
	}
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(args[0])), ".exe")
	at := strconv.Itoa(line) + ":" + strconv.Itoa(column)
	switch name {
	case "vi", "vim", "nvim", "view", "gvim", "mvim", "kak", "joe", "ne", "mcedit", "gedit", "xed", "pluma", "mg", "jed":
		return append(args, "+"+strconv.Itoa(line), path), nil
	case "emacs", "emacsclient":
		return append(args, "+"+at, path), nil
	case "nano", "pico":
		return append(args, "+"+strconv.Itoa(line)+","+strconv.Itoa(column), path), nil
	case "micro":
		return append(args, "+"+at, path), nil
	case "hx", "helix", "subl", "sublime_text", "zed", "zeditor":
		return append(args, path+":"+at), nil
	case "code", "code-insiders", "codium", "vscodium", "cursor", "windsurf":
		return append(args, "--goto", path+":"+at), nil
	}
	return append(args, path), nil
}
