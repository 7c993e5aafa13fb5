package runner

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	_ "embed" // the relay binaries
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"

	"github.com/netstacks/netstacks-plugin/engine"
)

//go:generate relay/generate.sh

var (
	//go:embed relay/embed/relay-linux-amd64.gz
	relayAMD64 []byte
	//go:embed relay/embed/relay-linux-arm64.gz
	relayARM64 []byte
)

// relayRepository is the name of the relay's image on the engine.
const relayRepository = "netstacks-plugin-relay"

// relayBinary unpacks the relay for the engine's machines.
func relayBinary(arch string) ([]byte, error) {
	packed, ok := map[string][]byte{"amd64": relayAMD64, "arm64": relayARM64}[arch]
	if !ok {
		return nil, fmt.Errorf("no relay for an engine on %q: amd64 and arm64 are supported", arch)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpacking the relay: %w", err)
	}
	binary, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpacking the relay: %w", err)
	}
	return binary, nil
}

// relayImage makes sure that the relay's image is on the engine and returns
// its reference, which holds the binary's hash.
func relayImage(ctx context.Context, eng *engine.Engine) (string, error) {
	binary, err := relayBinary(eng.Arch)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(binary)
	ref := relayRepository + ":" + hex.EncodeToString(sum[:6])
	if _, err := eng.API.ImageInspect(ctx, ref); err == nil {
		return ref, nil
	} else if !errdefs.IsNotFound(err) {
		return "", fmt.Errorf("looking for image %s: %w", ref, err)
	}
	layer, err := tarFile("relay", 0o755, binary)
	if err != nil {
		return "", err
	}
	progress, err := eng.API.ImageImport(ctx, image.ImportSource{Source: layer, SourceName: "-"}, ref, image.ImportOptions{
		Changes: []string{`ENTRYPOINT ["/relay"]`, "LABEL " + engine.LabelRole + "=" + roleRelayImage},
	})
	if err != nil {
		return "", fmt.Errorf("importing image %s: %w", ref, err)
	}
	defer func() { _ = progress.Close() }()
	if err := streamError(progress); err != nil {
		return "", fmt.Errorf("importing image %s: %w", ref, err)
	}
	return ref, nil
}

// streamError reads the engine's progress messages to their end and returns
// the error that one of them tells.
func streamError(progress io.Reader) error {
	for d := json.NewDecoder(progress); ; {
		var message struct {
			Error string `json:"error"`
		}
		err := d.Decode(&message)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case message.Error != "":
			return errors.New(message.Error)
		}
	}
}

// tarFile returns an archive of one regular file of root's.
func tarFile(name string, mode int64, content []byte) (io.Reader, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(content))}); err != nil {
		return nil, fmt.Errorf("archiving %s: %w", name, err)
	}
	if _, err := w.Write(content); err != nil {
		return nil, fmt.Errorf("archiving %s: %w", name, err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("archiving %s: %w", name, err)
	}
	return &b, nil
}
