// A module of its own, so that Go does not take what npm puts into node_modules for packages of the program.
module github.com/netstacks/netstacks-plugin/sdk/typescript

go 1.26
