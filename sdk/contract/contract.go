// Package contract holds the contract of the internal API, /internal/v1: its
// OpenAPI document and the vectors that every client library's tests run
// (README.md beside it). It knows nothing of the program.
package contract

import (
	"embed"
	"io/fs"
)

//go:embed openapi.yaml
var openAPI string

//go:embed vectors/*.json
var vectors embed.FS

// OpenAPI returns the document of the internal API, OpenAPI 3.1 as YAML.
func OpenAPI() string { return openAPI }

// Vectors returns the files of vectors, named such as devices.json.
func Vectors() fs.FS {
	sub, err := fs.Sub(vectors, "vectors")
	if err != nil {
		panic(err) // the name is valid
	}
	return sub
}
