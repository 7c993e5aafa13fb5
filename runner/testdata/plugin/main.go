// Command plugin is the whole content of the images that the runner's tests
// run: a plugin that shows what it was given, and, under the name sh, the shell
// of its health checks.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func main() {
	args := os.Args[1:]
	if filepath.Base(os.Args[0]) == "sh" {
		os.Exit(shell(args[len(args)-1]))
	}
	switch args[0] {
	case "exit": // exit CODE: talks on both streams, then ends
		fmt.Println("going down")
		fmt.Fprintln(os.Stderr, "for a reason")
		fmt.Print("without a line end")
		code, _ := strconv.Atoi(args[1])
		os.Exit(code)
	case "burst": // burst N: writes N lines as fast as it can, says why it ends, and ends
		n, _ := strconv.Atoi(args[1])
		for k := range n {
			fmt.Println("line", k)
		}
		fmt.Println("LAST WORDS")
		os.Exit(5)
	case "eat": // eats memory until it is killed
		var eaten [][]byte
		for {
			piece := make([]byte, 8<<20)
			for i := 0; i < len(piece); i += 4096 {
				piece[i] = 1
			}
			eaten = append(eaten, piece)
			if len(eaten) == 7 { // near the tests' limit: long enough for a sample to see it
				time.Sleep(2500 * time.Millisecond)
			}
		}
	case "serve":
		serve()
	}
}

// shell understands what the tests' health checks say.
func shell(command string) int {
	switch command {
	case "probe":
		answer, err := http.Get("http://127.0.0.1:" + os.Getenv("PLUGIN_PORT") + "/health")
		if err != nil || answer.StatusCode != http.StatusOK {
			fmt.Println(err)
			return 1
		}
		return 0
	case "hang":
		end := make(chan os.Signal, 1)
		signal.Notify(end, syscall.SIGTERM)
		<-end
	}
	fmt.Println("sh: " + command + ": not found")
	return 127
}

func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	mux.HandleFunc("/env", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(os.Environ()) })
	mux.HandleFunc("/hosts", func(w http.ResponseWriter, _ *http.Request) {
		hosts, _ := os.ReadFile("/etc/hosts")
		_, _ = w.Write(hosts)
	})
	mux.HandleFunc("/call", func(w http.ResponseWriter, r *http.Request) {
		answer, err := client().Get(os.Getenv("CONTROLLER_API_URL") + r.FormValue("path"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer func() { _ = answer.Body.Close() }()
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body)
	})
	mux.HandleFunc("/hammer", hammer)
	mux.HandleFunc("/sql", sql)
	server := &http.Server{Addr: ":" + os.Getenv("PLUGIN_PORT"), Handler: mux}
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	go func() {
		<-end
		fmt.Println("asked to end")
		_ = server.Close()
	}()
	listener, err := net.Listen("tcp", server.Addr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on", server.Addr) // tests wait for this line before they ask
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// client trusts the authority that NETSTACKS_CA_CERT names and nobody else.
func client() *http.Client {
	pem, _ := os.ReadFile(os.Getenv("NETSTACKS_CA_CERT"))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: 200,
	}}
}

// hammer makes n requests in each of workers goroutines, which share no
// connection, and answers with the number of bad ones.
func hammer(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.FormValue("n"))
	workers, _ := strconv.Atoi(r.FormValue("workers"))
	var bad atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			c := client()
			defer c.CloseIdleConnections()
			for range n {
				answer, err := c.Get(os.Getenv("CONTROLLER_API_URL") + "/echo?text=hello")
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					bad.Add(1)
					continue
				}
				body, err := io.ReadAll(answer.Body)
				_ = answer.Body.Close()
				if err != nil || string(body) != "hello" {
					bad.Add(1)
				}
			}
		})
	}
	group.Wait()
	_, _ = fmt.Fprint(w, bad.Load())
}

// sql runs the request's body with DATABASE_URL and answers "ok" and the first
// column of the rows, or the SQLSTATE.
func sql(w http.ResponseWriter, r *http.Request) {
	statement, _ := io.ReadAll(r.Body)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		_, _ = fmt.Fprint(w, err)
		return
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, _ := conn.Query(ctx, string(statement))
	values, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		all, err := row.Values()
		return fmt.Sprint(all...), err
	})
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused):
		_, _ = fmt.Fprint(w, refused.Code)
	case err != nil:
		_, _ = fmt.Fprint(w, err)
	default:
		_, _ = fmt.Fprint(w, strings.Join(append([]string{"ok"}, values...), " "))
	}
}
