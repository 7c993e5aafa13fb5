package manifest

import (
	"strings"
	"testing"
)

// realDockerfiles are what people write, and what the images then have.
var realDockerfiles = []struct {
	name, dockerfile string
	// Tools with + when the image has them, - when it has not, ? when nobody
	// knows; "unknown" when nothing can be said of the image.
	want string
}{
	{"python slim", "FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nCMD [\"python\", \"main.py\"]\n", "-curl -wget -nc +python +python3 +bash +sh"},
	{"python slim of a release of Debian", "FROM docker.io/library/python:3.12.4-slim-bookworm\n", "-curl +python"},
	{"python", "FROM python:3.12\n", "+curl +wget -nc +python"},
	{"python alpine", "FROM python:3.12-alpine3.20\nRUN pip install flask\n", "-curl +wget +nc +python -bash"},
	{"python 2", "FROM python:2.7-slim\n", "unknown"},
	{"python of Windows", "FROM python:3.12-windowsservercore\n", "unknown"},
	{"a mirror of the official images", "FROM public.ecr.aws/docker/library/python:3.12-slim\n", "-curl +python"},
	{"an image of one's own", "FROM ghcr.io/acme/base:1\n", "unknown"},
	{"a digest alone", "FROM python@sha256:" + strings.Repeat("0a", 32) + "\n", "unknown"},
	{"a tag with a digest", "FROM python:3.12-slim@sha256:" + strings.Repeat("0a", 32) + "\n", "-curl +python"},
	{"uv, as its guide has it", "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim\nRUN uv sync --frozen\n", "-curl ?python"},
	{"two stages, a virtual environment", "FROM python:3.12-slim AS build\nRUN python -m venv /opt/venv && /opt/venv/bin/pip install flask\nFROM python:3.12-slim\nCOPY --from=build /opt/venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\n", "-curl +python"},
	{"curl by apt-get", "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\n", "+curl -wget"},
	{"curl of a version", "FROM debian:12\nRUN apt-get update && apt-get install -y curl=7.88.1-10+deb12u5 gcc\n", "+curl -wget"},
	{"packages in a variable", "FROM debian:12\nARG PACKAGES\nRUN apt-get update && apt-get install -y $PACKAGES\n", "?curl ?wget"},
	{"packages in a file", "FROM debian:12\nRUN apt-get update && xargs apt-get install -y < packages.txt\n", "?curl"},
	{"libraries of curl", "FROM debian:12\nRUN apt-get update && apt-get install -y libcurl4-openssl-dev php-curl ca-certificates\n", "-curl ?php"},
	{"curl that is removed again", "FROM debian:12\nRUN apt-get update && apt-get install -y curl && curl -sO https://example.org/a && apt-get purge -y --auto-remove curl\n", "-curl"},
	{"curl that the build runs", "FROM registry.access.redhat.com/ubi9/ubi-minimal\nRUN microdnf install -y python3 && curl -sO https://example.org/a\n", "+curl +python3 -wget"},
	{"curl in a parent stage", "FROM debian:12-slim AS base\nRUN apt-get update; apt-get install -y curl\nFROM golang:1.23 AS build\nRUN go build -o /app\nFROM base AS final\nCOPY --from=build /app /app\n", "+curl -wget"},
	{"curl in another stage", "FROM debian:12-slim AS fetch\nRUN apt-get update && apt-get install -y curl\nFROM debian:12-slim\nCOPY --from=fetch /data /data\n", "-curl"},
	{"apk", "FROM node:20-alpine\nRUN apk add --no-cache curl tini\nUSER node\n", "+curl +node +wget"},
	{"apk of a virtual package", "FROM alpine:3.20\nRUN apk add --no-cache --virtual .build-deps gcc musl-dev && apk del .build-deps\n", "-curl +wget -bash"},
	{"node slim", "FROM node:20-bookworm-slim\nENV NODE_ENV=production\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY --chown=node:node . .\n", "-curl -wget +node -python3"},
	{"node", "FROM node:lts\n", "+curl +wget +node ?python3"},
	{"node by nodesource", "FROM debian:12\nRUN apt-get update && apt-get install -y curl && curl -fsSL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs\n", "+curl +node"},
	{"node by an archive", "FROM debian:12-slim\nADD https://nodejs.org/dist/v20.1.0/node-v20.1.0-linux-x64.tar.xz /tmp/\nRUN tar -xJf /tmp/node-v20.1.0-linux-x64.tar.xz -C /usr/local\n", "?node -wget"},
	{"a program of Go on distroless", "FROM golang:1.23 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /plugin .\nFROM gcr.io/distroless/static-debian12:nonroot\nCOPY --from=build /plugin /plugin\nENTRYPOINT [\"/plugin\"]\n", "-sh"},
	{"distroless with a shell", "FROM gcr.io/distroless/base:debug\n", "unknown"},
	{"distroless with a shell of busybox", "FROM gcr.io/distroless/base\nCOPY --from=busybox:1.36-uclibc /bin/sh /bin/sh\nCOPY --from=busybox:1.36-uclibc /bin/wget /usr/bin/wget\n", "+sh +wget"},
	{"scratch", "FROM scratch\nCOPY plugin /\n", "-sh -curl"},
	{"scratch with a whole file system", "FROM alpine AS build\nFROM scratch\nCOPY --from=build / /\n", "?sh ?curl"},
	{"scratch with an archive", "FROM scratch\nADD rootfs.tar.xz /\n", "?sh"},
	{"rust on Debian", "FROM rust:1.80 AS build\nRUN cargo build --release\nFROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y libssl3 ca-certificates && rm -rf /var/lib/apt/lists/*\nCOPY --from=build /app/target/release/plugin /usr/local/bin/plugin\n", "-curl -wget -python3 +perl"},
	{"an image in an argument", "ARG VERSION=3.12\nARG IMAGE=python:${VERSION}-slim\nFROM ${IMAGE}\n", "-curl +python"},
	{"an argument with a default in place", "FROM python:${VERSION:-3.12-slim}\n", "-curl +python"},
	{"an argument without a default", "ARG IMAGE\nFROM $IMAGE\n", "unknown"},
	{"a platform", "FROM --platform=$BUILDPLATFORM node:22-alpine\n", "-curl +wget +node"},
	{"php", "FROM php:8.3-apache\nRUN docker-php-ext-install pdo_pgsql\n", "+curl -wget +php"},
	{"nginx", "FROM nginx:1.27\n", "?curl -wget"},
	{"a Java runtime", "FROM eclipse-temurin:21-jre\n", "?curl -nc"},
	{"a Java runtime on Alpine", "FROM eclipse-temurin:21-jre-alpine\n", "+wget -node"},
	{".NET", "FROM mcr.microsoft.com/dotnet/aspnet:8.0\n", "-curl -wget +sh"},
	{".NET, chiseled", "FROM mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled\n", "-sh"},
	{".NET on Alpine", "FROM mcr.microsoft.com/dotnet/runtime:8.0-alpine\n", "+wget -curl"},
	{"bun", "FROM oven/bun:1-slim\nRUN bun install\n", "-curl +bun"},
	{"deno on Alpine", "FROM denoland/deno:alpine-2.0.0\n", "+wget +deno ?curl"},
	{"ruby", "FROM ruby:3.3\n", "+curl +ruby"},
	{"Chainguard's Python", "FROM cgr.dev/chainguard/python:latest\n", "-sh"},
	{"Chainguard's Python with a shell", "FROM cgr.dev/chainguard/python:latest-dev\n", "unknown"},
	{"Wolfi", "FROM cgr.dev/chainguard/wolfi-base\nRUN apk add --no-cache python-3.12\n", "-curl +wget"},
	{"a script of one's own", "FROM debian:12-slim\nCOPY install.sh /tmp/\nRUN /tmp/install.sh\n", "?curl"},
	{"a here-document", "FROM debian:12-slim\nRUN <<EOF\napt-get update\n# all we need\napt-get install -y curl\nEOF\n", "+curl -wget"},
	{"a here-document in Python", "FROM python:3.12-slim\nRUN python <<EOF\nprint('curl')\nEOF\n", "?curl +python"},
	{"a list of words", "FROM debian:12-slim\nRUN [\"/bin/bash\", \"-c\", \"apt-get update && apt-get install -y wget\"]\n", "-curl +wget"},
	{"another shell", "FROM debian:12-slim\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n", "?sh -curl"},
	{"backquotes at line ends", "# escape=`\nFROM python:3.12-slim\nRUN apt-get update && `\n  apt-get install -y curl\n", "+curl"},
	{"lines of Windows", "FROM python:3.12-slim\r\nRUN apt-get update && \\\r\n    apt-get install -y curl\r\n", "+curl"},
	{"a stage of its own name", "FROM a AS a\n", "unknown"},
	{"no stage", "ARG A=1\n", "unknown"},
	{"nothing", "", "unknown"},
	{"FROM without an image", "FROM\n", "unknown"},
	{"a here-document without an end", "FROM debian\nRUN <<EOF\n", "unknown"},
}

func TestWhatAnImageHas(t *testing.T) {
	for _, tt := range realDockerfiles {
		t.Run(tt.name, func(t *testing.T) {
			b := readDockerfile([]byte(tt.dockerfile)).image
			if b == nil {
				if tt.want != "unknown" {
					t.Fatalf("nothing is known of the image, want %s", tt.want)
				}
				return
			}
			if tt.want == "unknown" {
				t.Fatalf("the image is taken for %+v", b)
			}
			for _, tool := range strings.Fields(tt.want) {
				want := map[byte]presence{'+': present, '-': absent, '?': unknown}[tool[0]]
				if got := b.has(tool[1:]); got != want {
					t.Errorf("%s is %d, want %d", tool[1:], got, want)
				}
			}
		})
	}
}

func TestEveryRowOfTheImagesIsReached(t *testing.T) {
	for i, b := range baseImages {
		tag := b.variant
		switch {
		case b.repository == "scratch":
			continue
		case tag == "":
			tag = "1"
		case tag == "2":
			tag = "2.7"
		}
		got, ok := knownImage(b.repository + ":" + tag)
		if got.repository != b.repository || ok != (b.on != nil) || ok && got != b {
			t.Errorf("row %d, %s:%s, gives %+v", i, b.repository, tag, got)
		}
		if b.on == nil {
			continue
		}
		for _, tool := range strings.Fields(strings.Join([]string{b.on.has, b.on.lacks, b.has, b.unsure}, " ")) {
			if _, known := b.ships()[tool]; !known || !strings.Contains(" "+strings.Join(tools, " ")+" ", " "+tool+" ") {
				t.Errorf("row %d, %s, names the tool %s, which is in no list", i, b.repository, tool)
			}
		}
	}
}
