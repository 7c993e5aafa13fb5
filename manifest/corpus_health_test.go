package manifest

import (
	"os"
	"strings"
)

// The health command of the complete manifest, and parts of it.
const (
	pythonProbe = `python -c \"import urllib.request; urllib.request.urlopen('http://localhost:8080/health')\"`
	timing      = "\"interval_seconds\": 30,\n    \"timeout_seconds\": 10"
)

// healthDeviations are those of the health check, in an image of Python on
// Debian without curl.
var healthDeviations = []deviation{
	{"another port in a program", `localhost:8080/health`, `localhost:9000/health`, "NSP3040 16:93", "the health command probes port 9000, but port is 8080", `localhost:8080/health`},
	{"another port in a call of two arguments", pythonProbe, `python -c \"import http.client as h; c = h.HTTPConnection('127.0.0.1', 5000, timeout=3); c.request('GET', '/health'); exit(c.getresponse().status != 200)\"`, "NSP3040 16:88", "probes port 5000", `python -c \"import http.client as h; c = h.HTTPConnection('127.0.0.1', 8080, timeout=3); c.request('GET', '/health'); exit(c.getresponse().status != 200)\"`},
	{"another port in a socket", pythonProbe, `python3 -c 'import socket; socket.create_connection((\u0022localhost\u0022, 8081)).close()'`, "NSP3040 16:93", "probes port 8081", `python3 -c 'import socket; socket.create_connection((\u0022localhost\u0022, 8080)).close()'`},
	{"no port", `localhost:8080/health`, `localhost/health`, "NSP3040 16:76", `probes "http://localhost" without a port, which means 80, but port is 8080`, `localhost:8080/health`},
	{"no port and TLS", `http://localhost:8080/health`, `https://[::1]/health`, "NSP3040 16:76", "which means 443", `https://[::1]:8080/health`},
	{"several probes of another port", pythonProbe, `python check.py 'http://ignored' && bash -c 'exec 3<>/dev/tcp/localhost/9000 && cat </dev/tcp/127.0.0.1/9000'`, "NSP3040 16:89", "probes port 9000", `python check.py 'http://ignored' && bash -c 'exec 3<>/dev/tcp/localhost/8080 && cat </dev/tcp/127.0.0.1/8080'`},
	{"a port below those the Controller takes", `localhost:8080/health`, `localhost:80/health`, "NSP3040 16:93", "probes port 80,", `localhost:8080/health`},
	{"the port of the environment", pythonProbe, `python -c \"import urllib.request; urllib.request.urlopen('http://localhost:${PLUGIN_PORT}/health')\"`, "", "", ""},
	{"a port that only the program knows", pythonProbe, `python -c \"import os, urllib.request as r; r.urlopen('http://localhost:' + os.environ['PORT'] + '/health')\"`, "", "", ""},
	{"a second port beside the right one", pythonProbe, `python -c \"import urllib.request as r; r.urlopen('http://localhost:8080/health'); r.urlopen('http://localhost:9090/metrics')\"`, "", "", ""},

	{"another machine", `localhost:8080/health`, `db:9000/health`, "NSP3044 16:83", `asks "db", but it runs in the plugin's container`, `127.0.0.1:8080/health`},
	{"another machine with the plugin's port", `localhost:8080/health`, `example.com:8080/health`, "NSP3044 16:83", `asks "example.com"`, `127.0.0.1:8080/health`},
	{"another machine with TLS, without a port and with a path of its own", `http://localhost:8080/health`, `https://example.com/status?full=1`, "NSP3044 16:84", `asks "example.com"`, `http://127.0.0.1:8080/health?full=1`},
	{"the Controller", `http://localhost:8080/health`, `https://netstacks-api:3000/health`, "NSP3044 16:84", `asks "netstacks-api"`, `http://127.0.0.1:8080/health`},
	{"another machine by its address", `localhost:8080/health`, `[2001:db8::1]:$PLUGIN_PORT/health`, "NSP3044 16:83", `asks "[2001:db8::1]"`, `127.0.0.1:$PLUGIN_PORT/health`},
	{"another machine in a socket", pythonProbe, `bash -c '</dev/tcp/db/5432'`, "NSP3044 16:36", `asks "db"`, `bash -c '</dev/tcp/127.0.0.1/8080'`},
	{"another machine by keyword", pythonProbe, `python -c \"import db; db.connect(host='db', port=8080)\"`, "NSP3044 16:57", `asks "db"`, `python -c \"import db; db.connect(host='127.0.0.1', port=8080)\"`},
	{"another machine beside the container", pythonProbe, `python -c \"import urllib.request as r; r.urlopen('http://localhost:8080/health'); r.urlopen('http://db:9090/')\"`, "", "", ""},
	{"another machine beside a program that nobody reads", pythonProbe, `python -m check && bash -c '</dev/tcp/db/5432'`, "", "", ""},
	{"another machine beside a script", pythonProbe, `sh check.sh && bash -c '</dev/tcp/db/5432'`, "", "", ""},
	{"another machine in a loop", pythonProbe, `while ! bash -c '</dev/tcp/db/8080'; do sleep 1; done`, "NSP3044 16:44", `asks "db"`, `while ! bash -c '</dev/tcp/127.0.0.1/8080'; do sleep 1; done`},
	{"the container by its name", `localhost:8080/health`, `netstacks-plugin-notice:8080/health`, "", "", ""},
	{"the container by its variable", `localhost:8080/health`, `${HOSTNAME}:8080/health`, "", "", ""},
	{"a machine that only the program knows", pythonProbe, `python -c \"import urllib.request as r; r.urlopen('http://' + 'localhost' + ':8080/health')\"`, "", "", ""},
	{"a header of another machine", pythonProbe, `python -c \"import h; h.get(port=8080, headers={'host': 'example.com'})\"`, "", "", ""},

	{"a path that nothing serves", `8080/health`, `8080/healthz`, "NSP3041 16:97", `asks for "/healthz", but no source file below service/ has the word "healthz"`, `8080/health`},
	{"a path below one that nothing serves", `8080/health`, `8080/api/v1/status?full=1`, "NSP3041 16:97", `has the word "status"`, `8080/health?full=1`},
	{"a path of a request", pythonProbe, `python -c \"from http.client import *; c = HTTPConnection('localhost', 8080); c.request('GET', '\/ready'); exit(c.getresponse().status != 200)\"`, "NSP3041 16:113", `asks for "/ready"`, `python -c \"from http.client import *; c = HTTPConnection('localhost', 8080); c.request('GET', '/health'); exit(c.getresponse().status != 200)\"`},
	{"another port and another path", `localhost:8080/health`, `localhost:9000/alive`, "NSP3040 16:93; NSP3041 16:97", "", `localhost:8080/alive`},
	{"the root", `8080/health`, `8080/`, "", "", ""},
	{"a path that only the program knows", `8080/health'`, `8080/' + path`, "", "", ""},

	{"the sample of the specification", pythonProbe, `curl -sf http://localhost:8080/health || exit 1`, "NSP3042 16:17", "the health command runs curl, but python:3.12-slim has none and service/Dockerfile installs none: the container is unhealthy for ever; use python, or install curl", pythonProbe + ` || exit 1`},
	{"the specification's sample with a deadline", pythonProbe, `curl --fail --silent -m 3 localhost:$PLUGIN_PORT/health >/dev/null 2>&1 || exit 1`, "NSP3042 16:17", "runs curl", `python -c \"import urllib.request; urllib.request.urlopen('http://localhost:$PLUGIN_PORT/health', timeout=3)\" >/dev/null 2>&1 || exit 1`},
	{"wget where there is none", pythonProbe, `/usr/bin/wget --spider -q http://127.0.0.1:8080/health`, "NSP3042 16:17", "runs wget", `python -c \"import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health')\"`},
	{"wget in short", pythonProbe, `wget -qO- http://127.0.0.1:8080/health || exit 1`, "NSP3042 16:17", "runs wget", `python -c \"import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health')\" || exit 1`},
	{"node in an image of Python", pythonProbe, `node -e \"fetch('http://localhost:8080/health').then(r => process.exit(r.ok ? 0 : 1))\"`, "NSP3042 16:17", "runs node", ""},
	{"a keyword of Dockerfiles", `python -c`, `CMD python -c`, "NSP3042 16:17", "remove the word", `python -c`},
	{"a list of words", pythonProbe, `CMD [\"python\", \"check.py\"]`, "NSP3042 16:17", "the health command starts with CMD", ""},
	{"a keyword of Docker's and curl", pythonProbe, `CMD-SHELL curl -f http://localhost:8080/health`, "NSP3042 16:17; NSP3042 16:27", "", `curl -f http://localhost:8080/health`},
	{"bash's device in another shell", pythonProbe, `exec 3<>/dev/tcp/127.0.0.1/8080`, "NSP3042 16:25", "a file to bash alone", `bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080'`},
	{"another port and a tool that is not there", pythonProbe, `curl -f http://localhost:9000/health`, "NSP3042 16:17; NSP3040 16:42", "", `python -c \"import urllib.request; urllib.request.urlopen('http://localhost:9000/health')\"`},
	{"whichever tool there is", pythonProbe, `wget -q -O /dev/null http://localhost:8080/health || ` + pythonProbe, "", "", ""},
	{"a tool that is looked for", pythonProbe, `if command -v curl; then curl -f localhost:8080/health; else true; fi`, "", "", ""},
	{"a command that is no shell's", pythonProbe, `curl 'http://localhost:9000/`, "", "", ""},

	{"a probe as long as the pause", timing, "\"interval_seconds\": 10,\n    \"timeout_seconds\": 10", "NSP3043 18:24", "timeout_seconds is 10 and interval_seconds 10", "\"interval_seconds\": 10,\n    \"timeout_seconds\": 3"},
	{"a probe longer than the pause", timing, "\"interval_seconds\": 5,\n    \"timeout_seconds\": 60", "NSP3043 18:24", "write 1", "\"interval_seconds\": 5,\n    \"timeout_seconds\": 1"},
	{"no timeout", "\"timeout_seconds\": 10,\n    ", "", "", "", ""},
	{"a timeout that is none", "\"interval_seconds\": 30,\n    \"timeout_seconds\": 10", "\"interval_seconds\": 5,\n    \"timeout_seconds\": 61", "NSP2043 18:24", "1 to 60", ""},
}

// sample is the health command of the specification.
const sample = `curl -sf http://localhost:8080/health || exit 1`

const aptCurl = "RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*"

// mended is the complete manifest with its health command replaced.
func mended(command string) map[string]string {
	data, err := os.ReadFile("testdata/complete.json")
	if err != nil {
		panic(err)
	}
	return map[string]string{FileName: strings.Replace(string(data), pythonProbe, command, 1)}
}

// on is a Dockerfile.
func on(text string) map[string]string { return map[string]string{dockerfileName: text} }

// healthTreeDeviations are those of the health check and the other files.
var healthTreeDeviations = []treeDeviation{
	{"the sample on Debian", on("FROM debian:12-slim\n"), pythonProbe, sample, "NSP3042 16:17", "use a tool that the image has, or install curl", on("FROM debian:12-slim\n" + aptCurl + "\n")},
	{"the sample on Ubuntu, in a file without a last line break", on("FROM ubuntu:24.04"), pythonProbe, sample, "NSP3042 16:17", "", on("FROM ubuntu:24.04\n" + aptCurl)},
	{"the sample on Alpine", on("FROM alpine:3.20\n"), pythonProbe, sample, "NSP3042 16:17", "use wget", mended("wget -q -O /dev/null http://127.0.0.1:8080/health || exit 1")},
	{"the sample on Node", on("FROM node:22-slim\n"), pythonProbe, sample, "NSP3042 16:17", "use node", mended(`node -e \"fetch('http://127.0.0.1:8080/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))\" || exit 1`)},
	{"the sample on an old Node", on("FROM node:16-slim\n"), pythonProbe, sample, "NSP3042 16:17", "use node", mended(`node -e \"require('http').get('http://127.0.0.1:8080/health', r => process.exit(r.statusCode < 400 ? 0 : 1)).on('error', () => process.exit(1))\" || exit 1`)},
	{"the sample on Bun", on("FROM oven/bun:1\n"), pythonProbe, "curl -m 3 http://127.0.0.1:8080/health", "NSP3042 16:17", "use bun", mended(`bun -e \"fetch('http://127.0.0.1:8080/health', { signal: AbortSignal.timeout(3000) }).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))\"`)},
	{"wget on Deno", on("FROM denoland/deno:2.1.4\n"), pythonProbe, "wget -qO- http://localhost:8080/health", "NSP3042 16:17", "use deno", mended(`deno eval \"fetch('http://127.0.0.1:8080/health').then(r => Deno.exit(r.ok ? 0 : 1), () => Deno.exit(1))\"`)},
	{"the sample on Ruby", on("FROM ruby:3.3-slim\n"), pythonProbe, sample, "NSP3042 16:17", "use ruby", mended(`ruby -rnet/http -e \"exit Net::HTTP.get_response(URI('http://localhost:8080/health')).is_a?(Net::HTTPSuccess)\" || exit 1`)},
	{"wget on PHP", on("FROM php:8.3-fpm\n"), pythonProbe, "wget -q -T 3 'http://localhost:8080/health?a=1&b=2'", "NSP3042 16:17", "use curl", mended(`curl -fsS -o /dev/null -m 3 \"http://localhost:8080/health?a=1&b=2\"`)},
	{"netcat on Debian", nil, pythonProbe, "nc -z localhost 8080", "NSP3042 16:17", "runs nc", on("FROM python:3.12-slim\n" + strings.Replace(aptCurl, "curl", "netcat-openbsd", 1) + "\n")},
	{"curl whose answer is looked at", nil, pythonProbe, `test \"$(curl -s -o /dev/null -w '%{http_code}' http://localhost:8080/health)\" = 200`, "NSP3042 16:26", "runs curl", on("FROM python:3.12-slim\n" + aptCurl + "\n")},
	{"curl with a header", nil, pythonProbe, `curl -f -H 'Accept: text/plain' http://localhost:8080/health`, "NSP3042 16:17", "runs curl", on("FROM python:3.12-slim\n" + aptCurl + "\n")},
	{"bash on Alpine", on("FROM alpine\n"), pythonProbe, `bash -c '</dev/tcp/localhost/8080'`, "NSP3042 16:17", "runs bash", on("FROM alpine\nRUN apk add --no-cache bash\n")},
	{"wget on Fedora", on("FROM fedora:41\n"), pythonProbe, `wget -q --header x http://localhost:8080/health`, "NSP3042 16:17", "runs wget", on("FROM fedora:41\nRUN dnf install -y wget && dnf clean all\n")},
	{
		"the last of several stages", on("FROM golang:1.23 AS build\r\nRUN curl -sO https://example.org/a\r\nFROM --platform=linux/amd64 \\\r\n  debian:12-slim\r\nCOPY --from=build /out/app /usr/local/bin/app\r\n"), pythonProbe, sample, "NSP3042 16:17", "debian:12-slim has none",
		on("FROM golang:1.23 AS build\r\nRUN curl -sO https://example.org/a\r\nFROM --platform=linux/amd64 \\\r\n  debian:12-slim\r\n" + aptCurl + "\r\nCOPY --from=build /out/app /usr/local/bin/app\r\n"),
	},
	{"a stage whose account may not install", on("FROM debian:12-slim AS base\nUSER 1000\nFROM base\n"), pythonProbe, sample, "NSP3042 16:17", "", nil},
	{"an image without a shell", on("FROM gcr.io/distroless/python3-debian12\n"), "", "", "NSP3042 16:16", "has no shell: the container is unhealthy for ever", nil},
	{"no image at all", on("FROM golang:1.23 AS build\nFROM scratch\nCOPY --from=build /app /app\n"), pythonProbe, "/app health", "NSP3042 16:16", "scratch, which service/Dockerfile starts from, has no shell", nil},
	{"an installed curl", on("FROM python:3.12-slim\nRUN apt-get update \\\n && apt-get install -y \\\n      curl\n"), pythonProbe, sample, "", "", nil},
	{"a copied curl", on("FROM debian:12-slim\nCOPY --from=build /usr/bin/curl-static /usr/local/bin/\n"), pythonProbe, sample, "", "", nil},
	{"an image that nobody knows", on("FROM registry.example/python:3.12-slim\n"), pythonProbe, sample, "", "", nil},
	{"an image that the build names", on("ARG BASE\nFROM ${BASE}\n"), pythonProbe, sample, "", "", nil},
	{"a Dockerfile that is none", on("RUN <<\n"), pythonProbe, sample, "", "", nil},

	{"no source at all", map[string]string{"service/main.py": gone, "service/requirements.txt": "flask\n"}, "8080/health", "8080/healthz", "", "", nil},
	{"a route made of file names", map[string]string{"service/app/api/alive/route.ts": "export {}\n"}, "8080/health", "8080/api/alive", "", "", nil},
	{"a path that the Dockerfile alone names", on("FROM python:3.12-slim\nHEALTHCHECK CMD curl localhost:8080/livez\n"), "8080/health", "8080/livez", "NSP3041 16:97", "no source file below service/", mended(pythonProbe)},
	{"a path among packages of others", map[string]string{"service/node_modules/x/index.js": "livez\n"}, "8080/health", "8080/livez", "NSP3041 16:97", "", mended(pythonProbe)},
	{"a path in a program that cannot be read", map[string]string{"service/app.jar": "PK\x03\x04\x00"}, "8080/health", "8080/livez", "", "", nil},
	{"a path in a file that is too large", map[string]string{"service/routes.py": strings.Repeat("#\n", serviceFileLimit)}, "8080/health", "8080/livez", "", "", nil},
	{"a path of a framework's", map[string]string{"service/pom.xml": "<artifactId>spring-boot-starter-actuator</artifactId>\n", "service/App.java": "class App {}\n"}, "8080/health", "8080/actuator/info", "", "", nil},
	{"neither the path nor /health is served", map[string]string{"service/main.py": "get('/items').id\n"}, "8080/health", "8080/livez", "NSP3041 16:97", "serve it, as every plugin has to serve /health", nil},
	{"code that names no routes", map[string]string{"service/main.py": "print(self.id)\n"}, "8080/health", "8080/livez", "", "", nil},
	{"/health is not served", map[string]string{"service/main.py": "def healthy(): print('/unhealthy', health_check, self.id)\n"}, "", "", "NSP3041 16:97", `asks for "/health", but no source file`, nil},
}
