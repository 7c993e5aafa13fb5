module github.com/netstacks/netstacks-plugin/sdk/go

go 1.26.0
