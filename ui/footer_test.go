package ui

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/studio"
)

// footerOf is the last line of the screen.
func (h *harness) footerOf() string {
	lines := strings.Split(h.screen(), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

func TestMessagesLeaveTheKeysInSight(t *testing.T) {
	did := studio.Note{At: sampleNow.Add(-time.Second), Text: `manifest.json: wrote "version": "1.0.0", and the image's tag with it`, Kind: "good"}
	for size, keys := range map[[2]int]string{
		{120, 40}: "f apply  u undo  F next fix  A all safe  e edit  x explain  ↑↓ findings",
		{80, 24}:  "f apply  u undo  F next fix  A all safe  e edit  x explain",
		{60, 15}:  "f apply  u undo  F next fix  A all safe  e edit  ? help",
		{40, 12}:  "f apply  u undo  F next fix  ? help",
	} {
		sn := sampleMendable()
		sn.Manifest.Undo, sn.Recent = "wrote", []studio.Note{did}
		h, _ := manifestPageOf(t, sn, size[0], size[1])
		h.press("j")
		if got := h.footerOf(); !strings.HasPrefix(got, keys) {
			t.Errorf("%v: the footer is %q", size, got)
		}
		if !strings.Contains(h.screen(), "─ manifest.json: wrote") {
			t.Errorf("%v: the message is out of sight:\n%s", size, h.screen())
		}
		h.fits()
	}
}

func TestErrorsAreReadToTheirEnd(t *testing.T) {
	const long = "Nothing was written: replacing the file in the folder of the plugin failed, as its disk is full to the last byte."
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 15}} {
		h, _ := manifestPageOf(t, sampleMendable(), size[0], size[1])
		h.root.say("broken", long)
		words := strings.Join(strings.Fields(strings.Trim(h.screen(), "─")), " ")
		words = strings.Join(strings.Fields(strings.NewReplacer("─", "").Replace(words)), " ")
		if !strings.Contains(words, "✗ "+long) || !strings.HasPrefix(h.footerOf(), "f apply") {
			t.Errorf("%v: it is cut:\n%s", size, h.screen())
		}
		h.fits()
		for i := range h.root.pages {
			h.root.current = i
			h.fits()
		}
	}
	h, _ := manifestPageOf(t, sampleMendable(), 60, 15)
	h.root.opts.Editor = "nosuchvi -n"
	h.root.lookPath = func(name string) (string, error) {
		return "", &exec.Error{Name: name, Err: fmt.Errorf("%w in $PATH", exec.ErrNotFound)}
	}
	h.press("e")
	h.shows("! nosuchvi was not found: export EDITOR=vim")
}
