// Serve runs the local Controller over plain HTTP for bench/peers, so that TLS,
// which the peers do not speak, weighs on nobody. Token check and traffic record
// are on.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/netstacks/netstacks-plugin/controller"
)

// record keeps the last exchanges, as a page that shows them would.
type record struct {
	mu   sync.Mutex
	last [1000]controller.Exchange
	n    int
}

func (r *record) add(x controller.Exchange) {
	r.mu.Lock()
	r.last[r.n%len(r.last)] = x
	r.n++
	r.mu.Unlock()
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

// run prints an address, a token and the devices as JSON, then serves.
func run() error {
	var r record
	c := controller.New(controller.Options{Now: time.Now, OnExchange: r.add})
	token, err := c.MintServiceToken("bench", c.Orgs()[0].ID, []string{"read_devices"})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"url": "http://" + l.Addr().String(), "token": token, "devices": controller.BuiltInDevices()}); err != nil {
		return err
	}
	return controller.Server(c.Handler()).Serve(l)
}
