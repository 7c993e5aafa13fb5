package studio

import (
	"context"
	"errors"
	"unicode"
	"unicode/utf8"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/pkgbuild/image"
)

// problemOf turns an error into what a person wants to read. The rooms' typed
// errors already name the thing and the next step; what a build printed last is
// added as detail.
func problemOf(err error) *Problem {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		return &Problem{Title: "Stopped before it was done."}
	}
	p := &Problem{Title: CleanLine(err.Error())}
	var refused *NotInOrderError
	if errors.As(err, &refused) {
		p.Hint = "Press 2 to see what to mend."
	}
	var gone *engine.UnavailableError
	if errors.As(err, &gone) {
		p.Title, p.Hint = "No container engine: "+CleanLine(gone.Cause)+".", sentence(CleanLine(gone.Hint))
	}
	var failed *image.FailedError
	if errors.As(err, &failed) {
		p.Hint = CleanLine(failed.Cause)
		for _, line := range failed.Log {
			p.Detail = append(p.Detail, CleanLine(line))
		}
	}
	return p
}

// sentence makes a clause stand alone: with a capital and a full stop.
func sentence(clause string) string {
	first, size := utf8.DecodeRuneInString(clause)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + clause[size:] + "."
}
