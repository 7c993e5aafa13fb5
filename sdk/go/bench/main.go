// Bench compares the client's requests per second for devices.list of 50 devices on
// loopback with those of net/http alone, in turns, in one run. The server is a
// process of its own.
//
//	go run ./bench [-rounds 100] [-at-least 0.85]
//
// "net/http and encoding/json" is what a plugin would write without this package:
// read the answer and decode it. "net/http" alone does not decode. The ratio that
// -at-least is about is that of the first.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
)

func main() {
	rounds := flag.Int("rounds", 100, "turns of each")
	atLeast := flag.Float64("at-least", 0, "ratio below which the exit code is 1")
	server := flag.Bool("serve", false, "be the server")
	flag.Parse()
	if *server {
		log.Fatal(serve())
	}
	ratio, err := compare(*rounds)
	if err != nil {
		log.Fatal(err)
	}
	if ratio < *atLeast {
		log.Fatalf("%.2fx is less than %.2fx", ratio, *atLeast)
	}
}

// serve answers every request with 50 devices, and prints its address.
func serve() error {
	devices := make([]netstacks.Device, 50)
	for i := range devices {
		devices[i] = netstacks.Device{
			ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), OrgID: "e168ceaa-dc72-4742-8f6f-f3a822fa8132", Name: fmt.Sprintf("device-%d", i),
			Hostname: fmt.Sprintf("device-%d.acme.example", i), Port: 22, DeviceType: "router", Manufacturer: "Cisco", Model: "ASR 1001-X",
			Platform: "cisco_iosxe", Site: "Helsinki", Source: "netbox", DefaultCredentialID: "660e8400-e29b-41d4-a716-446655440001",
			CreatedAt: time.Unix(1738570500, 0).UTC(), UpdatedAt: time.Unix(1778481612, 0).UTC(),
		}
	}
	body, err := json.Marshal(devices)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + listener.Addr().String())
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
}

// contender is one way to list the devices.
type contender struct {
	name string
	list func() (int, error)
	took time.Duration
	done int
}

func compare(rounds int) (float64, error) {
	address, stop, err := start()
	if err != nil {
		return 0, err
	}
	defer stop()
	client, err := netstacks.New(netstacks.WithBaseURL(address), netstacks.WithToken("bench"))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	bare := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 30 * time.Second}
	defer bare.CloseIdleConnections()
	contenders := []*contender{
		{name: "netstacks", list: func() (int, error) {
			devices, err := client.ListDevices(context.Background())
			return len(devices), err
		}},
		{name: "net/http and encoding/json", list: func() (int, error) {
			body, err := get(bare, address)
			if err != nil {
				return 0, err
			}
			var devices []netstacks.Device
			err = json.Unmarshal(body, &devices)
			return len(devices), err
		}},
		{name: "net/http", list: func() (int, error) {
			body, err := get(bare, address)
			return bytes.Count(body, []byte(`"hostname"`)), err
		}},
	}
	for round := range rounds + 1 {
		for _, c := range contenders {
			if err := c.turn(round > 0); err != nil { // the first is to warm up
				return 0, err
			}
		}
		slices.Reverse(contenders)
	}
	return report(contenders), nil
}

// turn lists for a twentieth of a second: what else the machine does then falls on
// all of them alike.
func (c *contender) turn(counts bool) error {
	started, done := time.Now(), 0
	for time.Since(started) < 50*time.Millisecond {
		if n, err := c.list(); err != nil || n != 50 {
			return fmt.Errorf("%s: %d devices, %w", c.name, n, err)
		}
		done++
	}
	if counts {
		c.took += time.Since(started)
		c.done += done
	}
	return nil
}

func report(contenders []*contender) float64 {
	rate := map[string]float64{}
	for _, c := range contenders {
		rate[c.name] = float64(c.done) / c.took.Seconds()
	}
	ours := rate["netstacks"]
	fmt.Printf("%-28s %8.0f requests/s\n", "netstacks", ours)
	for _, name := range []string{"net/http and encoding/json", "net/http"} {
		fmt.Printf("%-28s %8.0f requests/s   netstacks is %.2fx of it\n", name, rate[name], ours/rate[name])
	}
	return ours / rate["net/http and encoding/json"]
}

func get(client *http.Client, address string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, address+"/internal/v1/devices", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer bench")
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// start starts the server and returns its address.
func start() (address string, stop func(), err error) {
	server := exec.Command(os.Args[0], "-serve")
	stdout, err := server.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := server.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, err
	}
	return strings.TrimSpace(line), stop, nil
}
