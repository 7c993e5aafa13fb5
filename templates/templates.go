// Package templates embeds the project trees that scaffold renders, one folder
// for each language and one, common, for what they share, and nothing else.
//
// A tree is made of overlays, each laid over the one before: base holds what
// every project has, database what one with a database adds, memory what one
// without adds; those of common lie below those of the language. A file whose
// name ends in .tmpl is a text/template with the delimiters <% and %> and loses
// that ending; any other file is copied as it is. Names that would mean something
// to git or to the Go tool inside this repository (.gitignore, go.mod, *.go)
// therefore always end in .tmpl. What two overlays hold in different places
// stands once, in parts beside them, and is put in by
// <% part "<language>/parts/<file>" %>.
package templates

import "embed"

// FS holds the trees, each at <language>/<overlay>/<path in the project>.
//
//go:embed all:common all:python all:typescript all:rust all:go
var FS embed.FS
