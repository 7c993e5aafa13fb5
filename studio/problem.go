package studio

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/pkgbuild/image"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
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
	var secret *nspkg.SecretsError
	if errors.As(err, &secret) {
		p.Title, p.Hint = "A secret would go into the package.", "Take it out, keep the file out with .nspkgignore, or let it in by itself in netstacks.toml."
		p.Detail = detailOf(err)
	}
	var unpackable *nspkg.UnpackableError
	if errors.As(err, &unpackable) && len(unpackable.Problems) > 1 {
		p.Title, p.Hint = fmt.Sprintf("%d files cannot be packed.", len(unpackable.Problems)), "Each line says what to do about its file."
		p.Detail = detailOf(err)
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

// detailOf are the lines of an error behind its first one.
func detailOf(err error) []string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	for i, line := range lines {
		lines[i] = CleanLine(line)
	}
	return lines[1:]
}

// sentence makes a clause stand alone: with a capital and a full stop.
func sentence(clause string) string {
	first, size := utf8.DecodeRuneInString(clause)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + clause[size:] + "."
}
